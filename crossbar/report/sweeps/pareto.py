"""What a gain costs: points of a sweep, and the front that none of them beats."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from crossbar.errors import fail
from crossbar.report.figures.canvas import COLOURS, COLUMN, GREY, Picture, styled
from crossbar.report.figures.layout import axes, legend, wrap
from crossbar.report.sweeps import captions
from crossbar.report.sweeps.levels import plain
from crossbar.report.sweeps.losses import unharmed
from crossbar.report.sweeps.quantities import measured, point_text, spreadsheet
from crossbar.report.sweeps.records import RETRY, Sweep
from crossbar.report.sweeps.scale import spread
from crossbar.report.sweeps.statistics import PARTS, direction, front, means
from crossbar.types import Floats

ENERGY = "energy_inference"
LETTERS = "ABCDEFGH"
APART = 0.17  # inches between lettered points
HEIGHT = 2.1
LOST = " Crosses: runs failed; the mean is over the others, and the setting is on no front."
RASTER = 2000  # more points than these are drawn as pixels in the SVG file


@styled
def pareto(
    sweep: Sweep, x: str = ENERGY, metric: str | None = None, *, name: str = "", caption: str = "",
    width: float = COLUMN,
) -> Picture:  # fmt: skip
    """Return ``metric`` against the metric ``x``, and the points that none beats in both.

    A metric without direction is better when higher, ``x`` when lower. Each point is the mean over
    the seeds of one setting; points of the front have letters. A setting of which runs failed is
    a cross, and on no front.

    Parameters
    ----------
    x
        The cost, a metric.
    metric, name, caption, width
        As of :func:`curve`.

    Raises
    ------
    DataError
        If a name is none of the metrics, or no finished run has measured it.
    """
    metric = metric or sweep.metric
    for one in (x, metric):
        sweep.require_metric(one)
    names = list(sweep.varied)
    table = _table(sweep, names, x, metric)
    whole = unharmed(sweep, table, names)
    best = _best(sweep, whole, x, metric)
    costs = sorted(map(float, table["cost"]))
    log = spread(costs)
    cost = measured(sweep, x, costs[len(costs) // 2])
    gain = measured(sweep, metric, float(table["mean"].abs().max()))
    chosen = _spaced(best, table, width - 0.75, log)
    keys = _keys(sweep, best.iloc[chosen], names)
    figure, ax = axes(width, HEIGHT)
    points, lost, line = (
        t.assign(cost=cost.factor * t["cost"], **{part: gain.factor * t[part] for part in PARTS})
        for t in (whole, table.drop(whole.index), best)
    )
    _draw(ax, points, lost, line, log)
    _letters(ax, line.iloc[chosen])
    ax.set(xlabel=wrap(cost.label, width - 0.6), ylabel=wrap(gain.label, HEIGHT))
    legend(figure, [Line2D([], [], ls="none")] * len(keys), [wrap(k, width - 0.2) for k in keys],
           loc="outside lower left", handlelength=0, handletextpad=0)  # fmt: skip
    few = len(chosen) < len(best)
    unnamed = f" {len(chosen)} of {len(best)} have letters." if few else ""
    made = captions.Drawing(
        figure,
        f"{gain.words} against {cost.words}",
        f", with the front of {len(best)} points that no other beats: {'; '.join(keys)}",
        f" of {len(table)} settings. Line and full points: the front that none beats in both."
        + unnamed
        + (LOST if len(table) > len(whole) else "")
        + f" {captions.intervals(sweep, best, metric, 'bars')}"
        + captions.unfinished(sweep, metric, x),
        spreadsheet(sweep, table.rename(columns={"cost": f"{x} mean"}), metric),
    )
    return made.picture(name or f"pareto-{metric}-{x}", caption, wide=width > COLUMN)


def _best(sweep: Sweep, whole: pd.DataFrame, x: str, metric: str) -> pd.DataFrame:
    """Return the front of the settings of which no run failed, by rising gain."""
    if whole.empty:
        fail("pareto", "a setting of which no run failed", "none", RETRY)
    rising, falling = direction(sweep, metric) or 1, direction(sweep, x) or -1
    sides = (-falling * whole["cost"].to_numpy(float), rising * whole["mean"].to_numpy(float))
    return whole[front(*sides)].sort_values("cost", ascending=falling < 0)


def _table(sweep: Sweep, names: list[str], x: str, metric: str) -> pd.DataFrame:
    """Return each setting with the mean of ``metric``, its interval, and the ``cost``."""
    costs = means(sweep, names, x).rename(columns={"mean": "cost"})[[*names, "cost"]]
    table = means(sweep, names, metric)
    return table.merge(costs, on=names) if names else table.assign(cost=costs["cost"])


def _draw(ax: Axes, table: pd.DataFrame, lost: pd.DataFrame, best: pd.DataFrame, log: bool) -> None:
    """Draw all points faintly, and the front with its intervals; in the units of the axes."""
    many = len(table) > RASTER
    ax.plot(table["cost"], table["mean"], ls="none", marker="o",
            ms=1.5 if many else 3.5, mfc="none", mec=GREY, alpha=0.7, rasterized=many)  # fmt: skip
    ax.plot(lost["cost"], lost["mean"], ls="none", marker="x", ms=4, color=GREY)
    x, mean, low, high = (best[column].to_numpy(float) for column in ("cost", *PARTS))
    known = np.isfinite(low)
    ax.errorbar(x[known], mean[known], yerr=np.array([mean - low, high - mean])[:, known],
                ls="none", elinewidth=1.0, capsize=2.5, color=COLOURS[0])  # fmt: skip
    ax.plot(x, mean, drawstyle="steps-post", lw=1.2, color=COLOURS[0])
    ax.plot(x, mean, ls="none", marker="o", color=COLOURS[0])
    if log:
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.margins(x=0.08)


def _spaced(best: pd.DataFrame, table: pd.DataFrame, inches: float, log: bool) -> list[int]:
    """Return up to eight points of the front that leave room for letters, its ends first."""
    x, every = (np.log(t["cost"].to_numpy(float)) if log else t["cost"].to_numpy(float)
                for t in (best, table))  # fmt: skip
    y = best["mean"].to_numpy(float)
    places = np.stack(
        [_share(x, every) * inches, _share(y, table["mean"].to_numpy(float)) * HEIGHT]
    )
    last = len(best) - 1
    chosen: list[int] = []
    for k in dict.fromkeys((0, last, *np.linspace(0, last, 8).round().astype(int).tolist())):
        distance = np.hypot(*(places[:, chosen] - places[:, [k]]))
        if (distance >= APART).all() and len(chosen) < len(LETTERS):
            chosen.append(k)
    return sorted(chosen)


def _share(values: Floats, every: Floats) -> Floats:
    """Return where ``values`` lie between the extremes of ``every``."""
    span = float(np.ptp(every)) or 1.0
    shares: Floats = 0.84 * (values - every.min()) / span
    return shares


def _letters(ax: Axes, named: pd.DataFrame) -> None:
    """Write letters above and left of points, where by definition no other point lies."""
    places = zip(named["cost"], named["mean"], strict=True)
    for letter, place in zip(LETTERS, places, strict=False):
        ax.annotate(letter, place, (-4, 4), textcoords="offset points", ha="right", va="bottom",
                    fontsize=8.5, fontweight="bold")  # fmt: skip


def _keys(sweep: Sweep, named: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Return what the letters stand for, and last what they have in common."""
    common = [n for n in names if named[n].nunique(dropna=False) == 1 and len(named) > 1]
    own = [n for n in names if n not in common]
    points = [{n: plain(row[n]) for n in names} for row in named.to_dict("records")]
    keys = [
        f"{letter} {point_text(sweep, {n: point[n] for n in own})}"
        for letter, point in zip(LETTERS, points, strict=False)
    ]
    if common:
        keys.append(f"all: {point_text(sweep, {n: points[0][n] for n in common})}")
    return keys
