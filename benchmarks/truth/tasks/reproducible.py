"""A seed gives the same numbers in another process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truth.task import Answer, Task


@dataclass(frozen=True)
class Seeded:
    """Weights that are written and read with noise, from one seed."""

    seed: int = 16
    rows: int = 20
    cols: int = 10
    reads: int = 5


def error(_: Seeded, answers: list[Answer]) -> float:
    """Return the share of numbers that differ between the processes; 1 where none are random."""
    one, other = answers
    if np.ptp(one, axis=0).max() == 0:
        return 1.0
    return float((one != other).mean())


TASK = Task(
    title="Seeds: noisy writes and reads, the same in two processes",
    truth="the numbers of the other process",
    bound=1e-9,
    why="share of the numbers that differ",
    asked=Seeded,
    error=error,
    processes=2,
)
