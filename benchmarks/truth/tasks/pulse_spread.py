"""How far apart trains of pulses bring cells."""

from __future__ import annotations

from truth.task import Answer, Task
from truth.tasks.pulse_mean import Train, deviation


def error(asked: Train, answers: list[Answer]) -> float:
    """Return the relative error of the deviation of x (n,)."""
    return float(abs(answers[0].std() / deviation(asked) - 1))


TASK = Task(
    title="Pulse trains, spread: the same trains",
    truth="closed form, from the second moment",
    bound=0.04,
    why="relative error, 5 standard errors 1 / sqrt(2n)",
    asked=Train,
    error=error,
)
