"""Sweeps of an experiment over its settings, on one machine or many."""

from crossbar.sweep.axes import Range
from crossbar.sweep.design import Random, Sampling, Sobol
from crossbar.sweep.standing import Standing
from crossbar.sweep.sweep import sweep
from crossbar.sweep.workers import LocalWorkers, LostWorkerError

__all__ = [
    "LocalWorkers",
    "LostWorkerError",
    "Random",
    "Range",
    "Sampling",
    "Sobol",
    "Standing",
    "sweep",
]
