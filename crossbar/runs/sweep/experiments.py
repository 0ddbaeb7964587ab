"""Experiments as what is swept: trained at every point, or trained before and tested."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from crossbar.devices.device_file import ENDING
from crossbar.devices.posterior import POSTERIOR
from crossbar.errors import fail
from crossbar.meaning import Meaning, meanings
from crossbar.runs import build
from crossbar.runs.conditions import TEST, Conditions, split_off, tested
from crossbar.runs.energy_record import costs
from crossbar.runs.experiment import Experiment, experiment, file_settings, sources
from crossbar.runs.fingerprint import module_files
from crossbar.runs.metrics import known
from crossbar.runs.results import meanings_of
from crossbar.runs.store import Claimed, Point, places
from crossbar.runs.store.rows import TRAINED, TRAINING, level
from crossbar.runs.sweep.design import Assignment
from crossbar.runs.sweep.target import TESTED_RUN, Progress, Target, refuse_column
from crossbar.runs.sweep.task import Retrial, Task, Trial
from crossbar.runs.trained import digest, load_plan, require_chips
from crossbar.toml import Settings, placed


class Experiments(Target):
    """What experiments measure and what their settings mean."""

    def _point(
        self,
        assignment: Assignment,
        settings: Settings,
        plan: Experiment,
        conditions: Conditions | None = None,
        trained: Point | None = None,
    ) -> Point:
        """Return the point, its parameters as numbers where they are some: "5 uS" is 5e-6."""
        self._note(plan)
        if conditions is not None:
            self.meanings |= meanings(conditions, TEST)
            self.modules |= module_files(settings.get(TEST, {}))
        whole = resolved(plan, {} if conditions is None else conditions.record)
        whole |= {} if trained is None else {TRAINED: trained.resolved}
        plain = {name: level(name, settings, whole) for name in assignment}
        for name, value in assignment.items():
            if isinstance(value, str) and not isinstance(plain[name], str):
                settings = placed(settings, name, plain[name])  # "10 m" and 0.01 are one value
        if trained is not None:  # under which its chip will be looked for
            trained = replace(trained, settings=split_off(settings)[0])
        return Point(plain, settings, whole, trained)

    def _know(self, plan: Experiment) -> None:
        """Note the metrics of ``plan``, and what :meth:`_note` does."""
        self._note(plan)
        self.measured = {metric.name: metric.record for metric in known(plan.common.metrics)}

    def _note(self, plan: Experiment) -> None:
        """Note the meanings of the settings of ``plan``, and the modules that they name."""
        self.meanings |= meanings_of(plan)
        self.modules |= module_files(plan.settings)


class Settled(Experiments):
    """An experiment, whose chips are trained and tested.

    Parameters
    ----------
    settings
        As from a TOML file. Names with the prefix ``test.`` come after training: points that
        differ in them alone share one trained chip a seed.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        plan = experiment({k: v for k, v in settings.items() if k != TEST})
        self.seeds, self._files = plan.common.seed, file_settings(plan.common, plan.settings)
        base = {k: v for k, v in plan.settings.items() if k != "seed"}
        self.base = base | ({TEST: settings[TEST]} if TEST in settings else {})
        self.keeps = False
        self._know(plan)

    def keep(self) -> None:
        """Let every run keep its trained chip; see :class:`Target`."""
        self.keeps = True

    def kept(self, settings: Settings, chips: Path) -> Path:
        """Return the folder of the chips that ``settings`` train; see :class:`Target`."""
        return chips / Point({}, split_off(settings)[0]).key[:12]

    def point(self, assignment: Assignment) -> Point:
        """Return the point with ``assignment``; see :class:`Target`."""
        settings = assigned(self.base, assignment)
        trained, changes = split_off(settings)
        if not changes:
            plan = experiment(trained)
            buildable(plan)
            return self._point(assignment, plan.settings, plan)
        plan, first = shared(json.dumps(trained))
        under, conditions = tested(plan, changes)
        buildable(under)
        self._note(plan)
        whole = plan.settings | {TEST: settings[TEST]}
        return self._point(assignment, whole, under, conditions, first)

    def files(self) -> list[str]:
        """Return the files that settings name, such as recordings; see :class:`Target`.

        Beside a file of a device is its posterior.
        """
        named = list(self._files.values())
        return named + [str(Path(path).with_name(POSTERIOR)) for path in named
                        if path.lower().endswith(ENDING)]  # fmt: skip

    def task(self, claimed: Claimed, chips: Path) -> Task:
        """Return what a worker is to do; see :class:`Target`."""
        trained, changes = split_off(claimed.settings)
        folder = self.kept(claimed.settings, chips)
        if changes and claimed.role != TRAINING:
            return Retrial(claimed.run, claimed.seed, claimed.settings, folder)
        stays = self.keeps or claimed.role == TRAINING
        place = places.place(folder, claimed.seed) if stays else None
        return Trial(claimed.run, claimed.seed, trained, place)

    def prepare(self, settings: list[Settings], progress: Progress) -> None:
        """Make the samples of every section ``data``, which workers then read from the cache."""
        sections = {json.dumps(s.get("data", {}), sort_keys=True) for s in settings}
        for text in sorted(sections):
            experiment({"data": json.loads(text)}).common.data.read(progress)


