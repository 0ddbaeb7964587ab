"""Sweeps read from their stores: what varied, what was swept together, what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from crossbar.errors import DataError, message
from crossbar.report.fields import Fields
from crossbar.report.sweeps.levels import plain, tidy
from crossbar.report.sweeps.records import AGAIN, RETRY, Sweep
from crossbar.report.sweeps.replicates import CHIPS, draw_of
from crossbar.runs.store import Store
from crossbar.runs.store.places import holds_run
from crossbar.runs.store.store import located
from crossbar.runs.store.table import BEFORE, metric_names


def holds_sweep(path: Path) -> bool:
    """Return whether ``path`` names the store of a sweep, or a folder that holds one."""
    store = located(path)
    return store == path or (store.is_file() and not holds_run(path))


def read_sweep(path: Path | str) -> Sweep:
    """Return the sweep that the store at ``path`` holds; some of its runs may be unfinished.

    Parameters
    ----------
    path
        The store, or the folder that holds it as ``runs.db``.

    Raises
    ------
    DataError
        If there is no store, no run in it, or none that is finished.
    """
    runs = read_store(path)
    if runs.done.empty:
        got = ", ".join(f"{n} {status}" for status, n in runs.counts.items())
        errors = list(runs.failures["failure"])
        why = f"The first error: {errors[0]} {RETRY}" if errors else AGAIN
        raise DataError(message(str(runs.path), "a finished run", got, why))
    return runs


def read_store(path: Path | str) -> Sweep:
    """Return the sweep that the store at ``path`` holds; maybe none of its runs is finished.

    Raises
    ------
    DataError
        If there is no store, or no run in it.
    """
    with Store(path) as store:
        about, frame, swept = store.about, store.frame(), store.parameters
        where = store.path
        if frame.empty:
            remedy = "Run the command of the sweep again."
            raise DataError(message(str(where), "runs", "none", remedy))
        if frame.columns.has_duplicates:
            twice = ", ".join(frame.columns[frame.columns.duplicated()])
            remedy = "Call parameters and metrics by different names."
            raise DataError(message(str(where), "columns of different names", twice, remedy))
        for name in swept:
            if name not in frame:
                frame.insert(len(BEFORE), name, float("nan"))
    known = Fields.of(about)
    for name in swept:
        frame[name] = tidy(frame[name], known.unit(name))
    metrics = metric_names(frame)
    frame[metrics] = frame[metrics].replace([math.inf, -math.inf], math.nan)  # no mean holds one
    several = [name for name in swept if frame[name].nunique(dropna=False) > 1]
    tied = _tied(about.get("together") or [], frame, several)
    leading = [name for name in several if not any(name in own for own in tied.values())]
    of_function = "function" in (about.get("base") or {})  # whose names are its own
    numbering = () if of_function else tuple(name for name in CHIPS if name in frame)
    draw = "" if of_function else draw_of(leading)
    return Sweep(
        path=where,
        about=about,
        frame=frame,
        parameters=tuple(name for name in leading if name not in (*numbering, draw)),
        chips=numbering,
        draw=draw,
        tied=tied,
        constant={n: plain(frame[n].iloc[0]) for n in swept if n not in several},
        metrics=tuple(metrics),
    )


def _tied(
    groups: Iterable[Sequence[str]], frame: pd.DataFrame, several: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Return which parameters were swept together, by the first of them, and still vary so."""
    tied = {}
    for group in groups:
        names = [name for name in group if name in several]
        pairs = len(frame[names].drop_duplicates()) if names else 0
        if len(names) > 1 and all(frame[n].nunique(dropna=False) == pairs for n in names):
            tied[names[0]] = tuple(names[1:])
    return tied
