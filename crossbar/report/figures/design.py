"""A design: what moves its metrics at one point, and what models say of other bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from crossbar.report.figures.canvas import (
    COLOURS,
    GREY,
    WIDTH,
    Picture,
    picture,
    prefixed,
    styled,
    ticks,
)
from crossbar.report.figures.layout import above, axes, empty, legend, wrap
from crossbar.report.wording import listing
from crossbar.runs.store.designed import (
    KEPT,
    MODELLED,
    OTHER,
    PART,
    SettingEffect,
    largest_first,
)

LOOKS: dict[str, Any] = {
    KEPT: {"ls": "none", "marker": "o", "color": COLOURS[0]},
    OTHER: {"ls": "none", "marker": "o", "mec": COLOURS[0], "mfc": "none"},
    MODELLED: {"ls": "--", "marker": "D", "ms": 4, "color": COLOURS[1]},
}
SIDES: dict[str, tuple[float, dict[str, Any]]] = {
    "setting raised": (1.0, {"facecolor": COLOURS[0]}),
    "lowered": (-1.0, {"facecolor": "#f3c79f", "hatch": "////", "edgecolor": "#333333", "lw": 0.3}),
}
BAR, NAMES = 0.3, 1.9  # inches of a bar, and of the names of parameters


@styled
def sensitivity(effects: Sequence[SettingEffect], units: Mapping[str, str], where: str) -> Picture:
    """Return the change of every metric by a small step of every parameter, a panel a metric.

    Parameters
    ----------
    effects
        Of all parameters on all metrics.
    units
        Those of metrics by name.
    where
        The point that they are at, in words.
    """
    metrics = list(dict.fromkeys(one.metric for one in effects))
    names = [one.parameter for one in largest_first(effects, metrics[0])]
    figure = empty(NAMES + 2.4 * len(metrics), BAR * len(names) + 0.2)
    panels = figure.subplots(1, len(metrics), sharey=True, squeeze=False)[0]
    for ax, metric in zip(panels, metrics, strict=True):
        own = {one.parameter: one for one in effects if one.metric == metric}
        _bars(ax, [own[name] for name in names], units.get(metric, ""))
    steps = [f"{wrap(one.parameter, NAMES)}\n{_step(one)}"
             for one in largest_first(effects, metrics[0])]  # fmt: skip
    ticks(panels[0].yaxis, range(len(names)), steps)
    panels[0].invert_yaxis()
    handles = [Patch(**style) for _, style in SIDES.values()]
    legend(figure, handles, list(SIDES))
    kinds = dict.fromkeys(one.kind for one in effects)
    rows = [
        (e.metric, e.parameter, e.value, e.step, e.kind, e.relative, e.change.mean, e.change.low,
         e.change.high) for e in effects
    ]  # fmt: skip
    columns = ["metric", "parameter", "value", "step", "kind", "relative", "change", "low", "high"]
    return picture(
        figure,
        "design-sensitivities",
        alt=f"change of {listing(metrics)} by each parameter, the largest on top",
        caption=f"Change of {listing(metrics)} by a step of one parameter at {where}, to first "
        f"order, from models of the trained chips; derivatives are {listing(list(kinds))}. "
        "Numbers: raised. Lines: 95 % interval over the seeds, where there are several.",
        data=pd.DataFrame(rows, columns=columns),
    )


def _bars(ax: Axes, effects: Sequence[SettingEffect], unit: str) -> None:
    """Draw the change of one metric by each parameter."""
    largest = max(abs(one.change.mean) for one in effects)
    factor, shown = (100.0, "percentage points") if unit == "%" else prefixed(largest, unit)
    for k, one in enumerate(effects):
        mean, low, high = (factor * v for v in (one.change.mean, one.change.low, one.change.high))
        for side, style in SIDES.values():
            ax.barh(k, side * mean, height=0.62, **style)
        reach = max(abs(mean), high if one.change.known else 0.0)
        if one.change.known:
            ax.plot((low, high), (k, k), color="black", lw=1.0)
        ax.annotate(f" {mean:+.3g}", (reach, k), va="center", fontsize=8)
    ax.margins(x=0.2)
    ax.axvline(0, color=GREY, lw=0.9)
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    name = effects[0].metric.replace("_", " ")
    ax.set_xlabel(wrap(f"change of {name}" + (f" ({shown})" if shown else ""), 2.2))


def _step(one: SettingEffect) -> str:
    """Return over which step the change is."""
    return "by 1" if one.whole else f"by {PART:.0%}"


@styled
def trade(
    table: pd.DataFrame, cost: str, name: str, bound: float, units: Mapping[str, str]
) -> Picture:
    """Return the metric of a constraint against the objective: runs, and what models say.

    Parameters
    ----------
    table
        Points, as of :func:`crossbar.runs.design.front.traded`.
    cost, name, bound
        Objective, metric of the constraint, and its bound.
    units
        Those of metrics by name.
    """
    (x, across), (y, up) = (_axis(table[one], units.get(one, "")) for one in (cost, name))
    figure, ax = axes(WIDTH, 2.4)
    span = float(np.ptp(table[name]))
    for kind, style in LOOKS.items():
        own = table[table["kind"] == kind]
        ax.plot(x * own[cost], y * own[name], label=kind, **style)
        short = own[own["high"] - own["low"] <= 2 * span]
        ax.vlines(x * short[cost], y * short["low"], y * short["high"], color=COLOURS[0], lw=0.8)
    room = 0.1 * y * max(span, 1e-3)
    shown = [*(y * table[name]), y * bound]
    ax.set_ylim(min(shown) - room, max(shown) + room)
    ax.axhline(y * bound, color=GREY, lw=0.9, ls=":")
    if table[cost].min() > 0 and table[cost].max() > 5 * table[cost].min():
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    words = cost.replace("_", " ")
    ax.set(xlabel=_label(cost, across), ylabel=_label(name, up))
    above(ax, 3)
    return picture(
        figure,
        "design-front",
        alt=f"{name} against {words} of {(table.kind != MODELLED).sum()} points, and of models",
        caption=f"{name.capitalize()} against {words} of all points that were run (mean, bars: "
        f"95 % interval over the seeds, where it fits), and the least {words} that models "
        "around them predict for one bound after the other. Dotted: the bound.",
        data=table,
    )


def _axis(values: pd.Series[float], unit: str) -> tuple[float, str]:
    """Return by what ``values`` are multiplied on an axis, and the unit that they have then."""
    return (100.0, "%") if unit == "%" else prefixed(float(values.abs().max()), unit)


def _label(name: str, unit: str) -> str:
    return name.replace("_", " ") + (f" ({unit})" if unit else "")
