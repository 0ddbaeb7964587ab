"""A metric against the age of the chip, and what it lost since it was young."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from crossbar.report.figures.canvas import COLUMN, DPI, GREY, Picture, picture, styled
from crossbar.report.sweeps import captions
from crossbar.report.sweeps.layout import LINE, NONE, RIGHT, Legend, legend, settle, wrap
from crossbar.report.sweeps.levels import missing
from crossbar.report.sweeps.lines import chosen, draw, drawn, extremes, lines_of, mark
from crossbar.report.sweeps.quantities import AGE, Quantity, level_text, measured, parameter
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.scale import Scale, scale
from crossbar.report.sweeps.statistics import changes, means, repetitions

LEFT, UPPER, LOWER, BETWEEN = 0.72, 1.7, 1.3, 0.14  # inches


@styled
def drift(
    sweep: Sweep, by: str | None = None, metric: str | None = None, *,
    x: str = AGE, name: str = "", caption: str = "", width: float = COLUMN,
) -> Picture:  # fmt: skip
    """Return ``metric`` against the age ``x``, and below its change since the youngest age.

    The change is taken chip by chip, so that what the chips do not share cancels.

    Parameters
    ----------
    by
        A second parameter, of up to 7 values, with a line for each.
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
        If ``by`` has too many values.
    """
    x, metric = chosen(sweep, x, metric)
    along = scale(sweep, x)
    names = [x] if by is None else [x, by]
    table, single = means(sweep, names, metric), repetitions(sweep, names, metric)
    lost = changes(sweep, names, metric, {x: along.values[0]})
    quantity = measured(sweep, metric, float(table["mean"].abs().max()))
    kinds, labels = lines_of(sweep, by)
    inches = width - LEFT - RIGHT
    what = "" if by is None else parameter(sweep, by, 0.0).words
    above = NONE if by is None else legend(what, labels, inches)
    figure, top, low = _axes(width, above)
    handles = draw(top, along, table, single, quantity, by, kinds)
    draw(low, along, lost, single.iloc[:0], quantity.change(), by, kinds)
    for ax in (top, low):
        along.draw(ax, inches, title=along.quantity.label)
        ax.yaxis.set_major_locator(MaxNLocator(5))
    _label(top, low, quantity)
    above.draw(top, handles, labels)
    told = f"{quantity.words} against {along.quantity.words}"
    told += f", a line for each value of {what}" if by else ""
    settle(figure)
    return picture(
        figure,
        name or "-".join(("drift", metric, *([by] if by else []))),
        alt=f"{told}, and its change since the youngest age: {extremes(table, quantity)}",
        caption=caption
        or f"{told[0].upper()}{told[1:]}. Below: its change against the same chip "
        f"{_after(sweep, along)}. "
        + captions.intervals(sweep, table, metric, mark(along, kinds))
        + (" Points: single repetitions." if drawn(single) else "")
        + captions.averaged(sweep, names)
        + captions.unfinished(sweep, metric),
        wide=width > COLUMN,
    )


def _axes(width: float, above: Legend) -> tuple[Figure, Axes, Axes]:
    """Return a figure with axes for the metric, and below for its change."""
    bottom = 0.3 + LINE
    total = bottom + LOWER + BETWEEN + UPPER + 0.1 + above.height
    figure = Figure(figsize=(width, total), dpi=DPI)
    left, size, base = LEFT / width, (width - LEFT - RIGHT) / width, bottom + LOWER + BETWEEN
    low = figure.add_axes((left, bottom / total, size, LOWER / total))
    return figure, figure.add_axes((left, base / total, size, UPPER / total)), low


def _label(top: Axes, low: Axes, quantity: Quantity) -> None:
    """Label the y axes, and the x axis once."""
    top.tick_params(axis="x", labelbottom=False)
    top.set_xlabel("")
    top.set_ylabel(wrap(quantity.label, UPPER))
    low.axhline(0, color=GREY, lw=0.9, zorder=0)
    unit = "% points" if quantity.unit == "%" else quantity.unit
    low.set_ylabel(f"change ({unit})" if unit else "change")


def _after(sweep: Sweep, along: Scale) -> str:
    """Return the youngest age in words."""
    youngest = along.values[0]
    text = level_text(sweep, along.name, youngest)
    return text if missing(youngest) else f"after {text}"
