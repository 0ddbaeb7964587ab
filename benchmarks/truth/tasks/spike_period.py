"""Spikes of a neuron at constant current."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truth.task import Answer, Task


@dataclass(frozen=True)
class Driven:
    """A leaky integrate-and-fire neuron, tau dV/dt = drive - V, that falls to 0 at 1."""

    tau: float = 10.0
    """[ms]"""
    drive: float = 1.5
    until: float = 200.0
    """[ms]"""
    step: float = 0.01
    """of simulators that go in steps [ms]"""


def error(asked: Driven, answers: list[Answer]) -> float:
    """Return the largest error of spike times [ms], infinite where their number differs."""
    period = asked.tau * np.log(asked.drive / (asked.drive - 1))
    true = period * np.arange(1, int(asked.until / period) + 1)
    return float(np.abs(answers[0] - true).max()) if answers[0].size == true.size else np.inf


TASK = Task(
    title="Spike times: LIF neuron at constant current, 18 spikes",
    truth="closed form, tau ln(I / (I - 1)) apart",
    bound=0.2,
    why="largest error [ms], a step of 0.01 ms for every spike before",
    asked=Driven,
    error=error,
)
