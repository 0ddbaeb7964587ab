"""Columns that learn without labels: waves of samples, learning, names, and what that takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from crossbar.activity import Activity
from crossbar.energy import breakdown
from crossbar.errors import DataError, fail, message
from crossbar.progress import Progress, reporting, shown
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.column_settings import ColumnsPlan, ColumnsRun
from crossbar.runs.energy_record import costs
from crossbar.spiking import Code, ColumnsState, Labels, Vote
from crossbar.types import Doubles, Integers, Record, Rng


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
    prices = costs(plan.experiment)
    rows = [
        *breakdown(training, prices, phase="training"),
        *breakdown(state.activity.since(before), prices, phase="inference"),
    ]
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
