"""A metric against one parameter, a line for each value of a second one; and against the age."""

from __future__ import annotations

from crossbar.report.figures.canvas import COLUMN, Picture, styled
from crossbar.report.sweeps.levels import levels
from crossbar.report.sweeps.lines import chosen
from crossbar.report.sweeps.paired import departs, gained, plotted
from crossbar.report.sweeps.quantities import AGE
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.statistics import changes


@styled
def curve(
    sweep: Sweep, x: str | None = None, metric: str | None = None, by: str | None = None, *,
    name: str = "", caption: str = "", width: float = COLUMN,
) -> Picture:  # fmt: skip
    """Return the mean of ``metric`` against the parameter ``x`` with its 95 % interval.

    Where several seeds, or chips of one seed, were run at the same points, axes below show the
    change from the reference value of ``x``, taken seed by seed: what the seeds share cancels.

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
    metric, names = chosen(sweep, metric, x, by)
    reference = sweep.reference[names[0]]
    change = gained(sweep, names, metric, reference)
    made = plotted(sweep, names, metric, change, reference, width, ", and its paired change")
    return made.picture(name or "-".join(("curve", metric, *names)), caption, wide=width > COLUMN)


@styled
def drift(
    sweep: Sweep, by: str | None = None, metric: str | None = None, *,
    x: str = AGE, name: str = "", caption: str = "", width: float = COLUMN,
) -> Picture:  # fmt: skip
    """Return ``metric`` against the age ``x``, and below its change since the youngest age.

    The change is taken chip by chip, so that what the chips do not share cancels. It is omitted
    unless a chip was tested at the youngest age and at another.

    Everything else is as of :func:`curve`.
    """
    metric, names = chosen(sweep, metric, x, by)
    youngest = levels(sweep.done[x])[0]
    change = changes(sweep, names, metric, {x: youngest})
    if not departs(change, x, youngest):
        change = change.iloc[:0]
    below = ", and its change since the youngest age"
    made = plotted(sweep, names, metric, change, youngest, width, below)
    name = name or "-".join(("drift", metric, *names[1:]))
    return made.picture(name, caption, wide=width > COLUMN)
