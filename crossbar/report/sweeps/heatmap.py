"""A metric over two parameters, as a map with its numbers."""

from __future__ import annotations

from crossbar.report.figures.canvas import COLUMN, Picture, styled
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

    Everything else is as of :func:`curve`.
    """
    metric, names = chosen(sweep, metric, x, by)
    table = means(sweep, names, metric)
    quantity = measured(sweep, metric, float(table["mean"].abs().max()))
    lost = losses(sweep, names)
    shown = grid(scale(sweep, x), scale(sweep, by), table, quantity, lost)
    height = min(3.2, max(1.4, 0.3 * len(shown.across.values)))
    figure, ax = axes(width, height)
    norm = norm_of(shown.values)
    draw(ax, shown, norm, width - 1.6, height)
    ax.set_xlabel(wrap(shown.along.quantity.label, width - 1.2))
    ax.set_ylabel(wrap(shown.across.quantity.label, height + 0.2))
    bar(figure, ax, norm, quantity, height)
    kept = unharmed(sweep, table, names)
    made = captions.Drawing(
        figure,
        f"{quantity.words} over {shown.along.quantity.words} and {shown.across.quantity.words}",
        f": {extremes(table, quantity)}",
        f". {captions.spread(sweep, kept, quantity)}"
        + hatched([shown])
        + captions.conditions(sweep, names, metric),
        spreadsheet(sweep, noted(table, lost), metric),
    )
    return made.picture(name or f"map-{metric}-{x}-{by}", caption, wide=width > COLUMN)
