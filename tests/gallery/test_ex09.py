"""The gallery script of the circuit blocks prints what the stored preset holds."""

import runpy
from pathlib import Path

import pytest

from crossbar.circuit.blocks import CIRCUIT

pytestmark = pytest.mark.ngspice

SCRIPT = Path(__file__).parents[2] / "scripts" / "ex09_blocks.py"


def test_ex09_prints_the_errors_that_the_preset_holds_and_draws_them(tmp_path, capsys) -> None:
    fits = runpy.run_path(str(SCRIPT))["main"](["--out", str(tmp_path)])
    out = capsys.readouterr().out
    assert len(fits) == 6
    levels = {line[:17].strip(): line.split()[1:3] for line in out.splitlines()}
    assert "transistor" in levels["softmax"]
    assert "transistor" in levels["multiplier"]
    assert f"{100 * CIRCUIT.multiplier.errors.gain_error:+.3f}" in out
    assert (tmp_path / "block-errors.png").stat().st_size > 10_000
    assert b"<svg" in (tmp_path / "block-errors.svg").read_bytes()[:1000]
