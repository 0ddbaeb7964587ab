"""Runs of spiking networks: rasters, voltages of membranes and histograms of first spikes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from crossbar.errors import require_number
from crossbar.plots.dispatch import drawing, plot, whole
from crossbar.report.figures.canvas import COLOURS, prefixed, styled
from crossbar.report.figures.layout import Drawing
from crossbar.spiking import Recording, Spikes
from crossbar.types import Floats

BINS = 40  # of a histogram
ROOM = 160.0  # points that the lines of a raster share


@plot.register
@styled
def recording(one: Recording, *, neurons: int = 4) -> Drawing:
    """Return rasters of every input and group, with voltages and first spikes beside them.

    Voltages are drawn where the run sampled them, of the first ``neurons`` of a group. The
    histogram counts the lines whose first spike is in a bin.
    """
    shown = int(require_number("plot.neurons", neurons, low=1, high=20))
    names, both = list(one.spikes), bool(one.voltages)
    figure = drawing(8.0 + 4.2 * both, 1.3 + 1.5 * len(names))
    widths = [5, *([4] if both else []), 2.4]
    panels = figure.subplots(
        len(names), len(widths), sharex=True, squeeze=False, width_ratios=widths
    )  # fmt: skip
    factor, unit = prefixed(one.until, "s")
    for k, name in enumerate(names):
        spikes, colour = one.spikes[name], COLOURS[k % len(COLOURS)]
        _raster(panels[k, 0], name, spikes, factor, colour)
        if both and name in one.voltages:
            _membranes(panels[k, 1], factor * one.times, one.voltages[name][:, :shown])
        elif both:
            panels[k, 1].set_axis_off()
        _first(panels[k, -1], factor * spikes.first(), factor * one.until, colour)
    for ax in panels[-1]:
        ax.set_xlabel(f"time ({unit})")
    panels[0, 0].set_title("spikes", loc="left")
    panels[0, -1].set_title("first spikes", loc="left")
    if both:
        drawn = next(k for k, name in enumerate(names) if name in one.voltages)
        panels[drawn, 1].set_title("voltage of membranes", loc="left")
    return figure


def _raster(ax: Axes, name: str, spikes: Spikes, factor: float, colour: str) -> None:
    """Draw a mark a spike, line over line."""
    size = float(np.clip(ROOM / spikes.width, 0.5, 6.0))
    ax.plot(factor * spikes.times, spikes.lines, "|", color=colour, ms=size, mew=0.9)
    ax.set(ylabel=name, ylim=(-0.5, spikes.width - 0.5))
    whole(ax, "y")


def _membranes(ax: Axes, times: Floats, volts: Floats) -> None:
    """Draw voltages (samples, neurons) [V]."""
    factor, unit = prefixed(float(np.abs(volts).max(initial=0.0)), "V")
    for k, line in enumerate(volts.T):
        ax.plot(times, factor * line, color=COLOURS[k % len(COLOURS)], lw=1.1, label=f"neuron {k}")
    ax.set_ylabel(unit)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _first(ax: Axes, first: Floats, until: float, colour: str) -> None:
    """Draw how many lines have their first spike when; those without one are said."""
    fired = first[np.isfinite(first)]
    ax.hist(fired, bins=BINS, range=(0.0, until), color=colour)
    whole(ax, "y")
    if fired.size < first.size:
        words = f"{first.size - fired.size} silent"
        ax.text(0.98, 0.95, words, ha="right", va="top", transform=ax.transAxes)


@styled
def raster_png(one: Recording, *, neurons: int = 4) -> bytes:
    """Return the figure of a recording as a file."""
    return recording(one, neurons=neurons)._repr_png_()
