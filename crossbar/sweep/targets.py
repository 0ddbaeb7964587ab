"""Which target a thing is: settings, a run folder, a function."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crossbar.checks import require_path
from crossbar.experiment.overlay import read
from crossbar.experiment.settings import Experiment
from crossbar.sweep.experiments import Settled, Trained
from crossbar.sweep.functions import Called
from crossbar.sweep.target import Target
from crossbar.sweep.task import Function


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
