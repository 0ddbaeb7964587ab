"""Decoders of a spiking network on paths of hardening, at reduced size."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_ex29_voltages_tell_more_than_first_spikes_for_less_energy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    script = importlib.import_module("ex29_spiking_decoders")
    monkeypatch.setattr(script, "DECODERS", ("membrane", "first-spike"))
    monkeypatch.setattr(script, "SIZES", ([16],))
    words = ["--epochs", "5", "--seeds", "1", "--jobs", "1", "--out", str(tmp_path)]
    table = script.main(words).set_index(script.DECODER)
    assert table.loc["membrane", "mean"] < table.loc["first-spike", "mean"] - 0.1
    assert table.loc["membrane", "energy"] < table.loc["first-spike", "energy"]
    assert (tmp_path / "decoders.png").stat().st_size > 5_000
