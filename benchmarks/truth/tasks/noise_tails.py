"""How often the noise of a read is large."""

from __future__ import annotations

import math

import numpy as np

from truth.task import Answer, Task
from truth.tasks.read_noise import Noise

FAR = 4.5  # deviations


def error(asked: Noise, answers: list[Answer]) -> float:
    """Return the relative error of the number of errors (n,) beyond 4.5 deviations."""
    expected = asked.n * math.erfc(FAR / math.sqrt(2))
    return abs(float(np.count_nonzero(np.abs(answers[0]) > FAR)) / expected - 1)


TASK = Task(
    title="Tails of read noise: beyond 4.5 deviations in 4e6 reads",
    truth="the normal distribution, 27.2 reads",
    bound=0.95,
    why="relative error of their number, Poisson once in 2e5",
    asked=lambda: Noise(4_000_000),
    error=error,
)
