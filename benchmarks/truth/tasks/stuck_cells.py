"""Cells that are stuck at either end of the range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truth.task import Answer, Task


@dataclass(frozen=True)
class Stuck:
    """Cells programmed to half of their range, some of them stuck on or off."""

    rows: int = 300
    cols: int = 300
    p_on: float = 0.05
    p_off: float = 0.1
    seed: int = 14


def error(asked: Stuck, answers: list[Answer]) -> float:
    """Return the larger deviation of both counts from their means, in standard deviations.

    It is infinite where conductances (rows, cols), relative to the range, are at other places.
    """
    x, n = answers[0], asked.rows * asked.cols
    if x.size != n or np.abs(x[:, :, None] - np.array([0.0, 0.5, 1.0])).min(axis=2).max() > 1e-6:
        return float("inf")
    counts = np.array([(x > 0.75).sum(), (x < 0.25).sum()])
    p = np.array([asked.p_on, asked.p_off])
    return float((np.abs(counts - n * p) / np.sqrt(n * p * (1 - p))).max())


TASK = Task(
    title="Stuck cells: 5 % on and 10 % off among 300 x 300 at half range",
    truth="binomial counts, all other cells where they belong",
    bound=5.0,
    why="standard deviations of a count, once in a million",
    asked=Stuck,
    error=error,
)
