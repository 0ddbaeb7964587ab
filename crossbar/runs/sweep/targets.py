"""Functions of the user as what is swept, and which target a thing is."""

from __future__ import annotations

import inspect
import pickle
import sys
from pathlib import Path
from typing import Any

from crossbar.checks import require_path
from crossbar.errors import fail
from crossbar.runs.experiment import Experiment
from crossbar.runs.store import Claimed, Point
from crossbar.runs.sweep.design import Assignment
from crossbar.runs.sweep.experiments import Settled, Trained
from crossbar.runs.sweep.target import Progress, Target, refuse_column
from crossbar.runs.sweep.task import Call, Function, Task
from crossbar.toml import Settings, read

FUNCTION = "function"  # name under which the function stands among the settings


class Called(Target):
    """A function ``f(point, seed)`` that returns numbers by name.

    Parameters
    ----------
    function
        Defined at the top of a module, so that other processes find it.
    """

    def __init__(self, function: Function) -> None:
        super().__init__()
        name = getattr(function, "__qualname__", repr(function))
        if not inspect.isfunction(function):
            remedy = "Define it with def at the top of a module; what varies is a parameter."
            fail("sweep", "a plain function", repr(function), remedy)
        main = Path(getattr(sys.modules.get("__main__"), "__file__", None) or "none")
        if function.__module__ == "__main__" and not main.is_file():
            got = f"{name} of an interactive session"
            remedy = "Save it in a module and import it from there."
            fail("sweep", "a function that other processes find", got, remedy)
        try:
            pickle.dumps(function)
        except (pickle.PicklingError, AttributeError, TypeError):
            remedy = "Define it with def at the top of a module."
            fail("sweep", "a function that other processes find", name, remedy)
        self.function = function
        self.seeds = (0,)
        self.base = {FUNCTION: f"{function.__module__}.{name}"}

    def point(self, assignment: Assignment) -> Point:
        """Return the point with ``assignment``."""
        for name in assignment:
            refuse_column(name)
        if FUNCTION in assignment:
            fail(FUNCTION, "another name of a parameter", repr(FUNCTION), "Rename it.")
        return Point(assignment, self.base | assignment, self.base | assignment)

    def task(self, claimed: Claimed, chips: Path) -> Task:
        """Return what a worker is to do; see :class:`Target`."""
        given = {name: value for name, value in claimed.settings.items() if name != FUNCTION}
        return Call(claimed.run, claimed.seed, self.function, given)

    def prepare(self, settings: list[Settings], progress: Progress) -> None:
        """Do nothing: the function shares what it likes."""


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
