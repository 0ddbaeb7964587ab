"""Cells stop at their bounds, and leave them at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truth.task import Answer, Task


@dataclass(frozen=True)
class There:
    """Set pulses, then reset pulses, of constant steps without spread, from the middle."""

    step: float = 0.01
    """of the range"""
    up: int = 300
    down: int = 30


def error(asked: There, answers: list[Answer]) -> float:
    """Return the largest error of conductances relative to the range, 0 to 1."""
    return float(np.abs(answers[0] - (1 - asked.down * asked.step)).max())


TASK = Task(
    title="Saturation: 300 pulses of 1 % up from the middle, then 30 down",
    truth="arithmetic, 0.7 of the range",
    bound=1e-4,
    why="of the range; rounding of single precision in 330 steps is 2e-5 at most",
    asked=There,
    error=error,
)
