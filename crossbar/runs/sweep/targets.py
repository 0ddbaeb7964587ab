"""Which target a thing is: settings, a run folder, a function."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crossbar.checks import require_path
from crossbar.runs.experiment import Experiment
from crossbar.runs.sweep.experiments import Settled, Trained
from crossbar.runs.sweep.functions import Called
from crossbar.runs.sweep.target import Target
from crossbar.runs.sweep.task import Function
from crossbar.runs.toml import read


def target(thing: Experiment | dict[str, Any] | Path | str | Function) -> Target:
    """Return what to sweep: settings or their TOML file, a run folder, or a function."""
    if isinstance(thing, Experiment):
        return Settled(thing.settings)
    if isinstance(thing, dict):
        return Settled(thing)
    if callable(thing):
        return Called(thing)
    path = require_path("sweep, experiment", thing)
    return Trained(path) if path.is_dir() else Settled(read(path))
