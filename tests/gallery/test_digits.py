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


def test_ex27_chips_of_a_cnn_keep_more_with_more_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With PyTorch, or without it by a network that learns here."""
    script = importlib.import_module("ex27_torch_digits")
    small = {"EPOCHS": 3, "BITS": (2, 8), "ADC": (2, 8), "ERRORS": (0.0, 0.5),
             "AGES": (3600.0, 3e8), "REPAIRS": ("none", "column")}  # fmt: skip
    for name, value in small.items():
        monkeypatch.setattr(script, name, value)
    table = script.main(["--chips", "1", "--jobs", "1", "--out", str(tmp_path)])
    chips = table.set_index(["figure", "value"])["mean"]
    assert chips["bits", 8] > max(0.7, chips["bits", 2] + 0.1)
    assert chips["adc-bits", 8] > chips["adc-bits", 2] + 0.1
    wrong = table[(table["figure"] == "errors") & (table["value"] == 0.5)].set_index("training")
    assert wrong.loc[script.PLAIN, "mean"] < chips["errors", 0.0].max() - 0.1
    assert (script.AWARE in wrong.index) == script.TORCH
    for figure in ("bits", "adc-bits", "errors", "drift"):
        assert (tmp_path / f"torch-{figure}.png").stat().st_size > 5_000


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
