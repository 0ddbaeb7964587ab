"""Runs and sweeps from their records."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossbar.errors import fail
from crossbar.loading import LoadedRun
from crossbar.plots.dispatch import drawing, plot
from crossbar.report.figures.canvas import DOUBLE, styled
from crossbar.report.figures.layout import settle
from crossbar.report.figures.learning import learned
from crossbar.report.sweeps import Sweep, read_sweep
from crossbar.report.sweeps.lines import chosen, draw, lines_of
from crossbar.report.sweeps.losses import losses
from crossbar.report.sweeps.paired import gained, plotted
from crossbar.report.sweeps.quantities import measured, parameter
from crossbar.report.sweeps.scale import scale
from crossbar.report.sweeps.shares import drawing as drawing_of_shares
from crossbar.report.sweeps.statistics import means, repetitions
from crossbar.runs.store import Store


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
    one: Sweep,
    *,
    x: str | None = None,
    metric: str | None = None,
    by: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Return ``metric`` against the parameter ``x``, a line for each value of ``by``.

    :func:`crossbar.report.sweeps.curve` says what is drawn. On axes ``ax`` of a figure of the
    user's own it is the metric alone, without its change chip by chip. Where draws of a device
    alone vary, it is what :func:`crossbar.report.sweeps.shares` draws.
    """
    if one.draw and x is None and not one.varied:
        figure = drawing_of_shares(one, metric or one.metric, DOUBLE).figure
        settle(figure)
        return figure
    metric, names = chosen(one, metric, x, by)
    if ax is not None:
        return _on(ax, one, names, metric)
    change = gained(one, names, metric, one.reference[names[0]])
    figure = plotted(one, names, metric, change, one.reference[names[0]], DOUBLE).figure
    settle(figure)
    return figure


@plot.register
def store(one: Store, **options: Any) -> Figure:
    """Return the figure of its :func:`sweep`, which takes ``x``, ``metric``, ``by`` and ``ax``."""
    return sweep(read_sweep(one.path), **options)


def _on(ax: Axes, one: Sweep, names: list[str], metric: str) -> Figure:
    """Draw ``metric`` against the first of ``names`` on ``ax``; return the figure of that."""
    by = names[1] if len(names) > 1 else None
    along, table = scale(one, names[0]), means(one, names, metric)
    quantity = measured(one, metric, float(table["mean"].abs().max()))
    kinds, labels = lines_of(one, by)
    along.draw(ax)
    single, lost = repetitions(one, names, metric), losses(one, names)
    handles = draw(ax, along, table, single, quantity, by, kinds, lost)
    ax.set(xlabel=along.quantity.label, ylabel=quantity.label)
    if by is not None:
        ax.legend(handles, labels, title=parameter(one, by, 0.0).words)
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure
