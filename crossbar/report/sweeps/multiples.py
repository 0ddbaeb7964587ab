"""A metric over three parameters: a panel for each value of the third."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossbar.errors import fail
from crossbar.report.figures.canvas import DOUBLE, Picture, picture, styled
from crossbar.report.figures.layout import ROOM, legend, panels, wrap
from crossbar.report.sweeps import captions, lines, maps
from crossbar.report.sweeps.levels import Level, equal, levels
from crossbar.report.sweeps.losses import losses, noted, unharmed
from crossbar.report.sweeps.quantities import (
    Quantity,
    level_text,
    measured,
    parameter,
    short,
    spreadsheet,
)
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.scale import Scale, scale
from crossbar.report.sweeps.statistics import means, repetitions

PANELS = 9


@styled
def multiples(
    sweep: Sweep, x: str, by: str, panel: str, metric: str | None = None, *,
    name: str = "", caption: str = "", width: float = DOUBLE,
) -> Picture:  # fmt: skip
    """Return ``metric`` against ``x`` and ``by``, a panel for each value of ``panel``.

    The panels share their axes. They hold a line for each value of ``by``, or maps where these are
    more than seven.

    Parameters
    ----------
    metric
        What was measured; None for the metric of the sweep.
    name, caption
        File name without ending and text below; made from what is shown where empty.
    width
        Inches.

    Raises
    ------
    DataError
        If a name is none of the sweep.
    ConfigError
        If ``panel`` has more than 9 values.
    """
    x, metric = lines.chosen(sweep, x, metric)
    sweep.require(by, sweep.parameters)
    sweep.require(panel, sweep.parameters)
    kinds = levels(sweep.ended[panel])
    if len(kinds) > PANELS:
        got, remedy = f"{len(kinds)} values", "Draw some of them, with Sweep.at."
        fail("panel", f"a parameter of up to {PANELS} values", got, remedy)
    table = means(sweep, [x, by, panel], metric)
    quantity = measured(sweep, metric, float(table["mean"].abs().max()))
    along, across = scale(sweep, x), scale(sweep, by)
    lost = losses(sweep, [x, by, panel])
    if len(across.values) <= lines.LINES:
        single = repetitions(sweep, [x, by, panel], metric)
        figure = _lines(sweep, table, single, along, across, (panel, kinds), quantity, width, lost)
        sentence = captions.intervals(sweep, table, metric, lines.mark(along, across.values))
        sentence += lines.lacking(lost)
    else:
        tables = [[t[equal(t[panel], k)] for t in (table, lost)] for k in kinds]
        shown = [maps.grid(along, across, own, quantity, failed) for own, failed in tables]
        figure = _maps(sweep, shown, (panel, kinds), quantity, width)
        whole = unharmed(sweep, table, [x, by, panel])
        sentence = captions.spread(sweep, whole, quantity) + maps.hatched(shown)
    words = [parameter(sweep, n, 0.0).words for n in (x, by, panel)]
    what = f"{quantity.words} against {words[0]} and {words[1]}, panels for {words[2]}"
    return picture(
        figure,
        name or "-".join(("panels", metric, x, by, panel)),
        alt=f"{what}: {lines.extremes(table, quantity)}",
        caption=caption
        or f"{what[0].upper()}{what[1:]}. {sentence}"
        + captions.averaged(sweep, [x, by, panel])
        + captions.unfinished(sweep, metric),
        data=spreadsheet(sweep, noted(table, lost), metric),
        wide=True,
    )


def _title(sweep: Sweep, ax: Axes, name: str, kind: Level) -> None:
    ax.set_title(f"{short(sweep, name)} {level_text(sweep, name, kind)}", loc="left", pad=4)


def _lines(
    sweep: Sweep, table: pd.DataFrame, single: pd.DataFrame, along: Scale, across: Scale,
    panel: tuple[str, Sequence[Level]], quantity: Quantity, width: float, lost: pd.DataFrame,
) -> Figure:  # fmt: skip
    """Return panels of lines."""
    name, kinds = panel
    figure, axes = panels(len(kinds), width, 1.6, sharex=True, sharey=True)
    for ax, kind in zip(axes, kinds, strict=True):
        own, points = (
            table[equal(table[name], kind)],
            single[equal(single[name], kind)].drop(columns=name),
        )
        handles = lines.draw(ax, along, own, points, quantity, across.name, across.values,
                             lost[equal(lost[name], kind)])  # fmt: skip
        along.draw(ax)
        _title(sweep, ax, name, kind)
    _label(figure, along.quantity.label, quantity.label)
    labels = [level_text(sweep, across.name, v) for v in across.values]
    legend(figure, handles, labels, parameter(sweep, across.name, 0.0).words)
    return figure


def _maps(
    sweep: Sweep, shown: Sequence[maps.Map], panel: tuple[str, Sequence[Level]],
    quantity: Quantity, width: float,
) -> Figure:  # fmt: skip
    """Return panels of maps in the same colours."""
    name, kinds = panel
    figure, axes = panels(len(kinds), width, 1.8, sharex=True, sharey=True)
    norm = maps.norm_of(np.stack([one.values for one in shown]))
    for ax, one, kind in zip(axes, shown, kinds, strict=True):
        maps.draw(ax, one, norm, (width - 1.6) / min(3, len(kinds)), 1.8)
        _title(sweep, ax, name, kind)
    _label(figure, shown[0].along.quantity.label, shown[0].across.quantity.label)
    maps.bar(figure, axes, norm, quantity, 1.8)
    return figure


def _label(figure: Figure, below: str, beside: str) -> None:
    """Label the axes of all panels once."""
    size = rcParams["axes.labelsize"]
    figure.supxlabel(below, fontsize=size)
    figure.supylabel(wrap(beside, figure.get_figheight() - ROOM), fontsize=size)