class Trained(Experiments):
    """The trained chips of a run folder, tested under other conditions.

    Parameters
    ----------
    folder
        What `crossbar train --out` wrote.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder.resolve()
        self.plan = load_plan(folder, [])
        self.seeds = self.plan.common.seed
        trained = {k: v for k, v in self.plan.settings.items() if k != "seed"}
        result = digest(self.folder, self.seeds)
        self.base = {TESTED_RUN: {"folder": str(self.folder), "result": result}, **trained}
        self._know(self.plan)
        self.meanings[f"{TESTED_RUN}.folder"] = Meaning("folder of the trained chips")
        self.meanings[f"{TESTED_RUN}.result"] = Meaning("digest of what their training left")

    def named(self, name: str) -> str:
        """Return ``name`` with the prefix ``test.``, which may be omitted."""
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
        settings = assigned(self.base, named)
        under, conditions = tested(self.plan, split_off(settings)[1])
        buildable(under)
        return self._point(named, settings, under, conditions)

    def task(self, claimed: Claimed, chips: Path) -> Task:
        """Return what a worker is to do; see :class:`Target`."""
        settings = {k: v for k, v in claimed.settings.items() if k != TESTED_RUN}
        return Retrial(claimed.run, claimed.seed, settings, self.folder)

    def kept(self, settings: Settings, chips: Path) -> Path:
        """Return the folder of the trained chips; see :class:`Target`."""
        return self.folder

    def prepare(self, settings: list[Settings], progress: Progress) -> None:
        """Make the samples, and raise unless they are those that the chips learned from."""
        dataset = self.plan.common.data.read(progress)
        require_chips(self.folder, self.seeds, dataset)


def assigned(base: Settings, assignment: Assignment) -> Settings:
    """Return ``base`` with ``assignment``, or raise if a name cannot be or contains another."""
    settings = base
    for name in assignment:
        inner = [other for other in assignment if other.startswith(f"{name}.")]
        if inner:
            remedy = f"Sweep {inner[0]} alone, or let {name} be a constant."
            fail(name, "parameters that do not contain each other", inner[0], remedy)
    for name, value in assignment.items():
        refuse_column(name)
        settings = placed(settings, name, value)
    return settings


@functools.lru_cache(maxsize=64)
def shared(settings: str) -> tuple[Experiment, Point]:
    """Return the experiment that ``settings``, a JSON text, describe, and the point of it."""
    plan = experiment(json.loads(settings))
    buildable(plan)
    return plan, Point({}, plan.settings, resolved(plan, {}))


def buildable(plan: Experiment) -> None:
    """Raise unless hardware, network and costs of ``plan`` can be had, at little cost."""
    costs(plan)
    build.substrate(plan)
    data = plan.common.data
    build.network(plan, data.foreseen() or build.samples(data).ends)


def resolved(plan: Experiment, conditions: Settings) -> Settings:
    """Return every setting of ``plan``, defaults included, and the ``conditions`` of the test."""
    return {
        "kind": plan.kind,
        "device_source": sources(plan),
        **{k: value for k, value in plan.configuration.items() if k != "seed"},
        TEST: conditions,
    }
