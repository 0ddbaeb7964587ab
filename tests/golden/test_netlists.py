"""The netlists of netlists/ are what the package writes today, and run from any folder."""

from __future__ import annotations

from pathlib import Path

import decks
import numpy as np
import pytest

from crossbar.spice import run

REMEDY = "If the change is meant: python tests/golden/decks.py, and say so in CHANGELOG.md."


@pytest.mark.parametrize("name", decks.DECKS)
def test_text_is_the_stored_one(name: str) -> None:
    stored = (decks.FOLDER / f"{name}.cir").read_bytes()
    assert stored.decode() == decks.text(name), REMEDY
    assert b"\r" not in stored


@pytest.mark.parametrize("name", decks.DECKS)
def test_the_same_objects_give_the_same_text(name: str) -> None:
    assert decks.DECKS[name]().text == decks.DECKS[name]().text


def test_every_stored_netlist_has_its_builder_and_its_line() -> None:
    assert {file.stem for file in decks.FOLDER.glob("*.cir")} == set(decks.DECKS)
    told = (decks.FOLDER / "README.md").read_text()
    for name in decks.DECKS:
        assert f"`{name}.cir`" in told


@pytest.mark.parametrize("name", decks.DECKS)
def test_numbers_are_too_round_for_a_platform_to_show(name: str) -> None:
    # A resistance ends after 12 digits; codes, not conductances, make the rest.
    for line in decks.text(name).splitlines():
        assert not line.startswith("R") or len(line.split()[3].strip("kmegu")) <= 14


@pytest.mark.ngspice
@pytest.mark.parametrize("name", decks.DECKS)
def test_ngspice_runs_it_from_any_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    waves = run(decks.FOLDER / f"{name}.cir")
    deck = decks.DECKS[name]()
    assert set(deck.wanted) <= set(waves.vectors)
    if deck.end is not None:
        assert waves.axis[-1] == pytest.approx(deck.end, rel=1e-6)
    assert max(np.ptp(waves[vector]) + abs(waves[vector][-1]) for vector in deck.wanted) > 0
