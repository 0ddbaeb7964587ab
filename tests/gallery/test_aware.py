"""Training against the hardware on sequences of the shape of MNIST-1D, at reduced size."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def sequences(path: Path) -> None:
    """Write noisy copies of ten random sequences of 40 numbers."""
    rng = np.random.default_rng(1)
    y = np.arange(400) % 10
    x = rng.standard_normal((10, 40))[y] + 1.2 * rng.standard_normal((400, 40))
    np.savez(path, x=x.astype(np.float32), y=y)


def test_ex28_training_against_errors_wins_what_they_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    script = importlib.import_module("ex28_aware")
    monkeypatch.setattr(script, "DEVICES", ("cmos", "reram"))
    monkeypatch.setattr(script, "ERRORS", (0.1, 0.2))
    sequences(tmp_path / "sequences.npz")
    words = ["--data", str(tmp_path / "sequences.npz"), "--epochs", "10", "--seeds", "2",
             "--chips", "1", "--jobs", "1", "--out", str(tmp_path)]  # fmt: skip
    table = script.main(words)
    ways = table[table["device.kind"] == "reram"].set_index("train.weights")["mean"]
    assert set(ways.index) == {"cells", "memory", "hardware-aware"}
    written = table[table["programming error"] == 0.2].set_index("train.weights")["mean"]
    assert written["hardware-aware"] > written["memory"] + 0.05
    for name in ("aware-ways", "aware-errors"):
        assert (tmp_path / f"{name}.png").stat().st_size > 5_000
