"""Where the folder of a training keeps what.

``runs.db`` is the store, with settings, metrics and details of every chip. ``seed-K`` holds the
chip of a seed: ``checkpoint.npz`` is its state after the last epoch, from which a training resumes;
``cells.npz`` has weights and conductances before and after training, ``examples.npz`` one sample a
class, ``predictions.csv`` the decisions on the test part. ``stress`` is the sweep that
`crossbar stress` makes. What is read again carries a checksum; see :mod:`crossbar.seals`.
"""

from __future__ import annotations

from pathlib import Path

from crossbar.units import SECONDS

CHECKPOINT, CELLS, EXAMPLES = "checkpoint.npz", "cells.npz", "examples.npz"
PREDICTIONS = "predictions.csv"
STRESS = "stress"

YEAR = SECONDS["y"]
STRESSES: dict[str, tuple[float, ...]] = {
    "test.stuck": (0, 0.001, 0.003, 0.01, 0.03, 0.1),
    "test.read_noise": (0, 0.01, 0.02, 0.05, 0.1, 0.2),
    "test.age": (0, 1, 1e2, 1e4, 1e6, YEAR, 10 * YEAR),
}
"""Strengths of what a trained chip is put under; the first is the reference."""


def holds_run(folder: Path) -> bool:
    """Return whether ``folder`` is that of a training, finished or not."""
    return any(folder.glob("seed-*"))


def place(folder: Path, seed: int) -> Path:
    """Return the folder of the chip of ``seed`` in the run ``folder``."""
    return folder / f"seed-{seed}"


def checkpoint_of(folder: Path, seed: int) -> Path:
    """Return the checkpoint of ``seed`` in the run ``folder``."""
    return place(folder, seed) / CHECKPOINT


def finished(folder: Path, seed: int) -> bool:
    """Return whether the run ``folder`` holds the trained chip of ``seed``."""
    return (place(folder, seed) / CELLS).exists()
