"""The derivative of a synaptic current by the delay of the spike that made it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truth.task import Answer, Task


@dataclass(frozen=True)
class Delayed:
    """A spike of weight 1 waits for its delay in a queue; I decays with tau. Times in ms."""

    spike: float = 1.0
    delay: float = 3.0
    tau: float = 5.0
    until: float = 20.0
    """time at which dI / d(delay) is asked"""
    step: float = 0.025
    """of simulators that go in steps"""


def error(asked: Delayed, answers: list[Answer]) -> float:
    """Return the largest relative error of the derivatives, one a queue."""
    waited = asked.until - asked.spike - asked.delay
    true = np.exp(-waited / asked.tau) / asked.tau
    return float(np.abs(answers[0] / true - 1).max())


TASK = Task(
    title="Gradient to a delay, through every queue of the tool",
    truth="closed form, exp(-(t - arrival) / tau) / tau",
    bound=0.01,
    why="largest relative error; a step of 0.025 ms is 0.5 %",
    asked=Delayed,
    error=error,
)
