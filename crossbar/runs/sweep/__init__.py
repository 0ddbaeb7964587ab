"""Sweeps of an experiment over its settings, on one machine or many."""

from crossbar.runs.sweep.axes import Range
from crossbar.runs.sweep.conduct import Conduct
from crossbar.runs.sweep.design import OneAtATime, Random, Sampling, Sobol
from crossbar.runs.sweep.progress import Standing
from crossbar.runs.sweep.sweep import sweep
from crossbar.runs.sweep.workers import LocalWorkers, LostWorkerError

__all__ = [
    "Conduct",
    "LocalWorkers",
    "LostWorkerError",
    "OneAtATime",
    "Random",
    "Range",
    "Sampling",
    "Sobol",
    "Standing",
    "sweep",
]
