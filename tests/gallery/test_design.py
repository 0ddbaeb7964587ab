"""The gallery script of designs, at reduced size."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_ex38_finds_a_cheaper_chip_and_draws_why(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    size = ["--clips", "12", "--epochs", "2", "--seeds", "1", "--samples", "24", "--points", "4"]
    asked = ["--accuracy", "0.4", "--bounds", "0.4", "--jobs", "1", "--out", str(tmp_path)]
    table = importlib.import_module("ex38_design").main([*size, *asked])
    printed = capsys.readouterr().out
    assert len(table) == 4
    own = table[["tile.reading.v_read", "tile.adc.bits"]].iloc[0].tolist()
    assert own == [pytest.approx(0.35, rel=1e-9), 8]  # the settings of the file come first
    best = table[table["accuracy"] >= 0.4]["energy (nJ)"].min()
    assert best == table["energy (nJ)"].iloc[3] < table["energy (nJ)"].iloc[:3].min()
    assert "keeps the bound" in printed
    for name in ("design-front", "design-sensitivities"):
        assert (tmp_path / f"{name}.png").stat().st_size > 10_000
