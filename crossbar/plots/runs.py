"""Runs and sweeps from their records."""

from __future__ import annotations

from matplotlib.figure import Figure

from crossbar.errors import fail
from crossbar.loading import LoadedRun
from crossbar.plots.dispatch import drawing, plot
from crossbar.report.figures.canvas import DOUBLE, styled
from crossbar.report.figures.layout import settle
from crossbar.report.figures.learning import learned
from crossbar.report.sweeps import Sweep
from crossbar.report.sweeps.lines import chosen
from crossbar.report.sweeps.paired import gained, plotted


@plot.register
@styled
def run(one: LoadedRun) -> Figure:
    """Return loss and figure of merit of the training and of the validation part, over epochs."""
    if not one.records.learned:
        fail("plot", "a run with an epoch", "none", "Draw the figures of one.chip().plot().")
    figure = drawing(7.6, 3.0)
    for ax, quantity in zip(figure.subplots(1, 2), ("loss", one.records.merit), strict=True):
        learned(ax, one.records, quantity)
    figure.suptitle(repr(one)[1:-1])
    return figure


@plot.register
@styled
def sweep(
    one: Sweep, *, x: str | None = None, metric: str | None = None, by: str | None = None
) -> Figure:
    """Return ``metric`` against the parameter ``x``, a line for each value of ``by``.

    :func:`crossbar.report.sweeps.curve` says what is drawn.
    """
    x, metric = chosen(one, x, metric)
    names = [x] if by is None else [x, by]
    change = gained(one, names, metric, one.reference[x])
    figure = plotted(one, names, metric, change, one.reference[x], DOUBLE).figure
    settle(figure)
    return figure
