"""A task and a tool, and the lists of both."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Answer = NDArray[np.float64]

TASKS = (
    "ir_drop", "driver_resistance", "sense_resistance", "transposed", "nonlinear",
    "energy_balance", "read_noise", "noise_tails", "drift", "pulse_mean", "pulse_spread",
    "saturation", "stuck_cells", "adc_error", "spike_period", "spike_times", "delay_gradient",
    "mel", "reproducible",
)  # fmt: skip
TOOLS = (
    "crossbar", "ngspice", "badcrossbar", "crosssim", "aihwkit", "memtorch", "brian2", "snntorch",
    "norse", "adseq", "librosa",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Task:
    """A question with a known answer.

    Attributes
    ----------
    title
        What is asked, in a few words.
    truth
        Where the answer comes from.
    bound
        Largest error of an answer within bounds.
    why
        What the error is relative to, and where the bound comes from.
    asked
        Returns the question, as tools are given it.
    error
        Returns the error of the answers to a question, one answer a process.
    processes
        Fresh processes that answer it.
    """

    title: str
    truth: str
    bound: float
    why: str
    asked: Callable[[], Any]
    error: Callable[[Any, list[Answer]], float]
    processes: int = 1


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A simulator that may be installed.

    Attributes
    ----------
    name
        As the page shows it.
    version
        Returns its version, or raises ImportError where it is not installed.
    cannot
        Why it has no answer, by the names of tasks.
    """

    name: str
    version: Callable[[], str]
    cannot: dict[str, str] = field(default_factory=dict)


def task(name: str) -> Task:
    """Return the task in the file of that name."""
    made: Task = importlib.import_module(f"truth.tasks.{name}").TASK
    return made


def tool(name: str) -> tuple[Tool, dict[str, Callable[[Any], Answer]]]:
    """Return the tool in the file of that name, and its methods by task."""
    module = importlib.import_module(f"truth.tools.{name}")
    return module.TOOL, {t: getattr(module, t) for t in TASKS if hasattr(module, t)}
