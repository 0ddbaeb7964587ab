"""The table of every point of a sweep, with its change from the reference point."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from crossbar.meaning import COUNT, DETAIL
from crossbar.report.amounts import amount, amounts
from crossbar.report.sweeps.captions import unfinished
from crossbar.report.sweeps.levels import Level, missing, plain
from crossbar.report.sweeps.losses import losses
from crossbar.report.sweeps.quantities import level_text, measured, short, spreadsheet
from crossbar.report.sweeps.records import ACCURACY, Sweep
from crossbar.report.sweeps.statistics import PARTS, interval_of, means
from crossbar.report.sweeps.verdict import Verdict
from crossbar.report.tables.table import Cell, Number, Table, columns, count
from crossbar.report.wording import listing

WIDE = 5  # parameters and further metrics that fit on a page of 1280 pixels
MOST, SHOWN = 400, 200  # points that a page holds, and how many it shows of more


def points(verdict: Verdict) -> Table:
    """Return every point, the best first; of very many the page shows some and CSV all.

    Points of which all runs failed come last.
    """
    sweep, whole = verdict.sweep, verdict.compared
    metrics = [name for name in others(sweep) if sweep.done[name].nunique() > 1]
    keys = list(sweep.parameters)
    for name in metrics:
        part = means(sweep, sweep.parameters, name)
        part = part[[*keys, *PARTS]].rename(columns={k: f"{name} {k}" for k in PARTS})
        whole = whole.merge(part, on=keys, how="left") if keys else whole.join(part)
    if len(sweep.failures):
        lost = losses(sweep).drop(columns="runs")
        whole = whole.assign(place=range(len(whole)))
        whole = whole.merge(lost, on=keys, how="outer") if keys else whole.join(lost)
        whole = whole.sort_values("place", kind="stable").drop(columns="place")
        counts = {n: whole[n].fillna(0).astype(int) for n in ("failed", "seeds")}
        whole = whole.assign(**counts)
    shown = whole if len(whole) <= MOST else whole.head(SHOWN)
    seen = [name for name in metrics if _tells(sweep, shown, name)][: max(0, WIDE - len(keys))]
    words = measured(sweep, sweep.metric, 0.0).words
    change = ("change", "95 % interval of the change") if "change mean" in whole else ()
    return Table(
        name="points",
        caption=_caption(verdict, len(whole), len(shown), [n for n in metrics if n not in seen]),
        columns=columns(*(short(sweep, n) for n in keys), words, "95 % interval", *change,
                        *(measured(sweep, n, 0.0).words for n in seen), f"{verdict.own}s",
                        *(("failed runs",) if "failed" in whole else ())),
        rows=tuple(_row(verdict, row, seen) for row in shown.to_dict("records")),
        leading=1,
        full=spreadsheet(sweep, whole, sweep.metric),
    )  # fmt: skip


def others(sweep: Sweep) -> list[str]:
    """Return the metrics beside the main one that are results."""
    return [n for n in sweep.metrics if n != sweep.metric and sweep.role(n) != COUNT]


def _tells(sweep: Sweep, shown: pd.DataFrame, name: str) -> bool:
    """Return whether the points differ in the metric ``name`` as the page writes it."""
    if sweep.metric == ACCURACY and sweep.role(name) == DETAIL:
        return False
    unit = sweep.unit(name)
    return bool(shown[f"{name} mean"].dropna().map(lambda value: amount(value, unit)).nunique() > 1)


def _caption(verdict: Verdict, points: int, shown: int, hidden: list[str]) -> str:
    """Return what the means and changes are over, and what only the CSV file holds."""
    sweep = verdict.sweep
    words, own = measured(sweep, sweep.metric, 0.0).words, verdict.own
    text = f"Every point, {verdict.first} {words} first: means over its runs; "
    text += f"interval of the {words}: {verdict.basis()}."
    if len(verdict.points) > 1:
        unit = ", in percentage points" if verdict.unit == "%" else ""
        text += f" Change: from the reference point{unit}, mean of the differences {own} by {own}."
    if shown < points:
        text += f" The {verdict.first} {shown} of {points}: the CSV file holds all."
    if hidden:
        also = listing([measured(sweep, name, 0.0).words for name in hidden])
        text += f" The CSV file holds {also} too."
    return text + unfinished(sweep)


def _row(verdict: Verdict, row: Mapping[Any, Any], metrics: list[str]) -> tuple[Cell, ...]:
    sweep, unit = verdict.sweep, verdict.unit
    point = {name: plain(row[name]) for name in sweep.parameters}
    interval = interval_of(row)
    mean, low, high = amounts(interval, unit)
    change: tuple[Cell, ...] = ()
    if "change mean" in row:
        change = ("reference", "") if verdict.is_reference(point) else _change(verdict, row)
    measures = [(float(row[f"{name} mean"]), sweep.unit(name)) for name in metrics]
    return (
        *(_level(sweep, name, value) for name, value in point.items()),
        Number(interval.mean, mean),
        f"{low} to {high}" if interval.known else "none",
        *change,
        *(Number(value, amount(value, own)) for value, own in measures),
        count(float(row["seeds"])),
        *((count(float(row["failed"])),) if "failed" in row else ()),
    )


def _change(verdict: Verdict, row: Mapping[Any, Any]) -> tuple[Cell, Cell]:
    """Return the change from the reference and its interval."""
    change = interval_of(row, "change ")
    if not math.isfinite(change.mean):
        return "no pair", ""
    mean, low, high = verdict.signed(change)
    return Number(change.mean, mean), f"{low} to {high}" if change.known else "one pair"


def _level(sweep: Sweep, name: str, value: Level) -> Cell:
    text = level_text(sweep, name, value)
    if isinstance(value, (bool, str)) or missing(value):
        return text
    return Number(value, text)
