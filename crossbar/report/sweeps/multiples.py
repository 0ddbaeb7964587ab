"""A metric over three parameters: a panel for each value of the third."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossbar.errors import fail
from crossbar.report.figures.canvas import DOUBLE, Picture, styled
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
LINED, MAPPED = 1.6, 1.8  # inches of a panel


@styled
def multiples(
    sweep: Sweep, x: str, by: str, panel: str, metric: str | None = None, *,
    name: str = "", caption: str = "", width: float = DOUBLE,
) -> Picture:  # fmt: skip
    """Return ``metric`` against ``x`` and ``by``, a panel for each value of ``panel``.

    The panels share their axes. They hold a line for each value of ``by``, or maps where these are
    more than seven.

    Everything else is as of :func:`curve`.

    Raises
    ------
    ConfigError
        If ``panel`` has more than 9 values.
    """
    metric, names = lines.chosen(sweep, metric, x, by, panel)
    kinds = levels(sweep.ended[panel])
    if len(kinds) > PANELS:
        got, remedy = f"{len(kinds)} values", "Draw some of them, with Sweep.at."
        fail("panel", f"a parameter of up to {PANELS} values", got, remedy)
    table, lost = means(sweep, names, metric), losses(sweep, names)
    quantity = measured(sweep, metric, float(table["mean"].abs().max()))
    along, across = scale(sweep, x), scale(sweep, by)
    words = [parameter(sweep, n, 0.0).words for n in names]
    lined = len(across.values) <= lines.LINES
    figure, axes = panels(len(kinds), width, LINED if lined else MAPPED, sharex=True, sharey=True)
    if lined:
        tables = (table, repetitions(sweep, names, metric), lost)
        handles = _lines(axes, _parts(tables, panel, kinds), along, across, quantity)
        legend(figure, handles, [level_text(sweep, by, v) for v in across.values], words[1])
        sentence = captions.intervals(sweep, table, metric, lines.mark(along, across.values))
        sentence += lines.lacking(lost)
    else:
        shown = [
            maps.grid(along, across, own, quantity, failed)
            for own, failed in _parts((table, lost), panel, kinds)
        ]
        _maps(figure, axes, shown, quantity, width)
        sentence = captions.spread(sweep, unharmed(sweep, table, names), quantity)
        sentence += maps.hatched(shown)
    for ax, kind in zip(axes, kinds, strict=True):
        title = f"{short(sweep, panel)} {level_text(sweep, panel, kind)}"
        ax.set_title(title, loc="left", pad=4)
    beside = quantity if lined else across.quantity
    figure.supxlabel(along.quantity.label)
    figure.supylabel(wrap(beside.label, figure.get_figheight() - ROOM))
    made = captions.Drawing(
        figure,
        f"{quantity.words} against {words[0]} and {words[1]}, panels for {words[2]}",
        f": {lines.extremes(table, quantity)}",
        f". {sentence}{captions.conditions(sweep, names, metric)}",
        spreadsheet(sweep, noted(table, lost), metric),
    )
    return made.picture(name or "-".join(("panels", metric, *names)), caption, wide=True)


def _parts(
    tables: Sequence[pd.DataFrame], panel: str, kinds: Sequence[Level]
) -> list[list[pd.DataFrame]]:
    """Return the rows of ``tables`` that belong to each of ``kinds``, values of ``panel``."""
    return [[table[equal(table[panel], kind)] for table in tables] for kind in kinds]


def _lines(
    axes: Sequence[Axes], parts: Sequence[Sequence[pd.DataFrame]], along: Scale, across: Scale,
    quantity: Quantity,
) -> list[Artist]:  # fmt: skip
    """Draw the lines of each panel; return what the legend shows."""
    for ax, (table, single, lost) in zip(axes, parts, strict=True):
        handles = lines.draw(ax, along, table, single, quantity, across.name, across.values, lost)
        along.draw(ax)
    return handles


def _maps(
    figure: Figure, axes: Sequence[Axes], shown: Sequence[maps.Map], quantity: Quantity,
    width: float,
) -> None:  # fmt: skip
    """Draw the map of each panel, all in the same colours."""
    norm = maps.norm_of(np.stack([one.values for one in shown]))
    for ax, one in zip(axes, shown, strict=True):
        maps.draw(ax, one, norm, (width - 1.6) / min(3, len(axes)), MAPPED)
    maps.bar(figure, axes, norm, quantity, MAPPED)
