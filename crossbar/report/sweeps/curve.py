"""A metric against one parameter, a line for each value of a second one."""

from __future__ import annotations

from crossbar.report.figures.canvas import COLUMN, Picture, picture, styled
from crossbar.report.sweeps.lines import chosen
from crossbar.report.sweeps.paired import gained, plotted
from crossbar.report.sweeps.records import Sweep


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
    x, metric = chosen(sweep, x, metric)
    names = [x] if by is None else [x, by]
    reference = sweep.reference[x]
    sweep.require(names[-1], sweep.parameters)
    change = gained(sweep, names, metric, reference)
    made = plotted(sweep, names, metric, change, reference, width)
    more = "" if change.empty else ", and its paired change"
    return picture(
        made.figure,
        name or "-".join(("curve", metric, *names)),
        alt=f"{made.what}{more}: {made.seen}",
        caption=caption or f"{made.what[0].upper()}{made.what[1:]}. {made.basis}",
        data=made.data,
        wide=width > COLUMN,
    )
