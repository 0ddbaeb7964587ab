"""The gallery script of Table 1 runs, and finds every printed digit."""

import runpy
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "ex03_energy_table1.py"


def test_every_printed_digit_is_found(capsys):
    runpy.run_path(str(SCRIPT))["main"]()
    out = capsys.readouterr().out
    assert out.count(" same ") == 9
    assert "DIFFERS" not in out
    for name in ("leti-2026", "exact", "physical", "digital", "Andrulis", "B = 625"):
        assert name in out
