"""What is swept: an experiment, a trained chip, or a function of the user."""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import pickle
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crossbar.errors import DataError, fail, message
from crossbar.experiment import build
from crossbar.experiment.folder import read_json
from crossbar.experiment.overlay import leaves, placed, read
from crossbar.experiment.settings import Experiment, describe, experiment, kinds
from crossbar.store import Claimed, Point, Store
from crossbar.store.rows import TRAINED, TRAINING, level
from crossbar.store.table import COLUMNS
from crossbar.sweep.conditions import TEST, split_off, tested
from crossbar.sweep.design import Assignment
from crossbar.sweep.task import Call, Function, Retrial, Task, Training, Trial

RUN = "run"  # name under which the folder of trained chips stands among the settings
FUNCTION = "function"  # and the name of a function
Progress = Callable[[int, int], None]
Settings = dict[str, Any]


class Target(ABC):
    """What runs at every point.

    Attributes
    ----------
    base
        What all points share, for the record of the sweep.
    seeds
        Seeds where none are given.
    """

    base: Settings
    seeds: tuple[int, ...]

    @abstractmethod
    def point(self, assignment: Assignment) -> Point:
        """Return the point with ``assignment``, checked.

        Raises
        ------
        ConfigError
            If a name is unknown, or a value cannot be.
        """

    def check(self, seeds: Sequence[int]) -> None:
        """Raise :class:`ConfigError` unless ``seeds`` are different and can be run."""
        whole = all(type(seed) is int and seed >= 0 for seed in seeds)
        if not seeds or not whole or len(set(seeds)) < len(seeds):
            got = ", ".join(map(repr, seeds)) or "none"
            fail("seeds", "different whole numbers >= 0", got, "Write seed=0:5, or range(5).")

    def named(self, name: str) -> str:
        """Return the name under which the store keeps the parameter ``name``."""
        return name

    def files(self) -> list[str]:
        """Return the files that all runs depend on beside their settings."""
        return []

    def renew(self, kept: Store, chips: Path) -> None:
        """Let shared trainings be done again whose chips are gone."""
        for claimed in kept.trainings():
            task = self.task(claimed, chips)
            if isinstance(task, Training) and not (task.place / "result.json").exists():
                kept.redo(claimed.run)

    @abstractmethod
    def task(self, claimed: Claimed, chips: Path) -> Task:
        """Return what a worker is to do; ``chips`` holds trained chips that runs share."""

    @abstractmethod
    def prepare(self, settings: list[Settings], progress: Progress) -> None:
        """Make once what the runs with ``settings`` share, before workers ask for it."""


class Settled(Target):
    """An experiment, whose chips are trained and tested.

    Parameters
    ----------
    settings
        As from a TOML file. Names with the prefix ``test.`` come after training: points that
        differ in them alone share one trained chip a seed.
    """

    def __init__(self, settings: Settings) -> None:
        plan = experiment({k: v for k, v in settings.items() if k != TEST})
        self.seeds = plan.common.seed
        base = {k: v for k, v in plan.settings.items() if k != "seed"}
        self.base = base | ({TEST: settings[TEST]} if TEST in settings else {})

    def point(self, assignment: Assignment) -> Point:
        """Return the point with ``assignment``; see :class:`Target`."""
        settings = _assigned(self.base, assignment)
        trained, changes = split_off(settings)
        if not changes:
            plan = experiment(trained)
            _buildable(plan)
            return _point(assignment, plan.settings, plan, {})
        plan, first = _shared(json.dumps(trained))
        under, conditions = tested(plan, changes)
        _buildable(under)
        whole = plan.settings | {TEST: settings[TEST]}
        return _point(assignment, whole, under, asdict(conditions), first)

    def files(self) -> list[str]:
        """Return recordings, fault map, costs and table of pulses; see :class:`Target`."""
        flat = leaves(self.base)
        named = [flat.get(name) for name in ("data.path", "faults.map", "energy.costs")]
        step = flat.get("device.step")
        named.append(step if isinstance(step, str) and step.endswith(".csv") else None)
        return [name for name in named if isinstance(name, str) and name != "none"]

    def task(self, claimed: Claimed, chips: Path) -> Task:
        """Return what a worker is to do; see :class:`Target`."""
        trained, changes = split_off(claimed.settings)
        place = chips / f"{Point({}, trained).key[:12]}-seed-{claimed.seed}"
        if claimed.role == TRAINING:
            return Training(claimed.run, claimed.seed, trained, place)
        if changes:
            return Retrial(claimed.run, claimed.seed, claimed.settings, place)
        return Trial(claimed.run, claimed.seed, trained)

    def prepare(self, settings: list[Settings], progress: Progress) -> None:
        """Make the samples, which workers then read from the cache."""
        _make_samples(settings, progress)


