"""The interval of one more chip by what may differ in it, and the share of each in its variance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from crossbar.errors import DataError, message
from crossbar.report.figures.canvas import COLOURS, COLUMN, GREY, Picture, styled, ticks
from crossbar.report.figures.layout import empty, legend
from crossbar.report.sweeps import captions
from crossbar.report.sweeps.components import CHIP, DEVICE, REST, SEED
from crossbar.report.sweeps.quantities import Quantity, measured, point_text, spreadsheet
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.splits import MISSING, Split, points
from crossbar.report.wording import listing

ROWS = 12  # points that a figure has room for
TELLS = 0.07  # share of a bar that has room for its number
ROW = 0.42  # inches
COLOUR = {REST: "#bbbbbb", SEED: COLOURS[6], CHIP: COLOURS[0], DEVICE: COLOURS[1]}
OUTWARDS = (REST, SEED, CHIP, DEVICE)  # of nested intervals, from inside
THICK = {DEVICE: 0.24, CHIP: 0.38, SEED: 0.52, REST: 0.52}  # of a row, of nested intervals


@styled
def shares(
    sweep: Sweep, metric: str | None = None, *, name: str = "", caption: str = "",
    width: float = COLUMN,
) -> Picture:  # fmt: skip
    """Return the 95 % interval of one more chip, and the shares of its variance by cause.

    Above the interval. Widths inside it are the whole times the root of the shares added up from
    inside outwards: of the rest, the seed, the chip, the device, which is another draw of its
    posterior. Dots are draws, each averaged over seeds and chips. Below are the shares of device,
    chip, seed and the rest in the variance. Each point of the other parameters has a row, up to 12
    of them.

    Raises
    ------
    DataError
        If no point has two draws with all results.
    """
    metric = metric or sweep.metric
    made = drawing(sweep, metric, width)
    return made.picture(name or f"shares-{metric}", caption, wide=width > COLUMN)


def drawing(sweep: Sweep, metric: str, width: float) -> captions.Drawing:
    """Return the figure that :func:`shares` makes, with what stands below it."""
    sweep.require_metric(metric)
    known = points(sweep, metric)[:ROWS] if sweep.draw else []
    if not known:
        text = message(f"sweep {sweep.name}", "draws of a device", "none", MISSING)
        raise DataError(text)
    quantity = measured(sweep, metric, max(abs(one.one.mean) for one in known))
    figure = empty(width, 2 * ROW * max(len(known), 2))
    top, low = figure.subplots(2, 1)
    for k, one in enumerate(known):
        _nested(top, k, one, quantity)
        _bar(low, k, one)
    labels = [point_text(sweep, one.point) for one in known]
    for ax in (top, low):
        ticks(ax.yaxis, range(len(known)) if any(labels) else [], labels if any(labels) else [])
        ax.set_ylim(len(known) - 0.4, -0.6)
        ax.grid(visible=False, axis="y")
    top.set_xlabel(quantity.label)
    low.set(xlim=(0, 100), xlabel="share of the variance (%)")
    causes = {cause: words for one in known[::-1] for cause, words in one.causes.items()}
    handles = [low.barh(0, 0, color=COLOUR[cause]) for cause in causes]
    legend(figure, handles, list(causes.values()))
    return captions.Drawing(
        figure,
        f"interval of one more {quantity.words}, and the shares of its causes",
        f": {known[0].text}",
        f". Above: 95 % interval{widths(causes)}; dots: draws of the device. Mean and interval "
        f"over {sizes(known)} Below: shares of the variance.{unresolved(known)}"
        + captions.unfinished(sweep, metric),
        spreadsheet(sweep, _data(known), metric),
    )


def widths(causes: Mapping[str, str]) -> str:
    """Return what the widths of the nested intervals are; empty where there is one alone."""
    if len(causes) == 1:
        return ""
    order = listing([causes[cause] for cause in OUTWARDS if cause in causes])
    return f" (widths go as the root of the shares added up, from inside outwards: {order})"


def sizes(known: Sequence[Split]) -> str:
    """Return over how many draws, seeds and chips the points are, and what is omitted."""
    text = f"{' or '.join(dict.fromkeys(one.size for one in known))}."
    if not (omitted := sum(one.omitted for one in known)):
        return text
    draws = "draw" if omitted == 1 else "draws"
    return f"{text} Omitted: {omitted} {draws} of the device without all results."


def unresolved(known: Sequence[Split]) -> str:
    """Return which causes may have no variance, at one point or at all; empty for none."""
    names = dict.fromkeys(words for one in known for words in one.unresolved)
    if not names:
        return ""
    where = "" if len(known) == 1 else " at some points"
    return f" Not resolved{where}, the variance may be zero: {listing([*names])}."


def _nested(ax: Axes, k: int, one: Split, quantity: Quantity) -> None:
    """Draw the intervals of row ``k``, and the draws."""
    order = [cause for cause in OUTWARDS if cause in one.causes]
    middle, whole = one.one.mean, one.by_cause.one.high - one.one.mean
    inner = accumulate(one.share(cause) for cause in order)
    halves = [whole * math.sqrt(share) for share in inner]
    for cause, half in list(zip(order, halves, strict=True))[::-1]:
        ends = np.clip([middle - half, middle + half], one.one.low, one.one.high)
        left, right = quantity.factor * ends
        ax.barh(k, right - left, THICK[cause], left, color=COLOUR[cause], zorder=2)
    draws = quantity.factor * one.y.mean((1, 2))
    ax.plot(draws, np.full(len(draws), k), "o", ms=2.5, mfc="white", mec="black", mew=0.6, zorder=4)
    ax.plot([quantity.factor * middle] * 2, [k - 0.32, k + 0.32], color="black", lw=1.2, zorder=3)


def _bar(ax: Axes, k: int, one: Split) -> None:
    """Draw the shares of row ``k``."""
    left = 0.0
    for cause in one.causes:
        share = one.share(cause)
        ax.barh(k, 100 * share, 0.5, 100 * left, color=COLOUR[cause], zorder=2)
        if share >= TELLS:
            at = 100 * (left + share / 2)
            ax.text(at, k, f"{100 * share:.0f}", ha="center", va="center", fontsize=8, zorder=3)
        left += share
    if not left:
        ax.text(50, k, "no variance", ha="center", va="center", color=GREY)


def _data(known: Sequence[Split]) -> pd.DataFrame:
    """Return what is drawn, a row a point."""
    rows = []
    for one in known:
        row = {**one.point, "mean": one.one.mean, "low": one.one.low, "high": one.one.high}
        for cause in one.causes:
            part = one.by_cause.parts[cause]
            of = f"variance {cause}"
            row |= {f"share {cause}": part.share, of: part.variance, f"{of} low": part.low,
                    f"{of} high": part.high}  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)
