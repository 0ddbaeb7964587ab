"""What is cheap beside a run: the metrics of trained chips and their derivatives to settings."""

from __future__ import annotations

import contextlib
import functools
from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from crossbar.errors import ConvergenceError, fail
from crossbar.runs import build
from crossbar.runs.conditions import TEST, split_off
from crossbar.runs.experiment import experiment
from crossbar.runs.fingerprint import stamp
from crossbar.runs.search.space import Space, number
from crossbar.runs.search.trial import Tried
from crossbar.runs.sensitivity import SensitiveChip, Sensitivity
from crossbar.runs.sensitivity.settings import changed, value_of
from crossbar.runs.store import Store, places
from crossbar.runs.sweep.design import Assignment
from crossbar.runs.sweep.target import TESTED_RUN, Target
from crossbar.runs.sweep.task import Trial
from crossbar.runs.trained import learned_chip
from crossbar.toml import Settings

METRICS = ("loss", "accuracy", "energy_inference", "latency", "cells")
"""Those that :class:`crossbar.runs.sensitivity.SensitiveChip` derives."""


class RunModel(ABC):
    """What stands for runs while settings are moved: quick, with derivatives, near a run.

    Attributes
    ----------
    metrics
        Names of the metrics that it has.
    """

    metrics: tuple[str, ...]

    def require(self, space: Space) -> None:
        """Raise unless there are derivatives to every parameter of ``space``.

        Raises
        ------
        ConfigError
            If one has none; nothing has run then.
        """
        return

    @abstractmethod
    def at(self, run: Tried, changes: Assignment) -> Sequence[Sensitivity]:
        """Return the metrics under ``changes``, of what each run at the point ``run`` left.

        ``changes`` are the values of all parameters by their names in the store, and derivatives
        are to them, in SI units; one answer for each seed.
        """


@dataclass
class ChipModel(RunModel):
    """The trained chips of runs, programmed again under other settings.

    Parameters
    ----------
    kind
        What runs.
    store
        Path of the store.
    seeds
        Those of the runs of every point.
    samples
        Of the training part that are presented.
    workers
        Who does it, a task a seed.
    """

    kind: Target
    store: Path
    seeds: Sequence[int]
    samples: int
    workers: Executor
    metrics: tuple[str, ...] = METRICS
    scales: dict[str, float] = field(default_factory=dict, init=False)

    def require(self, space: Space) -> None:
        """Raise unless there are chips, with derivatives to all parameters.

        A chip without training is looked at, in the middle of the ranges.
        """
        settings = space.point(space.at((0.5,) * len(space.axes))).settings
        if self.kind.kept(settings, self.store) is None:
            remedy = "Give settings or the folder of a run; crossbar search takes functions."
            fail("design", "trained chips, which have derivatives", "a function", remedy)
        trained, asked = _parts(settings)
        plan = experiment(trained)
        here = changed(plan, asked)
        for axis in space.axes:
            name = axis.name.removeprefix(f"{TEST}.")
            value_of(here, name)
            self.scales[name] = max(abs(number(name, mark)) for mark in axis.marks)
        dataset, seed = build.samples(plan.common.data), self.seeds[0]
        chip = build.chip(plan, dataset.ends, plan.streams(seed))
        with contextlib.suppress(ConvergenceError):  # as elsewhere, it may be passed by
            sensitive = SensitiveChip(plan, chip, seed, dataset, samples=2)
            sensitive.at(asked, tuple(self.scales), scales=self.scales)

    def at(self, run: Tried, changes: Assignment) -> Sequence[Sensitivity]:
        """Return the metrics of every seed; see :class:`RunModel`."""
        with Store(self.store) as kept:
            settings, chips = kept.run(run.runs[0])["settings"], kept.chips
        folder = self.kind.kept(settings, chips)
        assert folder is not None  # as required
        trained, asked = _parts(settings)
        names = tuple(name.removeprefix(f"{TEST}.") for name in changes)
        asked |= dict(zip(names, changes.values(), strict=True))
        looks = [
            self.workers.submit(
                ChipLook(folder, seed, trained, self.samples), asked, names, self.scales
            )
            for seed in self.seeds
        ]
        back = dict(zip(names, changes, strict=True))
        return [_named(look.result(), back) for look in looks]


def _parts(settings: Settings) -> tuple[Settings, Settings]:
    """Return what a chip was trained by, and what is changed of it then, by dotted name."""
    return split_off({name: value for name, value in settings.items() if name != TESTED_RUN})


def _named(one: Sensitivity, names: dict[str, str]) -> Sensitivity:
    """Return ``one`` whose settings have the ``names`` of the store."""
    by = {m: {names[k]: d for k, d in slopes.items()} for m, slopes in one.by.items()}
    kinds = {names[k]: kind for k, kind in one.kinds.items()}
    return Sensitivity(values=one.values, by=by, kinds=kinds)


@dataclass(frozen=True)
class ChipLook:
    """A look at the trained chip of ``seed`` in the run ``folder`` under other settings.

    A chip that is gone, or was never kept, is trained again by its ``settings``.
    """

    folder: Path
    seed: int
    settings: Settings
    samples: int

    def __call__(
        self, changes: Assignment, names: tuple[str, ...], scales: dict[str, float]
    ) -> Sensitivity:
        """Return the metrics under ``changes``, with their derivatives to ``names``.

        ``scales`` are how large settings get.
        """
        if not places.finished(self.folder, self.seed):
            place = places.place(self.folder, self.seed)
            Trial(0, self.seed, self.settings, place).outcome()
        chip = _chip(self, stamp(places.checkpoint_of(self.folder, self.seed)))
        return chip.at(changes, names, scales=scales)

    def __hash__(self) -> int:
        return hash((self.folder, self.seed))


@functools.lru_cache(maxsize=4)
def _chip(look: ChipLook, state: str) -> SensitiveChip:
    """Return the chip of a ``look``; the stamp of its file is a key of the cache."""
    dataset = build.samples(experiment(look.settings).common.data)
    plan, learned = learned_chip(look.folder, look.seed, dataset)
    return SensitiveChip(plan, learned, look.seed, dataset, samples=look.samples)
