"""The error of a converter."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from truth.task import Answer, Task


@dataclass(frozen=True)
class Ramp:
    """A line that carries from minus to plus full scale, read through a converter."""

    bits: int = 8
    x: Answer = field(default_factory=lambda: np.linspace(-0.98, 0.98, 20_011))
    """(n,) currents relative to full scale"""


def error(asked: Ramp, answers: list[Answer]) -> float:
    """Return the relative error of the root mean square of the errors of x."""
    rms = float(np.sqrt(np.mean((answers[0] - asked.x) ** 2)))
    return abs(rms / (2 / 2**asked.bits / np.sqrt(12)) - 1)


TASK = Task(
    title="ADC: error of 8 bits over full scale",
    truth="uniform errors, step / sqrt(12)",
    bound=0.02,
    why="relative error; converters with 254 or 255 steps are within 0.8 %",
    asked=Ramp,
    error=error,
)
