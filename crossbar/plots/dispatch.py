"""Which figure stands for an object: one function for each contract, entered where it is drawn."""

from __future__ import annotations

import functools
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from crossbar.errors import fail, shown
from crossbar.report.figures.layout import Drawing


def drawing(width: float, height: float) -> Drawing:
    """Return a figure of ``width`` by ``height`` inches, laid out by its labels."""
    return Drawing(figsize=(width, height), dpi=110, layout="constrained")


def whole(ax: Axes, along: str = "xy") -> None:
    """Let the ticks of ``ax`` be whole numbers ``along`` both axes, or one of them."""
    for name in along:
        axis = ax.xaxis if name == "x" else ax.yaxis
        axis.set_major_locator(MaxNLocator(integer=True, nbins=6))


@functools.singledispatch
def plot(one: Any, **options: Any) -> Figure:
    """Return a figure of ``one``.

    A device: conductance over set and reset pulses, drift and current against voltage. Trains of
    pulses, jump tables, retention, read noise and sweeps of voltage: as they were measured. A
    converter: transfer, DNL and INL. Wires: voltages along the lines. An array: conductances, and
    with line resistance the voltages of its nodes and what a read loses. A chip: histogram and map
    of every matrix. A run: learning curves. A sweep or its store: its metric against a parameter. A
    recording of a spiking network: a raster, and voltages where they were sampled. Columns: what
    each stands for, and their thresholds. Plasticity of a device: its learning window. Traffic of
    cores: the packets that pass each on its mesh.

    Raises
    ------
    ConfigError
        If there is no figure of such an object.
    """
    expected = "a device, a measurement, a converter, wires, an array, a chip, a run or a sweep"
    fail("plot", expected, shown(one), "Draw its arrays with matplotlib.")
