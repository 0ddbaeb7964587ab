"""Cores on their mesh, with the packets over their links, for ways to place a network."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from crossbar.plots.dispatch import plot
from crossbar.report.figures.canvas import COLOURS, FULL, LINES, Picture, picture, styled
from crossbar.report.figures.layout import empty
from crossbar.spiking.cores import CoreTraffic
from crossbar.types import Doubles, Floats

BINS = 40  # of hops


@plot.register
@styled
def traffic(one: CoreTraffic) -> Figure:
    """Return the mesh of cores, with the packets that pass each."""
    figure = empty(FULL / 2, 4.0)
    _mesh(figure.subplots(), "", one, float(_passing(one).max()))
    return figure


@styled
def placements(each: Mapping[str, CoreTraffic]) -> Picture:
    """Return the meshes of several placements of one network, and how far their packets go."""
    figure = empty(FULL, 6.2)
    grid = figure.add_gridspec(2, len(each), height_ratios=(3, 2))
    most = max(float(_passing(one).max()) for one in each.values())
    side = max(int(one.placement.positions.max()) for one in each.values()) + 0.5
    for k, (name, one) in enumerate(each.items()):
        above = figure.add_subplot(grid[0, k])
        _mesh(above, name, one, most)
        above.set(xlim=(-0.5, side), ylim=(-0.5, side))
    ax = figure.add_subplot(grid[1, :])
    rows = []
    for k, (name, one) in enumerate(each.items()):
        hops, packets = _hops(one)
        ax.plot(hops, packets / one.spikes.sum(), color=COLOURS[k], ls=LINES[k], label=name)
        rows.append(pd.DataFrame({"placement": name, "hops": hops, "packets": packets}))
    ax.set(xlabel="hops of a packet", ylabel="packets a spike", yscale="log")
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.legend()
    return picture(
        figure,
        "cores",
        alt="meshes of cores with packets that pass them, and packets over the hops that they make",
        caption="Top: cores as squares, dark where many packets pass, on one scale. Bottom: "
        "packets a spike by the hops that they make, without those that stay on their core.",
        data=pd.concat(rows, ignore_index=True),
        wide=True,
    )


def _passing(one: CoreTraffic) -> Doubles:
    """Return how many packets leave every place of the mesh, (rows, columns)."""
    links = one.links
    out: Doubles = links["east"][:, 1:] + links["west"][:, :-1] + links["north"] + links["south"]
    return out


def _mesh(ax: Axes, name: str, one: CoreTraffic, most: float) -> None:
    """Draw a square a core, dark where many packets leave it."""
    shown = np.full(_passing(one).shape, np.nan)
    x, y = one.placement.positions.T
    shown[y, x] = np.log10(1 + _passing(one)[y, x])
    ax.imshow(shown, cmap="viridis_r", vmin=0, vmax=np.log10(1 + most), origin="lower")
    ax.set(xticks=[], yticks=[])
    ax.grid(visible=False)
    title = f"{name}\n" if name else ""
    mean = one.hops / one.packets if one.packets else 0.0
    ax.set_title(f"{title}{one.placement.count} cores, {one.packets:.3g} packets,\n"
                 f"{mean:.3g} hops each", loc="left")  # fmt: skip


def _hops(one: CoreTraffic) -> tuple[Floats, Floats]:
    """Return numbers of hops, and the mean packets that make so many, in at most 40 bins."""
    hops, packets = one.by_hops
    width = max(1, int(np.ceil(hops.size / BINS)))
    edges = np.arange(1, hops.size, width)
    mean = np.array([packets[low : low + width].sum() for low in edges]) / width
    kept = mean > 0
    return (edges + (width - 1) / 2)[kept], mean[kept]
