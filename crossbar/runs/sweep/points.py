"""Points of experiments: settings checked, every default in its place, samples made once."""

from __future__ import annotations

import functools
import json
from dataclasses import replace

from crossbar.errors import fail
from crossbar.runs import build
from crossbar.runs.conditions import TEST, split_off
from crossbar.runs.energy_record import costs
from crossbar.runs.experiment import Experiment, experiment, sources
from crossbar.runs.store import Point
from crossbar.runs.store.rows import TRAINED, level
from crossbar.runs.sweep.design import Assignment
from crossbar.runs.sweep.target import Progress, Settings, refuse_column
from crossbar.runs.toml import placed


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


def point_of(
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
    if trained is not None:  # under which its chip will be looked for
        trained = replace(trained, settings=split_off(settings)[0])
    return Point(plain, settings, whole, trained)


def resolved(plan: Experiment, conditions: Settings) -> Settings:
    """Return every setting of ``plan``, defaults included, and the ``conditions`` of the test."""
    return {
        "kind": plan.kind,
        "device_source": sources(plan),
        **{k: value for k, value in plan.configuration.items() if k != "seed"},
        TEST: conditions,
    }


def make_samples(settings: list[Settings], progress: Progress) -> None:
    """Make the samples of every data section among ``settings``."""
    sections = {json.dumps(s.get("data", {}), sort_keys=True) for s in settings}
    for text in sorted(sections):
        experiment({"data": json.loads(text)}).common.data.read(progress)
