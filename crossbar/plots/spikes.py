"""Runs of spiking networks: a raster of all spikes, and voltages of membranes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossbar.errors import require_number
from crossbar.plots.dispatch import drawing, plot, whole
from crossbar.report.figures.canvas import COLOURS, prefixed, styled
from crossbar.spiking import Recording
from crossbar.types import Floats


@plot.register
@styled
def recording(one: Recording, *, neurons: int = 4) -> Figure:
    """Return the raster of every input and group, and beside it voltages of their first neurons.

    Voltages are drawn where the run sampled them, of ``neurons`` a group.
    """
    shown = int(require_number("plot.neurons", neurons, low=1, high=20))
    names, both = list(one.spikes), bool(one.voltages)
    figure = drawing(5.4 * (1 + both), 1.3 + 1.5 * len(names))
    panels = figure.subplots(len(names), 1 + both, sharex=True, squeeze=False)
    factor, unit = prefixed(one.until, "s")
    for k, name in enumerate(names):
        spikes, colour = one.spikes[name], COLOURS[k % len(COLOURS)]
        raster = panels[k, 0]
        raster.plot(factor * spikes.times, spikes.lines, "|", color=colour, ms=5)
        raster.set(ylabel=name, ylim=(-0.5, spikes.width - 0.5))
        whole(raster)
        if both and name in one.voltages:
            _membranes(panels[k, 1], factor * one.times, one.voltages[name][:, :shown])
        elif both:
            panels[k, 1].set_axis_off()
    for ax in panels[-1]:
        ax.set_xlabel(f"time ({unit})")
    panels[0, 0].set_title("spikes", loc="left")
    if both:
        drawn = next(k for k, name in enumerate(names) if name in one.voltages)
        panels[drawn, 1].set_title("voltage of membranes", loc="left")
    return figure


def _membranes(ax: Axes, times: Floats, volts: Floats) -> None:
    """Draw voltages (samples, neurons) [V]."""
    factor, unit = prefixed(float(np.abs(volts).max(initial=0.0)), "V")
    for k, line in enumerate(volts.T):
        ax.plot(times, factor * line, color=COLOURS[k % len(COLOURS)], label=f"neuron {k}")
    ax.set_ylabel(unit)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
