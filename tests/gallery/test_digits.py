"""Digits from arrays: the script writes them, trains a network of layers on chips and draws."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

from crossbar import toml
from crossbar.errors import DataError
from crossbar.runs import experiment
from crossbar.runs.build import network

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture(autouse=True)
def scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))


def test_ex21_chips_learn_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = importlib.import_module("ex21_digits")
    monkeypatch.setattr(script, "KINDS", ("float", "cmos"))
    words = ["--epochs", "1", "--seeds", "2", "--jobs", "1", "--out", str(tmp_path)]
    table = script.main(words).set_index("device.kind")
    # Guessing gives 0.1; after one epoch of eight both chips read more than four of five.
    assert table["mean"].min() > 0.8
    assert (tmp_path / "digits.png").stat().st_size > 5_000
    with np.load(tmp_path / "digits.npz") as arrays:
        assert arrays["x"].shape == (1797, 8, 8)


def test_the_settings_name_what_makes_their_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plan = experiment(toml.read(SCRIPTS / "digits.toml"))
    with pytest.raises(DataError, match=r"Make it with `python scripts/make_digits\.py`"):
        plan.common.data.dataset()
    importlib.import_module("make_digits").main([])
    made = plan.common.data.dataset()
    assert made.counts()["0"] == (178, 178)
    assert made.words.sample == "digit"
    assert network(plan, made.ends).outputs == 10
