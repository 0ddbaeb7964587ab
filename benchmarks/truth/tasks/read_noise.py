"""The distribution of the noise of a read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truth.task import Answer, Task


@dataclass(frozen=True)
class Noise:
    """Reads of one cell at the top of its range, with Gaussian noise and nothing else."""

    n: int
    """number of reads"""
    sigma: float = 0.05
    """standard deviation of a read, relative to the range"""
    seed: int = 11


def error(_: Noise, answers: list[Answer]) -> float:
    """Return the Kolmogorov-Smirnov distance of errors (n,), in deviations, from the normal."""
    from scipy.special import ndtr

    steps = np.arange(answers[0].size + 1) / answers[0].size
    level = ndtr(np.sort(answers[0]))
    return float(max(np.abs(steps[1:] - level).max(), np.abs(steps[:-1] - level).max()))


TASK = Task(
    title="Read noise: 4e6 reads of a cell",
    truth="the normal distribution",
    bound=1.35e-3,
    why="Kolmogorov-Smirnov distance, sqrt(ln(2e6) / 2n) once in a million",
    asked=lambda: Noise(4_000_000),
    error=error,
)
