"""Columns that learn without labels: from settings to who they are and what that takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from crossbar.activity import Activity
from crossbar.checks import Checked
from crossbar.devices import StuckAt
from crossbar.energy import breakdown
from crossbar.errors import DataError, fail, message
from crossbar.overlay import overlay, table
from crossbar.progress import Progress, reporting, shown
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.energy_record import costs
from crossbar.runs.experiment import Experiment, experiment
from crossbar.runs.hardware import hardware
from crossbar.spiking import Code, Columns, ColumnsState, Complement, Labels, Latency, Vote
from crossbar.toml import Settings, override
from crossbar.types import Doubles, Integers, Record, Rng
from crossbar.units import quantity

OWN = ("columns", "run")
SHARED = ("data", "device", "faults", "energy", "seed", "chip")
UNREAD = {
    "data.normalise": "Numbers are scaled to 0 to 1 by the least and the greatest of all.",
    "energy.rate": "Energies are those of a sample.",
    "energy.images": "All samples are counted.",
    "faults.map": "Give faults.p_on and faults.p_off.",
}
"""Settings of the shared sections that columns do not read, and what is so instead."""
CODE = Complement(code=Latency(span=10e-6))


@dataclass(frozen=True, kw_only=True)
class ColumnsRun(Checked):
    """What columns are shown, how often, and who votes once they have labels.

    Parameters
    ----------
    code
        What the numbers of a sample become in time: at most one spike a line.
    passes
        How often all samples are shown.
    vote
        Which columns say what a sample is.
    tasks
        Groups of classes, in their order, that are learned one after the other; 1 for all at once.
    """

    code: Code = field(default=CODE)
    passes: int = quantity(6, low=1, high=10_000)
    vote: Vote = field(default_factory=Vote)
    tasks: int = quantity(1, low=1, high=1000)


@dataclass(frozen=True, kw_only=True)
class ColumnsPlan:
    """Columns, what they are shown, and data and prices as an experiment describes them."""

    columns: Columns
    run: ColumnsRun
    experiment: Experiment

    @property
    def cells(self) -> str:
        """What the cells are called."""
        named = "device" in self.experiment.settings
        return self.experiment.kind if named else "of the rule"


def columns_plan(settings: Settings, given: Sequence[str] = ()) -> ColumnsPlan:
    """Return the plan of ``settings``, with ``given`` settings ``key=value`` over it.

    Sections ``columns`` and ``run`` are of this; ``device`` and ``faults`` are the cells, ``data``
    the samples, ``energy`` the prices and ``seed`` the seeds, as in other experiments.

    Raises
    ------
    ConfigError
        If a setting is unknown or cannot be, by its dotted name.
    """
    settings = override(settings, given)
    for name in settings:
        if name not in OWN + SHARED:
            expected = f"a section of columns: {', '.join(OWN + SHARED)}"
            fail(name, expected, "a setting that they do not read", "Leave it out.")
    for name, instead in UNREAD.items():
        section, _, key = name.partition(".")
        part = settings.get(section)
        if isinstance(part, dict) and key in part:
            fail(name, "no setting of columns", "one", instead)
    shared = {name: part for name, part in settings.items() if name not in OWN}
    plan = experiment(shared)
    columns = overlay(Columns(), table(settings.get("columns", {}), "columns"), "columns")
    if "device" in settings:
        if "device" in settings.get("columns", {}):
            fail("columns.device", "cells in one place", "[device] too", "Write only [device].")
        cells = hardware({"device": settings["device"]}).device
        if cells is None:
            fail("device.kind", "cells", "float", "Write device.kind=ideal.")
        columns = replace(columns, device=cells)
    faults = plan.common.faults
    if faults.p_on or faults.p_off:
        stuck = StuckAt(columns.memory, p_on=faults.p_on, p_off=faults.p_off)
        columns = replace(columns, device=stuck)
    run = overlay(ColumnsRun(), table(settings.get("run", {}), "run"), "run")
    return ColumnsPlan(columns=columns, run=run, experiment=plan)


@dataclass(frozen=True, eq=False)
class Waves:
    """Waves of spikes (n, lines) [s] of samples to learn from and to be tested on, and classes."""

    train: Doubles
    y_train: Integers
    test: Doubles
    y_test: Integers
    classes: tuple[str, ...]


def waves(plan: ColumnsPlan, streams: Streams) -> Waves:
    """Return the waves of the data, whose numbers are scaled to 0 to 1 over all samples.

    Raises
    ------
    ConfigError
        If the data are values to be predicted, not classes.
    DataError
        If the code gives a line more than one spike.
    """
    data = plan.experiment.common.data
    samples = build.samples(data)
    if samples.regression:
        fail("data", "classes (whole numbers in y)", "values", "Columns are given classes.")
    train, _, test = data.split.parts(samples, rng=streams.share("split"))
    x = samples.x.reshape(len(samples.x), -1).astype(np.float64)
    low, high = x.min(), x.max()
    if not low < high:
        raise DataError(message("data", "numbers that differ", f"{low:g}", "Check the samples."))
    rng = streams.share("encode")
    coded = np.array([_wave(plan.run.code, one, rng) for one in (x - low) / (high - low)])
    y = samples.y.astype(np.int64)
    return Waves(coded[train], y[train], coded[test], y[test], tuple(samples.names))


def _wave(code: Code, x: Doubles, rng: Rng) -> Doubles:
    """Return when each line spikes for the numbers ``x``, (lines,) [s]."""
    spikes = code.encode(x, rng=rng)
    most = int(spikes.counts().max(initial=0))
    if most > 1:
        expected, remedy = "at most one spike of a line", "Take run.code.kind = complement."
        raise DataError(message("run.code", expected, f"{most}", remedy))
    return spikes.first().astype(np.float64)


@reporting
def run_columns(
    plan: ColumnsPlan, *, progress: Progress = shown
) -> tuple[list[ColumnsState], Record]:
    """Let columns learn, give them labels and test them, for every seed of ``plan``.

    Returns
    -------
    states, record
        The columns of each seed, and plain values: accuracy of votes and of winners alone, labelled
        columns, silent waves, spikes, energy and time of a sample; with tasks the accuracy on each
        after each, by the labels that columns have then.
    """
    seeds = plan.experiment.common.seed
    states, records = [], []
    for n, seed in enumerate(seeds):
        progress("seeds", n, len(seeds), f"seed {seed}")
        state, record = _one(plan, seed, progress)
        states.append(state)
        records.append(record)
    return states, {"device": plan.cells, "columns": plan.columns.count,
                    "passes": plan.run.passes, "runs": records}  # fmt: skip


def _one(plan: ColumnsPlan, seed: int, progress: Progress) -> tuple[ColumnsState, Record]:
    """Return the columns of one seed and its record."""
    streams, run = plan.experiment.streams(seed), plan.run
    given = waves(plan, streams)
    state = plan.columns.build(given.train.shape[1], rng=streams("fabricate"))
    training, by_task = _taught(state, run, given, streams, progress)
    rng, first, classes = streams("read"), min(run.vote.first, state.count), len(given.classes)
    learned = state.times(given.train, first=first, rng=rng)
    labels, winners = (
        Labels.of(vote, learned, given.y_train, classes) for vote in (run.vote, Vote(first=1))
    )
    before = state.activity.copy()
    times = state.times(given.test, first=first, rng=rng)
    rows = [
        row
        for phase, activity in (
            ("training", training), ("inference", state.activity.since(before))
        )
        for row in breakdown(activity, costs(plan.experiment), phase=phase)
    ]  # fmt: skip
    return state, {
        "seed": seed,
        "accuracy": float((labels.predicted(times) == given.y_test).mean()),
        "accuracy_winner": float((winners.predicted(times) == given.y_test).mean()),
        "labelled": labels.used,
        "silent": float(np.isinf(times).all(1).mean()),
        "latency": float(np.median(times.min(1))),
        "tasks": by_task,
        **{f"energy_{phase}": sum(row.energy for row in rows if row.phase == phase)
           for phase in ("inference", "training")},
        "energy": [asdict(row) for row in rows],
    }  # fmt: skip


def _taught(
    state: ColumnsState, run: ColumnsRun, given: Waves, streams: Streams, progress: Progress
) -> tuple[Activity, list[list[float]]]:
    """Let columns learn task by task; return what that took, and accuracies.

    Those are on each task so far, after each; none where all classes are learned at once.
    """
    groups = np.array_split(np.arange(len(given.classes)), run.tasks)
    if not groups[-1].size:
        fail("run.tasks", f"at most {len(given.classes)}, one a class", run.tasks, "Lower it.")
    taken, by_task = Activity(), []
    for k, task in enumerate(groups):
        rng, before = streams("learn", task=k), state.activity.copy()
        own = np.isin(given.y_train, task)
        state.learn(given.train[own], passes=run.passes, rng=rng, progress=progress)
        taken.include(state.activity.since(before))
        if run.tasks > 1:
            by_task.append(_by_task(state, run, given, groups[: k + 1], rng))
    return taken, by_task


def _by_task(
    state: ColumnsState, run: ColumnsRun, given: Waves, tasks: Sequence[Integers], rng: Rng
) -> list[float]:
    """Return the accuracy on each of ``tasks``, by labels of all their training samples."""
    first = min(run.vote.first, state.count)
    seen = np.isin(given.y_train, np.concatenate(tasks))
    times = state.times(given.train[seen], first=first, rng=rng)
    labels = Labels.of(run.vote, times, given.y_train[seen], len(given.classes))
    right = []
    for task in tasks:
        own = np.isin(given.y_test, task)
        times = state.times(given.test[own], first=first, rng=rng)
        right.append(float((labels.predicted(times) == given.y_test[own]).mean()))
    return right
