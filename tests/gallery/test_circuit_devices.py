"""The scripts of memristor circuits run at reduced size, and print measured beside tolerance."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from crossbar.spice.memristors.hysteresis import TOLERANCES

SCRIPTS = Path(__file__).parents[2] / "scripts"
pytestmark = pytest.mark.ngspice


def test_ex06_pinched_loops_stay_within_the_tolerances(tmp_path, capsys) -> None:
    main = runpy.run_path(str(SCRIPTS / "ex06_pinched_loops.py"))["main"]
    errors = main(["--out", str(tmp_path)])
    out = capsys.readouterr().out
    for words in ("tolerance", "set threshold", "energy of a reset pulse", "stanford_pku"):
        assert words in out
    for found in errors.values():
        assert all(e < t for e, t in zip(found, TOLERANCES, strict=True))
    assert (tmp_path / "pinched-loops.png").stat().st_size > 30_000


def test_ex07_a_network_learns_on_a_cell_of_a_circuit(tmp_path, capsys) -> None:
    main = runpy.run_path(str(SCRIPTS / "ex07_circuit_device.py"))["main"]
    arguments = ["--preset", "clear", "--clips", "12", "--epochs", "2", "--seeds", "1"]
    found = main([*arguments, "--samples", "3", "--cycles", "2", "--out", str(tmp_path)])
    out = capsys.readouterr().out
    assert "split by recording, 2 epochs, 1 seeds" in out
    assert f"device.step={tmp_path / 'stanford_pku.csv'}" in out
    assert list(found) == [
        "preset reram",
        "stanford_pku in ngspice",
        "pulse traces from CSV",
    ]
    # 20 test windows, chance 0.5: the clear sounds are learned in two epochs by every device.
    assert min(float(np.min(values)) for values in found.values()) >= 0.5
    assert (tmp_path / "stanford_pku-traces.csv").exists()
