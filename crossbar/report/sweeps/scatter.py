"""A metric against every parameter of a sampled sweep, with rank correlations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossbar.errors import fail
from crossbar.report.figures.canvas import COLOURS, DOUBLE, Picture, styled
from crossbar.report.figures.layout import ROOM, panels, wrap
from crossbar.report.sweeps import captions
from crossbar.report.sweeps.importance import rank_correlations
from crossbar.report.sweeps.losses import losses, noted
from crossbar.report.sweeps.quantities import Quantity, measured, spreadsheet
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.scale import Scale, scale
from crossbar.report.sweeps.statistics import means

PANELS = 12
RASTER = 1000  # more points than these are drawn as pixels in the SVG file
LOST = " Open circles: some runs failed; crosses at the foot: all did. No square counts either."
BINS = 8  # of equal counts, whose means the line joins


@styled
def scatter(
    sweep: Sweep, metric: str | None = None, *, name: str = "", caption: str = "",
    width: float = DOUBLE,
) -> Picture:  # fmt: skip
    """Return ``metric`` of every point, its mean over the seeds, against each parameter.

    Everything else is as of :func:`curve`.

    Raises
    ------
    ConfigError
        If nothing varied.
    """
    metric = metric or sweep.metric
    sweep.require_metric(metric)
    if not sweep.varied:
        fail("scatter", "a parameter that varies", "none", "Sweep one.")
    ranks = rank_correlations(sweep, metric)
    order = sorted(sweep.varied, key=lambda n: -abs(ranks[n]) if n in ranks else 1.0)
    shown = order[:PANELS]
    table = means(sweep, list(sweep.varied), metric)
    quantity = measured(sweep, metric, float(table["mean"].abs().max()))
    scales = [scale(sweep, n) for n in shown]
    lost = losses(sweep, list(sweep.varied))
    table = noted(table, lost).assign(failed=lambda t: t["failed"].fillna(0) if len(lost) else 0)
    figure = _figure(table, scales, ranks, quantity, width)
    left = f" {len(order) - len(shown)} weaker ones are not shown." if order != shown else ""
    made = captions.Drawing(
        figure,
        f"{quantity.words} against each parameter, the strongest first: ",
        ", ".join(
            one.quantity.words + (f" {ranks[one.name]:+.2f}" if one.name in ranks else "")
            for one in scales
        ),
        f"{len(table)} points. {captions.over(sweep, table)}. Squares: means, of {BINS} equal "
        f"groups where there are more values. ρ: Spearman's rank correlation over the runs.{left}"
        + (LOST if len(lost) else "")
        + captions.unfinished(sweep, metric),
        spreadsheet(sweep, table, metric),
    )
    return made.picture(name or f"scatter-{metric}", caption, wide=True)


def _figure(
    table: pd.DataFrame, scales: Sequence[Scale], ranks: Mapping[str, float], quantity: Quantity,
    width: float,
) -> Figure:  # fmt: skip
    """Return a panel for each of ``scales``."""
    figure, axes = panels(len(scales), width, 1.5, sharey=True)
    for ax, along in zip(axes, scales, strict=True):
        _panel(ax, along, table, quantity.factor)
        along.draw(ax)
        ax.set_xlabel(wrap(along.quantity.label, 0.9 * width / min(3, len(scales))))
        if along.name in ranks:
            ax.set_title(f"ρ = {ranks[along.name]:+.2f}".replace("-", "−"), loc="right", pad=3)
    figure.supylabel(wrap(quantity.label, figure.get_figheight() - ROOM))
    return figure


def _panel(ax: Axes, along: Scale, table: pd.DataFrame, factor: float) -> None:
    """Draw the points against one parameter, and what they are on average."""
    many = len(table) > RASTER
    dots: Any = {"ls": "none", "color": COLOURS[0], "alpha": 0.45, "rasterized": many}
    lost, known = table["failed"] > 0, table["mean"].notna()
    places = along.place(table[along.name])
    values = factor * table["mean"].to_numpy(float)
    ax.plot(places[lost & known], values[lost & known], marker="o", ms=4, mfc="none", **dots)
    for place in places[~known]:
        ax.plot(place, 0.03, marker="x", ms=4, clip_on=False, transform=ax.get_xaxis_transform(),
                **dots)  # fmt: skip
    x, y = places[~lost], values[~lost]
    ax.plot(x, y, marker="o", ms=1.5 if many else 3, mew=0, **dots)
    parts = pd.Series(y).groupby(x)
    if len(parts) <= BINS or not along.numeric:
        middle = parts.mean()
        ax.plot(middle.index, middle, color=COLOURS[1], marker="s", ms=4.5,
                ls="-" if along.numeric else "none")  # fmt: skip
        return
    groups = np.array_split(np.argsort(x, kind="stable"), BINS)
    ax.plot([x[g].mean() for g in groups], [y[g].mean() for g in groups], color=COLOURS[1],
            marker="s", ms=4.5)  # fmt: skip
