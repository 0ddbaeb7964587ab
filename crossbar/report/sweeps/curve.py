"""A metric against one parameter, a line for each value of a second one."""

from __future__ import annotations

from matplotlib.ticker import MaxNLocator

from crossbar.report.figures.canvas import COLUMN, Picture, picture, styled
from crossbar.report.sweeps import captions
from crossbar.report.sweeps.layout import LEFT, NONE, RIGHT, legend, panel, settle, wrap
from crossbar.report.sweeps.lines import chosen, draw, drawn, extremes, lines_of, mark
from crossbar.report.sweeps.quantities import measured, parameter
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.scale import scale
from crossbar.report.sweeps.statistics import means, repetitions


@styled
def curve(
    sweep: Sweep, x: str | None = None, metric: str | None = None, by: str | None = None, *,
    name: str = "", caption: str = "", width: float = COLUMN,
) -> Picture:  # fmt: skip
    """Return the mean of ``metric`` against the parameter ``x`` with its 95 % interval.

    Parameters
    ----------
    x
        The parameter; None for the first that varies.
    metric
        What was measured; None for the metric of the sweep.
    by
        A second parameter, of up to 7 values, with a line for each.
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
    inches = width - LEFT - RIGHT
    along = scale(sweep, x)
    names = [x] if by is None else [x, by]
    table, single = means(sweep, names, metric), repetitions(sweep, names, metric)
    quantity = measured(sweep, metric, float(table["mean"].abs().max()))
    kinds, labels = lines_of(sweep, by)
    title = wrap(along.quantity.label, inches + RIGHT)
    above = NONE if by is None else legend(parameter(sweep, by, 0.0).words, labels, inches)
    figure, ax = panel(width, 2.0, title, above)
    handles = draw(ax, along, table, single, quantity, by, kinds)
    along.draw(ax, inches, title=title)
    ax.yaxis.set_major_locator(MaxNLocator(6))
    ax.set_ylabel(wrap(quantity.label, 2.2))
    above.draw(ax, handles, labels)
    second = f", a line for each value of {parameter(sweep, by, 0.0).words}" if by else ""
    told = f"{quantity.words} against {along.quantity.words}{second}"
    settle(figure)
    return picture(
        figure,
        name or "-".join(("curve", metric, x, *([by] if by else []))),
        alt=f"{told}: {extremes(table, quantity)}",
        caption=caption
        or (
            f"{told[0].upper()}{told[1:]}. "
            + captions.intervals(sweep, table, metric, mark(along, kinds))
            + (" Points: single repetitions." if drawn(single) else "")
            + captions.averaged(sweep, [x, *([by] if by else [])])
            + captions.unfinished(sweep, metric)
        ),
        wide=width > COLUMN,
    )
