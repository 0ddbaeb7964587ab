"""Mean and spread of the drift of cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truth.task import Answer, Task


@dataclass(frozen=True)
class Drift:
    """Cells at half of their range that follow g(t) = g0 (t / t0)^-nu, nu normal from cell to cell.

    The numbers are those of phase-change cells, Nandakumar et al., ICECS 2019.
    """

    n: int = 100_000
    nu: float = 0.049
    sigma: float = 0.008
    t0: float = 20.0
    """time of the programming read [s]"""
    t: float = 2e5
    """time of the answer [s]"""
    seed: int = 12


def error(asked: Drift, answers: list[Answer]) -> float:
    """Return the error of mean and deviation of -ln(g / g0) / ln(t / t0), in deviations."""
    nu = -np.log(answers[0]) / np.log(asked.t / asked.t0)
    return float(max(abs(nu.mean() - asked.nu), abs(nu.std() - asked.sigma)) / asked.sigma)


TASK = Task(
    title="Drift: exponents of 1e5 cells after four decades",
    truth="closed form, nu = 0.049 +- 0.008",
    bound=0.016,
    why="error of mean or deviation over the deviation, 5 / sqrt(n)",
    asked=Drift,
    error=error,
)
