"""A metric over two parameters, as a map with its numbers."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from crossbar.report.figures.canvas import COLUMN, DPI, Picture, picture, styled
from crossbar.report.sweeps import captions
from crossbar.report.sweeps.layout import LINE, wrap
from crossbar.report.sweeps.lines import chosen, extremes
from crossbar.report.sweeps.maps import HATCHED, bar, beside, draw, grid, left_of, norm_of, rows
from crossbar.report.sweeps.quantities import measured
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.scale import scale
from crossbar.report.sweeps.statistics import means


@styled
def heatmap(
    sweep: Sweep, x: str, by: str, metric: str | None = None, *,
    name: str = "", caption: str = "", width: float = COLUMN,
) -> Picture:  # fmt: skip
    """Return the mean of ``metric`` over the parameters ``x``, to the right, and ``by``, upwards.

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
    """
    x, metric = chosen(sweep, x, metric)
    sweep.require(by, sweep.parameters)
    table = means(sweep, [x, by], metric)
    quantity = measured(sweep, metric, float(table["mean"].abs().max()))
    shown = grid(scale(sweep, x), scale(sweep, by), table, quantity)
    height = min(3.2, max(1.4, 0.3 * len(shown.across.values)))
    across_title = wrap(shown.across.quantity.label, height + 0.2)
    left, right = left_of(shown.across, across_title), beside(quantity, height)
    inches = width - left - right
    title = wrap(shown.along.quantity.label, inches + left)
    bottom = 0.3 + LINE * (title.count("\n") + rows(shown.along, inches))
    total = bottom + height + 0.12
    figure = Figure(figsize=(width, total), dpi=DPI)
    ax = figure.add_axes((left / width, bottom / total, inches / width, height / total))
    norm = norm_of(shown.values)
    draw(ax, shown, norm, inches, height)
    ax.set_xlabel(title)
    ax.set_ylabel(across_title)
    place = ((width - right + 0.1) / width, bottom / total, 0.11 / width, height / total)
    bar(figure, place, norm, quantity, height)
    sentence = (
        f"{quantity.words} over {shown.along.quantity.words} and {shown.across.quantity.words}"
    )
    return picture(
        figure,
        name or f"map-{metric}-{x}-{by}",
        alt=f"{sentence}: {extremes(table, quantity)}",
        caption=caption
        or f"{sentence[0].upper()}{sentence[1:]}. {captions.spread(sweep, table, quantity)}"
        + (HATCHED if np.isnan(shown.values).any() else "")
        + captions.averaged(sweep, [x, by])
        + captions.unfinished(sweep, metric),
        wide=width > COLUMN,
    )
