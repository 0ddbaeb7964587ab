"""A metric over two parameters, as a map with its numbers."""

from __future__ import annotations

from crossbar.report.figures.canvas import COLUMN, Picture, picture, styled
from crossbar.report.figures.layout import axes, wrap
from crossbar.report.sweeps import captions
from crossbar.report.sweeps.lines import chosen, extremes
from crossbar.report.sweeps.losses import losses, noted, unharmed
from crossbar.report.sweeps.maps import bar, draw, grid, hatched, norm_of
from crossbar.report.sweeps.quantities import measured, spreadsheet
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
    lost = losses(sweep, [x, by])
    shown = grid(scale(sweep, x), scale(sweep, by), table, quantity, lost)
    height = min(3.2, max(1.4, 0.3 * len(shown.across.values)))
    figure, ax = axes(width, height)
    norm = norm_of(shown.values)
    draw(ax, shown, norm, width - 1.6, height)
    ax.set_xlabel(wrap(shown.along.quantity.label, width - 1.2))
    ax.set_ylabel(wrap(shown.across.quantity.label, height + 0.2))
    bar(figure, ax, norm, quantity, height)
    kept = unharmed(sweep, table, [x, by])
    sentence = (
        f"{quantity.words} over {shown.along.quantity.words} and {shown.across.quantity.words}"
    )
    return picture(
        figure,
        name or f"map-{metric}-{x}-{by}",
        alt=f"{sentence}: {extremes(table, quantity)}",
        caption=caption
        or f"{sentence[0].upper()}{sentence[1:]}. {captions.spread(sweep, kept, quantity)}"
        + hatched([shown])
        + captions.averaged(sweep, [x, by])
        + captions.unfinished(sweep, metric),
        data=spreadsheet(sweep, noted(table, lost), metric),
        wide=width > COLUMN,
    )
