"""Where the folder of a training keeps what.

``runs.db`` is the store, with settings, metrics and details of every chip. ``seed-K`` holds the
chip of a seed: ``checkpoint.npz`` is its state after the last epoch, from which a training resumes;
``cells.npz`` has weights and conductances before and after training, ``examples.npz`` one sample a
class, ``predictions.csv`` the decisions on the test part. ``stress`` is the sweep that
`crossbar stress` makes. What is read again carries a checksum; see :mod:`crossbar.seals`.
"""

from __future__ import annotations

from pathlib import Path

CHECKPOINT, CELLS, EXAMPLES = "checkpoint.npz", "cells.npz", "examples.npz"
PREDICTIONS = "predictions.csv"
STRESS = "stress"


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