class Trained(Target):
    """The trained chips of a run folder, tested under other conditions.

    Parameters
    ----------
    folder
        What `crossbar train --out` wrote.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.plan = experiment(read_json(folder / "run.json")["settings"])
        self.seeds = self.plan.common.seed
        trained = {k: v for k, v in self.plan.settings.items() if k != "seed"}
        if not (self.folder / "result.json").exists():
            remedy = "Finish it with `crossbar train`, which goes on from the last epoch."
            expected = "a finished run (result.json)"
            raise DataError(message(str(folder), expected, "none", remedy))
        result = (self.folder / "result.json").read_bytes()
        digest = hashlib.sha256(result).hexdigest()[:12]  # tells it from the next training there
        self.base = {RUN: {"folder": str(self.folder), "result": digest}, **trained}

    def named(self, name: str) -> str:
        """Return ``name`` with the prefix ``test.``, which may be left away."""
        return name if name.startswith(f"{TEST}.") else f"{TEST}.{name}"

    def check(self, seeds: Sequence[int]) -> None:
        """Raise unless chips with ``seeds`` were trained; see :class:`Target`."""
        super().check(seeds)
        missing = sorted(set(seeds) - set(self.seeds))
        if missing:
            expected = f"seeds that {self.folder} was trained with"
            remedy = (
                f"It has {', '.join(map(str, self.seeds))}; test.chip makes more chips of each."
            )
            fail("seeds", expected, ", ".join(map(str, missing)), remedy)

    def point(self, assignment: Assignment) -> Point:
        """Return the point with ``assignment``, whose names need no prefix ``test.``."""
        named = {self.named(name): value for name, value in assignment.items()}
        if len(named) < len(assignment):
            twice = next(name for name in assignment if f"{TEST}.{name}" in assignment)
            fail(twice, "each name once", f"{TEST}.{twice} too", "Leave one of them out.")
        settings = _assigned(self.base, named)
        under, conditions = tested(self.plan, split_off(settings)[1])
        _buildable(under)
        return _point(named, settings, under, asdict(conditions))

    def task(self, claimed: Claimed, chips: Path) -> Task:
        """Return what a worker is to do; see :class:`Target`."""
        settings = {k: v for k, v in claimed.settings.items() if k != RUN}
        return Retrial(claimed.run, claimed.seed, settings, self.folder)

    def prepare(self, settings: list[Settings], progress: Progress) -> None:
        """Make the samples, which workers then read from the cache."""
        _make_samples([self.plan.settings], progress)


class Called(Target):
    """A function ``f(point, seed)`` that returns numbers by name.

    Parameters
    ----------
    function
        Defined at the top of a module, so that other processes find it.
    """

    def __init__(self, function: Function) -> None:
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
            _refuse_column(name)
        if FUNCTION in assignment:
            fail(FUNCTION, "another name of a parameter", repr(FUNCTION), "Rename it.")
        return Point(assignment, self.base | assignment, self.base | assignment)

    def task(self, claimed: Claimed, chips: Path) -> Task:
        """Return what a worker is to do; see :class:`Target`."""
        given = {name: value for name, value in claimed.settings.items() if name != FUNCTION}
        return Call(claimed.run, claimed.seed, self.function, given)

    def prepare(self, settings: list[Settings], progress: Progress) -> None:
        """Do nothing: the function shares what it likes."""


def target(thing: Experiment | Settings | Path | str | Function) -> Target:
    """Return what to sweep: settings or their TOML file, a run folder, or a function."""
    if isinstance(thing, Experiment):
        return Settled(thing.settings)
    if isinstance(thing, dict):
        return Settled(thing)
    if callable(thing):
        return Called(thing)
    path = Path(thing)
    return Trained(path) if path.is_dir() else Settled(read(path))


def _refuse_column(name: str) -> None:
    """Raise if ``name`` is that of a column which every store has."""
    if name in COLUMNS:
        remedy = "Give seeds apart: seed=0:5 on the command line, seeds=range(5) in Python." if (
            name == "seed") else "Call the parameter otherwise."  # fmt: skip
        fail(name, f"names other than {', '.join(COLUMNS)}", repr(name), remedy)


def _assigned(base: Settings, assignment: Assignment) -> Settings:
    settings = base
    for name in assignment:
        inner = [other for other in assignment if other.startswith(f"{name}.")]
        if inner:
            remedy = f"Sweep {inner[0]} alone, or let {name} be a constant."
            fail(name, "parameters that do not contain each other", inner[0], remedy)
    for name, value in assignment.items():
        _refuse_column(name)
        settings = placed(settings, name, value)
    return settings


@functools.lru_cache(maxsize=64)
def _shared(settings: str) -> tuple[Experiment, Point]:
    """Return the experiment that ``settings``, a JSON text, describe, and the point of it."""
    plan = experiment(json.loads(settings))
    _buildable(plan)
    return plan, Point({}, plan.settings, resolved(plan, {}))


def _buildable(plan: Experiment) -> None:
    """Raise unless hardware and network of ``plan`` can be made, as far as no data are needed."""
    build.substrate(plan)
    build.network(plan, 2)


def _point(
    assignment: Assignment,
    settings: Settings,
    plan: Experiment,
    conditions: Settings,
    trained: Point | None = None,
) -> Point:
    """Return the point, its parameters as numbers where they are some: "5 uS" is 5e-6."""
    whole = resolved(plan, conditions) | ({} if trained is None else {TRAINED: trained.resolved})
    plain = {name: level(name, settings, whole) for name in assignment}
    for name, value in assignment.items():
        if isinstance(value, str) and not isinstance(plain[name], str):
            settings = placed(settings, name, plain[name])  # "10 m" and 0.01 are one value
    return Point(plain, settings, whole, trained)


def resolved(plan: Experiment, conditions: Settings) -> Settings:
    """Return every setting of ``plan``, defaults included, and the ``conditions`` of the test."""
    common = plan.common
    return {
        "kind": plan.kind,
        "device_source": kinds()[plan.kind].source,
        "device": describe(plan.device),
        "tile": describe(plan.tile),
        **{k: describe(getattr(common, k)) for k in common.__dataclass_fields__ if k != "seed"},
        TEST: conditions,
    }


def _make_samples(settings: list[Settings], progress: Progress) -> None:
    """Make the samples of every data section among ``settings``."""
    sections = {json.dumps(s.get("data", {}), sort_keys=True) for s in settings}
    for text in sorted(sections):
        build.window_set(experiment({"data": json.loads(text)}).common.data, progress)
