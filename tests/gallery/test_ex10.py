"""The gallery script that learns in circuit follows the behavioural chip, and goes on."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

pytestmark = pytest.mark.ngspice

SCRIPT = Path(__file__).parents[2] / "scripts" / "ex10_learning_in_circuit.py"


def test_ex10_first_step_equals_the_behavioural_one(tmp_path, capsys) -> None:
    words = ["--samples", "1", "--out", str(tmp_path)]
    table = runpy.run_path(str(SCRIPT))["main"](words)
    assert "first step" in capsys.readouterr().out
    first = table.iloc[0]
    assert first["changed"] > 50  # of 664 codes
    assert first["equal_codes"] >= 0.95
    assert first["largest_gap"] <= 1
    assert first["decision"] == "same"
    # Probabilities of the softmax block are within 2 % of full scale of those of its fit.
    assert first["p_circuit"] == pytest.approx(first["p_chip"], abs=0.02)
    assert (tmp_path / "circuit-learning.png").stat().st_size > 10_000
