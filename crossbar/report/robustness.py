"""Robustness: tests of trained chips under one stress at a time, as a sweep of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from crossbar.report.figures.canvas import Picture
from crossbar.report.records import Run
from crossbar.report.sweeps.curve import curve
from crossbar.report.sweeps.joining import CHIPS, joined
from crossbar.report.sweeps.levels import Level
from crossbar.report.sweeps.points import points
from crossbar.report.sweeps.reading import read_sweep
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.verdict import Verdict
from crossbar.report.tables.table import Table
from crossbar.runs.store.places import STRESSES

KIND = "test.device.kind"


def stressed(runs: Sequence[Run]) -> Sweep | None:
    """Return the tests of all ``runs`` under stress as one sweep; None where there are none.

    Its parameters are the stresses and ``chips``: the name of the run, with the device that its
    weights were programmed into where this is another one, and other settings that vary among its
    tests.
    """
    read = [(run, read_sweep(run.stress)) for run in runs if run.stress is not None]
    if not read:
        return None
    stresses = [name for name in read[0][1].parameters if name in STRESSES]
    return joined([(sweep, _names(run, sweep)) for run, sweep in read], stresses)


def _names(run: Run, sweep: Sweep) -> pd.Series[str]:
    """Return what the chips of each test are called."""
    own = pd.Series(run.name, index=sweep.frame.index)
    if KIND in sweep.frame:
        kind = sweep.frame[KIND]
        own = own.where(kind == run.result["device"], own + " in " + kind.astype(str))
    for name in sweep.parameters:
        if name != KIND and name not in STRESSES:
            own = own + f", {name.removeprefix('test.')} = " + sweep.frame[name].map(_level)
    return own


def _level(value: Level) -> str:
    """Return ``value`` as a name has it."""
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def reprogrammed(tests: Sweep) -> list[str]:
    """Return the chips that were programmed with weights which others had learned."""
    if KIND not in tests.frame:
        return []
    kinds = tests.frame[[CHIPS, KIND]].dropna().astype(str).drop_duplicates()
    return [name for name, kind in kinds.itertuples(index=False) if f" in {kind}" in name]


def pictures(tests: Sweep, metric: str) -> Iterator[Picture]:
    """Yield a curve for each stress, the others at their first values."""
    first = {name: value for name, value in tests.reference.items() if name != CHIPS}
    for k, name in enumerate(first):
        one = tests.at({other: value for other, value in first.items() if other != name})
        words = f"As in the first figure, against {one.fields.words(name)}." if k else ""
        by = CHIPS if CHIPS in one.parameters else None
        yield curve(one, name, metric, by=by, caption=words)


def tables(tests: Sweep, metric: str) -> Iterator[Table]:
    """Yield for all chips of one name their tests, with the change from the same without stress."""
    order = (metric, *(name for name in tests.metrics if name != metric))
    for k, name in enumerate(tests.frame[CHIPS].unique()):
        own = tests.at({CHIPS: name}) if CHIPS in tests.parameters else tests
        made = points(Verdict(replace(own, metrics=order)))
        words = "As in the first table." if k else made.caption
        file = re.sub(r"[^\w.]+", "-", f"{name}-robustness")
        yield replace(made, name=file, caption=f"{name} under stress. {words}")
