"""A metric against one parameter, and below it its change chip by chip, where that tells more."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossbar.report.figures.canvas import GREY
from crossbar.report.figures.layout import empty, legend, wrap
from crossbar.report.sweeps import captions
from crossbar.report.sweeps.levels import Level, equal, missing
from crossbar.report.sweeps.lines import draw, drawn, extremes, lacking, lines_of, mark, overlapping
from crossbar.report.sweeps.losses import losses, noted
from crossbar.report.sweeps.quantities import (
    AGE,
    Quantity,
    level_text,
    measured,
    parameter,
    short,
    spreadsheet,
)
from crossbar.report.sweeps.records import ACCURACY, Sweep
from crossbar.report.sweeps.replicates import own
from crossbar.report.sweeps.scale import Scale, scale
from crossbar.report.sweeps.statistics import (
    changes,
    compared,
    guessing,
    means,
    repetitions,
    student_kind,
)

ALONE, UPPER, LOWER = 2.0, 1.7, 1.3  # inches
SAME = 1e-9  # of the mean: repetitions that differ less differ by rounding


def gained(sweep: Sweep, names: Sequence[str], metric: str, reference: Level) -> pd.DataFrame:
    """Return the paired change of ``metric`` from ``reference``, a value of the first of ``names``.

    It has no rows where pairs tell no more than means: where no point has several repetitions
    that differ.
    """
    table = means(sweep, names, metric)
    spread = (table["high"] - table["low"]) > SAME * table["mean"].abs()
    changed = changes(sweep, names, metric, {names[0]: reference})
    several = spread & (table["seeds"] > 1)
    clear = several.any() and (changed["seeds"] > 1).any() and departs(changed, names[0], reference)
    return changed if clear else changed.iloc[:0]


def departs(change: pd.DataFrame, name: str, reference: Level) -> bool:
    """Return whether ``change`` has a pair beside those of ``reference`` with itself."""
    return not equal(change[name], reference).all()


def plotted(
    sweep: Sweep, names: Sequence[str], metric: str, change: pd.DataFrame, reference: Level,
    width: float, below: str = "",
) -> captions.Drawing:  # fmt: skip
    """Return ``metric`` against the first of ``names``, a line for each value of the second.

    Parameters
    ----------
    change
        From ``reference``, for axes below; without rows there are none.
    width
        Inches.
    below
        What the axes below show, in words.

    Raises
    ------
    ConfigError
        If the second parameter has too many values.
    """
    x, by = names[0], names[1] if len(names) > 1 else None
    along = scale(sweep, x)
    table, single = means(sweep, names, metric), repetitions(sweep, names, metric)
    lost = losses(sweep, names)
    quantity = measured(sweep, metric, float(table["mean"].abs().max()))
    kinds, labels = lines_of(sweep, by)
    what = "" if by is None else parameter(sweep, by, 0.0).words
    hidden = len(change) > 0 and overlapping(table, x)
    shown = table.assign(low=math.nan, high=math.nan) if hidden else table
    figure, top, low = _axes(width, paired=len(change) > 0)
    for ax in figure.axes:
        along.draw(ax)
    low.set_xlabel(wrap(along.quantity.label, width - 0.6))
    handles = draw(top, along, shown, single, quantity, by, kinds, lost)
    top.set_ylabel(wrap(quantity.label, UPPER))
    guess = _guessing(sweep, metric, top)
    if low is not top:
        draw(low, along, change, single.iloc[:0], quantity.change(), by, kinds, lost)
        for share in list(low.texts):  # stands above already
            share.remove()
        _finish(low, quantity)
    if by is not None:
        legend(figure, handles, labels, wrap(what, width - 0.2))
    caption = captions.over(sweep, table) if hidden else (
        captions.intervals(sweep, table, metric, mark(along, kinds)).removesuffix(".")
    )  # fmt: skip
    data = table if change.empty else compared(table, change, names)
    return captions.Drawing(
        figure,
        f"{quantity.words} against {along.quantity.words}"
        + (f", a line for each value of {what}" if by else ""),
        f"{'' if change.empty else below}: {extremes(table, quantity)}",
        f". {caption}{'; intervals, which overlap, are omitted' if hidden else ''}."
        + (" Points: single repetitions." if drawn(single) else "")
        + lacking(lost)
        + guess
        + _below(sweep, along, change, reference, mark(along, kinds) if hidden else "")
        + captions.conditions(sweep, names, metric),
        spreadsheet(sweep, noted(data, lost), metric),
    )


def _axes(width: float, *, paired: bool) -> tuple[Figure, Axes, Axes]:
    """Return a figure with axes for the metric, and below for its change where it is ``paired``."""
    figure = empty(width, UPPER + LOWER if paired else ALONE)
    if not paired:
        only = figure.add_subplot()
        return figure, only, only
    top, low = figure.subplots(2, 1, sharex=True, height_ratios=(UPPER, LOWER))
    return figure, top, low


def _guessing(sweep: Sweep, metric: str, ax: Axes) -> str:
    """Draw what guessing reaches where it is not far below; return what the caption says of it."""
    chance = 100 * guessing(sweep) if metric == ACCURACY else math.nan
    bottom, top = ax.get_ylim()
    if not chance > bottom - (top - bottom) / 2:
        return ""
    ax.axhline(chance, color=GREY, lw=0.9, ls=":")
    return " Dotted: guessing."


def _finish(low: Axes, quantity: Quantity) -> None:
    """Label the change."""
    low.axhline(0, color=GREY, lw=0.9, zorder=0)
    unit = "% points" if quantity.unit == "%" else quantity.unit
    low.set_ylabel(f"change ({unit})" if unit else "change")


def _below(sweep: Sweep, along: Scale, change: pd.DataFrame, reference: Level, bars: str) -> str:
    """Return what stands in the lower axes; empty for none."""
    if change.empty:
        return ""
    text = level_text(sweep, along.name, reference)
    if along.name == AGE:
        where = f"tested {text}" if missing(reference) else f"after {text}"
    else:
        where = f"at {short(sweep, along.name)} {text}"
    one, shown = own(sweep), bars and (change["seeds"] > 1).any()
    interval = f"; {bars}: 95 % interval ({student_kind(sweep)})" if shown else ""
    return f" Below: its change from that {where}, {one} by {one}{interval}."
