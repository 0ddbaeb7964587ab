"""Where trains of pulses bring cells in the mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truth.task import Answer, Task


@dataclass(frozen=True)
class Train:
    """Set pulses on cells with soft bounds: x grows by step (1 - x) (1 + sigma z) a pulse, from 0.

    x is the distance from the start relative to that from there to the upper bound; z is drawn
    anew for every pulse.
    """

    n: int = 10_000
    """cells"""
    pulses: int = 100
    step: float = 0.01
    sigma: float = 0.5
    seed: int = 13


def mean(asked: Train) -> float:
    """Return the mean of x: each pulse multiplies that of 1 - x by 1 - step."""
    return 1 - (1 - asked.step) ** asked.pulses


def deviation(asked: Train) -> float:
    """Return the deviation of x: E (1 - x)^2 is multiplied by (1 - step)^2 + step^2 sigma^2."""
    kept, moved = (1 - asked.step) ** 2, (asked.step * asked.sigma) ** 2
    return float(np.sqrt((kept + moved) ** asked.pulses - kept**asked.pulses))


def error(asked: Train, answers: list[Answer]) -> float:
    """Return the relative error of the mean of x (n,)."""
    return float(abs(answers[0].mean() / mean(asked) - 1))


TASK = Task(
    title="Pulse trains, mean: 100 pulses of 1 % on soft bounds, 50 % spread a pulse, 1e4 cells",
    truth="closed form, 1 - 0.99^100",
    bound=0.01,
    why="relative error; that of 1e4 cells is 0.03 %",
    asked=Train,
    error=error,
)
