"""Lines of means with their intervals: the ink of figures against one parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from crossbar.errors import fail
from crossbar.report.figures.canvas import look
from crossbar.report.sweeps.levels import Level, equal, levels
from crossbar.report.sweeps.quantities import Quantity, level_text
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.scale import Scale
from crossbar.types import Floats

LINES = 7  # as many as there are colours and markers
BANDS = 3  # more bands than these hide each other
POINTS = 1500  # single repetitions up to this number are drawn


def chosen(
    sweep: Sweep, metric: str | None, x: str | None, *others: str | None
) -> tuple[str, list[str]]:
    """Return metric and parameters: what is asked for, or the metric and the first that varies.

    Of ``others``, None stands for no parameter.
    """
    if x is None:
        if not sweep.varied:
            fail("x", "a parameter that varies", "none", "Sweep one, or draw yields over chips.")
        x = sweep.varied[0]
    metric = metric or sweep.metric
    sweep.require(x, sweep.parameters)
    sweep.require_metric(metric)
    names = [x, *(name for name in others if name is not None)]
    for name in names[1:]:
        sweep.require(name, sweep.parameters)
    return metric, names


def lines_of(sweep: Sweep, by: str | None) -> tuple[list[Level], list[str]]:
    """Return the values of ``by``, a line each, and their labels; none where it is None."""
    if by is None:
        return [], []
    sweep.require(by, sweep.parameters)
    kinds = levels(sweep.ended[by])
    if len(kinds) > LINES:
        fail("by", f"a parameter of up to {LINES} values", f"{len(kinds)} values", "Use heatmap.")
    return kinds, [level_text(sweep, by, kind) for kind in kinds]


def draw(
    ax: Axes, along: Scale, table: pd.DataFrame, single: pd.DataFrame, quantity: Quantity,
    by: str | None, kinds: Sequence[Level], lost: pd.DataFrame,
) -> list[Artist]:  # fmt: skip
    """Draw a line for each of ``kinds``, or the only one; return what the legend shows.

    ``lost`` says where runs failed, as :func:`~crossbar.report.sweeps.losses.losses` does.
    """
    if by is None:
        return [_line(ax, along, quantity, 0, 1, table, single, lost)]
    own = [[t[equal(t[by], kind)] for t in (table, single, lost)] for kind in kinds]
    return [_line(ax, along, quantity, k, len(kinds), *tables) for k, tables in enumerate(own)]


def _line(
    ax: Axes, along: Scale, quantity: Quantity, k: int, count: int,
    table: pd.DataFrame, single: pd.DataFrame, lost: pd.DataFrame,
) -> Artist:  # fmt: skip
    """Draw line ``k`` of ``count``: band or bars, single repetitions, mean, and what is lost."""
    style = look(k)
    place = along.place(table[along.name])
    order = np.argsort(place)
    table, place = table.iloc[order], place[order]
    apart = along.apart(table[along.name])
    mean, low, high = (quantity.factor * table[c].to_numpy(float) for c in ("mean", "low", "high"))
    banded = along.numeric and count <= BANDS
    step = 0.2 if banded else min(0.6 / count, 0.15) * (0.3 if along.numeric else 1.0)
    aside = (k - (count - 1) / 2) * step
    at = np.where(apart | (not banded), _shifted(along, place, aside), place)
    if drawn(single):
        spots = at[np.searchsorted(place, along.place(single[along.name]))]
        ax.plot(spots, quantity.factor * single["value"], ls="none", marker=".", ms=4.5, alpha=0.5,
                mew=0, color=style["color"])  # fmt: skip
    if banded:
        ax.fill_between(at[~apart], low[~apart], high[~apart], color=style["color"], alpha=0.18,
                        lw=0)  # fmt: skip
    known = np.isfinite(low) & (apart | (not banded))
    bars = np.array([mean - low, high - mean])[:, known]
    ax.errorbar(at[known], mean[known], yerr=bars, ls="none", elinewidth=1.0, capsize=2.5,
                color=style["color"])  # fmt: skip
    if not along.numeric:
        style["linestyle"] = "none"
    ax.plot(at[apart], mean[apart], **style | {"linestyle": "none"})
    every = max(1, int((~apart).sum()) // 12)
    (line,) = ax.plot(at[~apart], mean[~apart], markevery=every, **style)
    means = {p: (x, y) for p, x, y in zip(place, at, mean, strict=True)}
    _losses(ax, along, lost, means, style)
    return line


def _losses(
    ax: Axes, along: Scale, lost: pd.DataFrame, means: dict[float, tuple[float, float]],
    style: dict[str, Any],
) -> None:  # fmt: skip
    """Open the marks of means that lack failed runs, and put a cross where all of them failed."""
    look = {"ls": "none", "color": style["color"]}
    for place, failed, runs in zip(along.place(lost[along.name]), lost["failed"], lost["runs"],
                                   strict=True):  # fmt: skip
        if failed == runs:
            foot = ax.get_xaxis_transform()
            ax.plot(place, 0.04, marker="x", transform=foot, clip_on=False, **look)
            continue
        if place not in means:  # no pair
            continue
        ax.plot(*means[place], marker=style["marker"], mfc="white", **look)
        ax.annotate(f"{failed}/{runs}", means[place], xytext=(0, 5), textcoords="offset points",
                    ha="center", fontsize=7, color=style["color"])  # fmt: skip


def _shifted(along: Scale, place: Floats, shift: float) -> Floats:
    """Return ``place`` moved aside by a share of the distance between neighbours."""
    if along.logarithmic:
        moved: Floats = place * (along.places[-1] / along.places[0]) ** (shift / len(along.places))
        return moved
    return place + shift * float(np.diff(along.places).min(initial=1.0))


def overlapping(table: pd.DataFrame, x: str) -> bool:
    """Return whether intervals of neighbouring lines overlap at half or more of the values of x."""
    rising = table.sort_values("mean", kind="stable")
    crossed: list[bool] = []
    for value in levels(table[x]):
        own = rising[equal(rising[x], value)]
        below, above = own["high"].to_numpy(float)[:-1], own["low"].to_numpy(float)[1:]
        crossed += list((below > above)[np.isfinite(below)])
    return bool(crossed) and float(np.mean(crossed)) >= 0.5


def drawn(single: pd.DataFrame) -> bool:
    """Return whether single repetitions are drawn: several, and not too many."""
    return len(single) <= POINTS and bool(single.iloc[:, :-2].duplicated().any())


def lacking(lost: pd.DataFrame) -> str:
    """Return how the losses of a figure are marked; empty for none."""
    every = lost["failed"] == lost["runs"]
    text = "" if every.all() else " Open marks: runs failed; beside them, how many of all."
    return text + (" Crosses at the foot: all runs failed." if every.any() else "")


def mark(along: Scale, kinds: Sequence[Level]) -> str:
    """Return what shows the intervals."""
    return "band" if along.numeric and len(kinds) <= BANDS else "bars"


def extremes(table: pd.DataFrame, quantity: Quantity) -> str:
    """Return the range of the means."""
    low, high = (quantity.factor * float(v) for v in (table["mean"].min(), table["mean"].max()))
    return f"{low:.3g} to {high:.3g} {quantity.unit}".rstrip()
