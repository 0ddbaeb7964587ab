"""A design: what moves its metrics at one point, and what models say of other bounds."""

from __future__ import annotations

import math
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
from crossbar.runs.design.front import FrontPoint
from crossbar.runs.design.sensitivities import PART, SettingEffect, largest_first
from crossbar.runs.search.goal import Goal
from crossbar.runs.search.trial import Tried

MET, MISSED, MODELS = "runs that keep all bounds", "other runs", "models"
LOOKS: dict[str, Any] = {
    MET: {"ls": "none", "marker": "o", "color": COLOURS[0]},
    MISSED: {"ls": "none", "marker": "o", "mec": COLOURS[0], "mfc": "none"},
    MODELS: {"ls": "--", "marker": "D", "ms": 4, "color": COLOURS[1]},
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
        ax.annotate(f" {mean:+.2g}", (reach, k), va="center", fontsize=8)
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
def trade(tried: Sequence[Tried], goal: Goal, front: Sequence[FrontPoint]) -> Picture:
    """Return the first constraint's metric against the objective: runs, and what models say.

    Parameters
    ----------
    tried
        Points that were run, with results.
    goal
        Objective and constraints.
    front
        Predictions for several bounds.
    """
    one, cost = goal.constraints[0], goal.objective.name
    table = _points(tried, goal, front)
    (x, across), (y, up) = (
        _axis(table[name], tried[0].units.get(name, "")) for name in (cost, one.name)
    )
    figure, ax = axes(WIDTH, 2.4)
    span = float(np.ptp(table[one.name]))
    for kind, style in LOOKS.items():
        own = table[table["kind"] == kind]
        ax.plot(x * own[cost], y * own[one.name], label=kind, **style)
        short = own[own["high"] - own["low"] <= 2 * span]
        ax.vlines(x * short[cost], y * short["low"], y * short["high"], color=COLOURS[0], lw=0.8)
    room = 0.1 * y * max(span, 1e-3)
    shown = [*(y * table[one.name]), y * one.bound]
    ax.set_ylim(min(shown) - room, max(shown) + room)
    ax.axhline(y * one.bound, color=GREY, lw=0.9, ls=":")
    if table[cost].min() > 0 and table[cost].max() > 5 * table[cost].min():
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    words = cost.replace("_", " ")
    ax.set(xlabel=_label(cost, across), ylabel=_label(one.name, up))
    above(ax, 3)
    return picture(
        figure,
        "design-front",
        alt=f"{one.name} against {words} of {len(tried)} points, and what models say",
        caption=f"{one.name.capitalize()} against {words} of all points that were run (mean, bars: "
        f"95 % interval over the seeds, where it fits), and the least {words} that models "
        f"around them predict for one bound after the other. Dotted: {one}.",
        data=table,
    )


def _axis(values: pd.Series[float], unit: str) -> tuple[float, str]:
    """Return by what ``values`` are multiplied on an axis, and the unit that they have then."""
    return (100.0, "%") if unit == "%" else prefixed(float(values.abs().max()), unit)


def _label(name: str, unit: str) -> str:
    return name.replace("_", " ") + (f" ({unit})" if unit else "")


def _points(tried: Sequence[Tried], goal: Goal, front: Sequence[FrontPoint]) -> pd.DataFrame:
    """Return what is drawn, a row a point."""
    one, cost = goal.constraints[0].name, goal.objective.name
    rows = []
    for t in tried:
        mean, kind = t.mean(one), MET if t.met(goal) else MISSED
        rows.append({"kind": kind, "run": t.runs[0], cost: t.mean(cost).mean, one: mean.mean,
                     "low": mean.low, "high": mean.high, **t.parameters})  # fmt: skip
    for p in front:
        rows.append({"kind": MODELS, "run": p.run, cost: p.predicted[cost], one: p.predicted[one],
                     "low": math.nan, "high": math.nan, **p.parameters})  # fmt: skip
    return pd.DataFrame(rows)
