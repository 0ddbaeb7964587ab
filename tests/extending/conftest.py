"""A laboratory for files from outside: it trains, tests, sweeps and reports from TOML text."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crossbar.loading import load
from crossbar.report import write_report
from crossbar.runs import by_stress, evaluate_run, experiment, load_plan, stress, train
from crossbar.runs.sweep import sweep

HERE = Path(__file__).parent
TINY = {
    "data": {"clips": 3},
    "train": {"epochs": 1, "batch": 10},
    "network": {"filters": 1, "hidden": 4},
    "energy": {"images": 2},
}
Record = dict[str, Any]


def joined(base: Record, over: Record) -> Record:
    """Return ``base`` with nested settings ``over`` in their places; a kind or layers are whole."""
    new = {} if "kind" in over or isinstance(over.get("layers"), list) else dict(base)
    for name, value in over.items():
        both = isinstance(value, dict) and isinstance(new.get(name), dict)
        new[name] = joined(new[name], value) if both else value
    return new


class Laboratory:
    """Runs in a folder of their own, from TOML text laid over a tiny experiment.

    The tiny experiment has 60 synthetic spectrograms of two classes. A section with a ``kind``
    replaces that of the tiny experiment.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def settings(self, text: str) -> Record:
        """Return the settings that ``text`` describes."""
        return joined(TINY, tomllib.loads(text))

    def train(self, text: str, name: str = "run") -> Record:
        """Train a chip and return its result, as the folder keeps it."""
        return train(experiment(self.settings(text)), self.folder / name)

    def detail(self, name: str = "run") -> Record:
        """Return what the run ``name`` keeps of its first chip, such as its energy."""
        return load(self.folder / name).detail()

    def evaluate(self, *changes: str, name: str = "run") -> Record:
        """Test the chip of the run ``name`` again under ``changes``, each ``key=value``."""
        folder = self.folder / name
        return evaluate_run(load_plan(folder, list(changes)), folder)

    def stress(self, name: str = "run") -> pd.DataFrame:
        """Test the chip of the run ``name`` under every stress."""
        return by_stress(stress(self.folder / name, jobs=1))

    def report(self, name: str = "run") -> str:
        """Write the report of the run ``name`` and return its HTML."""
        return write_report(self.folder / name).read_text(encoding="utf-8")

    def sweep(self, text: str, parameters: Record, name: str = "sweep") -> pd.DataFrame:
        """Return one row a run of a sweep; a run that fails fails the test."""
        with ThreadPoolExecutor(1) as executor:
            frame = sweep(self.settings(text), parameters, store=self.folder / name,
                          executor=executor, jobs=1)  # fmt: skip
        assert set(frame.status) == {"done"}, frame.failure.tolist()
        return frame

    def sweep_report(self, name: str = "sweep") -> str:
        """Write the report of the sweep ``name`` and return its HTML."""
        return write_report(self.folder / name).read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the files of this folder be imported by name, as those beside a user's TOML file are."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(HERE)
    yield
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) == str(HERE / f"{name}.py"):
            del sys.modules[name]


@pytest.fixture
def lab(tmp_path: Path) -> Laboratory:
    """Return a laboratory with an empty folder."""
    return Laboratory(tmp_path)
