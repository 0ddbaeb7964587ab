"""The share of chips that are good enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from crossbar.errors import fail
from crossbar.intervals import limits
from crossbar.report.figures.canvas import COLOURS, COLUMN, Picture, styled
from crossbar.report.figures.layout import axes, legend, wrap
from crossbar.report.sweeps import captions, statistics
from crossbar.report.sweeps.levels import Level
from crossbar.report.sweeps.lines import LINES, chosen, draw, extremes
from crossbar.report.sweeps.quantities import Quantity, heading, measured, point_text
from crossbar.report.sweeps.records import ACCURACY, Sweep
from crossbar.report.sweeps.scale import Scale, scale
from crossbar.report.wording import listing

SHARES: Any = {"ylim": (-3, 103), "ylabel": "yield (% of chips)"}
SHARE = Quantity("yield", "%", 100.0)
REACHED = "share of chips whose {} reaches a threshold, against"
BELOW = (0.01, 0.03, 0.05)  # below the best mean accuracy, where thresholds stand if none is given


@styled
def yields(
    sweep: Sweep, x: str | None = None, metric: str | None = None, *,
    thresholds: Sequence[float] = (), name: str = "", caption: str = "", width: float = COLUMN,
) -> Picture:  # fmt: skip
    """Return the share of chips whose ``metric`` reaches a threshold, against the parameter ``x``.

    Every seed and every fabricated chip is a chip; parameters that vary apart from ``x`` are as in
    the reference point. A trained chip whose test failed is not good. Where ``x`` is None and
    nothing varied, the share stands against the threshold. Everything but ``thresholds`` is as of
    :func:`curve`.

    Parameters
    ----------
    thresholds
        Up to 7, in SI units, a line each; empty for 1, 3 and 5 points below the best accuracy.

    Raises
    ------
    ConfigError
        If there are too many thresholds, or none and ``metric`` is no accuracy.
    """
    if x is None and not sweep.varied:
        return _against_threshold(sweep, metric or sweep.metric, name, caption, width)
    metric, (x,) = chosen(sweep, metric, x)
    fixed = statistics.held(sweep, [x])
    others = [name for name in sweep.varied if name not in (x, *fixed)]
    sweep = sweep.at(fixed)
    levels = _levels(sweep, x, metric, thresholds)
    parts = [statistics.yields(sweep, [x], metric, t).assign(threshold=t) for t in levels]
    table = pd.concat(parts, ignore_index=True)
    quantity = measured(sweep, metric, max(abs(t) for t in levels))
    counted = statistics.counted(sweep, [x], metric)
    along = scale(counted, x)
    bound = f"{quantity.words} {_bound(sweep, metric)}"
    figure = _figure(along, table, levels, quantity, bound, width)
    headings = {"mean": "yield", "threshold": heading(metric, sweep.unit(metric))}
    made = captions.Drawing(
        figure,
        f"{REACHED.format(quantity.words)} {along.quantity.words}",
        f": {extremes(table, SHARE)}",
        f". {_chips(table['chips'])}; 95 % interval: {_basis(counted.done)}."
        + _beside(sweep, fixed, others)
        + captions.finished(sweep, metric),
        table.rename(columns={**headings, x: heading(x, sweep.unit(x))}),
    )
    return made.picture(name or f"yield-{metric}-{x}", caption, wide=width > COLUMN)


def _figure(
    along: Scale, table: pd.DataFrame, levels: Sequence[float], quantity: Quantity, bound: str,
    width: float,
) -> Figure:  # fmt: skip
    """Return a line for each of the thresholds ``levels``."""
    labels = [f"{quantity.factor * t:.4g} {quantity.unit}".rstrip() for t in levels]
    figure, ax = axes(width, 1.9)
    none = table.iloc[:0].assign(failed=0, runs=0)
    handles = draw(ax, along, table, none, SHARE, "threshold", list(levels), none)
    along.draw(ax)
    ax.set_xlabel(wrap(along.quantity.label, width - 0.6))
    ax.set(**SHARES)
    legend(figure, handles, labels, bound)
    return figure


def _beside(sweep: Sweep, fixed: dict[str, Level], others: Sequence[str]) -> str:
    """Return what the other parameters do, and what became of chips whose run failed."""
    together = f" It varies together with {listing(list(others))}." if others else ""
    held = f" All else as in the reference point: {point_text(sweep, fixed)}." if fixed else ""
    return together + held + _lost(sweep)


def _lost(sweep: Sweep) -> str:
    """Return what became of the chips whose run failed; empty for none."""
    bad = int(sweep.failed_tests.sum())
    rest = len(sweep.failures) - bad
    text = f" {bad} chips failed in their test and count as not good." if bad else ""
    return text + (f" {rest} failed before it and are omitted." if rest else "")


def _levels(
    sweep: Sweep, x: str, metric: str, thresholds: Sequence[float]
) -> tuple[float, ...]:  # fmt: skip
    """Return ``thresholds``, else whole percentages below the best mean accuracy."""
    if len(thresholds) > LINES:
        fail("thresholds", f"up to {LINES}", str(len(thresholds)), "Draw some of them.")
    if thresholds:
        return tuple(sorted(thresholds, reverse=True))
    if metric != ACCURACY:
        fail("thresholds", f"values of {metric}", "none", "Give some: only accuracy has its own.")
    best = float(statistics.means(sweep, [x], metric)["mean"].max())
    return tuple(dict.fromkeys(round(best - below, 2) for below in BELOW))


def _against_threshold(sweep: Sweep, metric: str, name: str, caption: str, width: float) -> Picture:
    """Return the share of chips against the threshold: one minus their distribution."""
    sweep.require_metric(metric)
    chips = statistics.counted(sweep, [], metric).done
    values = np.sort(chips[metric].dropna().to_numpy(float))
    good = [statistics.reached(sweep, chips, metric, v) for v in values]
    share = np.array([float(one.mean()) for one in good])
    worth = [statistics.independent_chips(one, chips["seed"]) for one in good]
    step: Any = "post" if statistics.direction(sweep, metric) < 0 else "pre"
    low, high = limits(share, np.array(worth))
    quantity = measured(sweep, metric, float(np.abs(values).max()))
    figure, ax = axes(width, 1.9)
    at = quantity.factor * values
    ax.fill_between(at, 100 * low, 100 * high, step=step, color=COLOURS[0], alpha=0.18, lw=0)
    ax.plot(at, 100 * share, drawstyle=f"steps-{step}", color=COLOURS[0])
    ax.set(**SHARES)
    ax.set_xlabel(replace(quantity, words=f"{quantity.words} {_bound(sweep, metric)}").label)
    made = captions.Drawing(
        figure,
        f"{REACHED.format(quantity.words)} the threshold",
        f", {at[0]:.3g} to {at[-1]:.3g} {quantity.unit}",
        f". {len(chips)} chips; band: 95 % interval ({_basis(chips)})."
        + _lost(sweep)
        + captions.finished(sweep, metric),
        pd.DataFrame(
            {heading(metric, sweep.unit(metric)): values, "yield": share, "low": low, "high": high}
        ),
    )
    return made.picture(name or f"yield-{metric}", caption, wide=width > COLUMN)


def _bound(sweep: Sweep, metric: str) -> str:
    """Return on which side of a threshold good chips lie."""
    return "at most" if statistics.direction(sweep, metric) < 0 else "at least"


def _basis(chips: pd.DataFrame) -> str:
    """Return what the interval of a share of ``chips`` is."""
    seeds = chips["seed"].nunique()
    if seeds == 1:
        return "Wilson, of chips of this training" if len(chips) > 1 else "Wilson"
    shared = "" if seeds == len(chips) else ", for the effective number of independent chips"
    return f"Wilson{shared}"


def _chips(counts: pd.Series[int]) -> str:
    """Return how many chips each point counts."""
    low, high = int(counts.min()), int(counts.max())
    return f"{high} chips a point" if low == high else f"{low} to {high} chips a point"
