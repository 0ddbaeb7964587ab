"""Robustness: tests of trained chips under one stress at a time, as a sweep of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from crossbar.report.document import Block, Figures, Tabular, Text
from crossbar.report.figures.canvas import Picture
from crossbar.report.records import Run
from crossbar.report.sweeps.curve import curve
from crossbar.report.sweeps.joining import CHIPS, joined
from crossbar.report.sweeps.points import points
from crossbar.report.sweeps.quantities import level_text, short
from crossbar.report.sweeps.reading import read_sweep
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.verdict import Verdict
from crossbar.report.tables.table import Table
from crossbar.report.wording import listing
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
            values = sweep.frame[name].map(lambda value, name=name: level_text(sweep, name, value))
            own = own + f", {short(sweep, name)} " + values
    return own


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
    for k, name in enumerate(tests.frame[CHIPS].unique()):
        own = tests.at({CHIPS: name}) if CHIPS in tests.parameters else tests
        made = points(Verdict(replace(own, judged=metric)))
        words = "As in the first table." if k else made.caption
        file = re.sub(r"[^\w.]+", "-", f"{name}-robustness")
        yield replace(made, name=file, caption=f"{name} under stress. {words}")


def blocks(runs: Sequence[Run]) -> Iterator[Block]:
    """Yield what trained chips do under stress."""
    missing = [run.name for run in runs if run.analog and run.stress is None]
    if missing:
        yield Text(
            f"Omitted for {listing(missing)}: there are no tests under stress. "
            f"Make them with `crossbar stress {missing[0]}`."
        )
    alike = [run for run in runs if run.merit == runs[0].merit]
    tests = stressed(alike)
    if tests is None:
        return
    if others := reprogrammed(tests):
        yield Text(
            f"{listing(others)}: trained weights, programmed into new cells of that device and not "
            "trained further. They use its whole range, while a chip that learns keeps room for "
            "weights to grow. So faults and noise relative to the range affect them less."
        )
    yield Figures(tuple(pictures(tests, alike[0].merit)))
    for table in tables(tests, alike[0].merit):
        yield Tabular(table)
