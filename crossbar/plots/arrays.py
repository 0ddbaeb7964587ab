"""Arrays: conductances at their places, their histogram, and what line resistance takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from crossbar.circuit.array import Array
from crossbar.errors import fail
from crossbar.plots.dispatch import drawing, plot, whole
from crossbar.report.figures.canvas import COLOURS, MARKERS, prefixed, styled
from crossbar.substrates.tile_state import TileState
from crossbar.types import Floats
from crossbar.wires.solution import Solution


@plot.register
@styled
def array(one: Array, *, number: int = 0) -> Figure:
    """Return map and histogram of the conductances of the physical array ``number``.

    With line resistance also what a read loses, as all word lines are driven at once: the share of
    the read voltage that cells lack, the voltages of the nodes, and the currents of the bit lines.
    """
    everything = [g for *_, g in one.physical()]
    if not 0 <= number < len(everything):
        expected = f"0 to {len(everything) - 1}"
        fail("plot.number", expected, str(number), "It is a physical array.")
    g = everything[number]
    cells = np.ones(g.shape, bool)
    cells[-1, -1] = not one.placement.reference  # where reference lines cross there is no cell
    factor, unit = prefixed(float(g.max()), "S")
    figure = drawing(*((7.2, 3.4) if one.wires is None else (10.8, 6.4)))
    panels = figure.subplots(*((1, 2) if one.wires is None else (2, 3)))
    axes: list[Axes] = list(np.ravel(panels))
    cell_map(axes[0], np.where(cells, factor * g, np.nan), f"conductance ({unit})", "viridis")
    axes[1].hist(factor * g[cells], "auto", color=COLOURS[0], histtype="stepfilled")
    axes[1].set(xlabel=f"conductance ({unit})", ylabel="cells")
    if one.wires is not None:
        _read(axes[2:], one, g)
    figure.suptitle(f"{repr(one)[1:-1]}" + (f"; array {number}" if len(everything) > 1 else ""))
    return figure


@plot.register
def tile_state(one: TileState, *, number: int = 0) -> Figure:
    """Return the figure of its array."""
    return array(one.array, number=number)


def cell_map(ax: Axes, values: Floats, label: str, colours: str) -> None:
    """Draw ``values`` (word lines, bit lines) at the places of the cells, with their scale."""
    seen = ax.imshow(values, aspect="auto", cmap=colours, interpolation="nearest")
    ax.grid(visible=False)
    ax.set(xlabel="bit line (output)", ylabel="word line (input)")
    whole(ax)
    assert ax.figure is not None
    ax.figure.colorbar(seen, ax=ax, label=label)


def _read(axes: Sequence[Axes], one: Array, g: Floats) -> None:
    """Draw what a read of a wired array loses, its node voltages, and its currents."""
    solved, v = read(one, g)
    factor, unit = prefixed(float(v.max()), "V")
    driven = np.where(v.T > 0, 1.0, np.nan)  # a line that is not driven would take the scale
    cell_map(axes[0], 100 * driven * lacking(solved, v), "lost read voltage (%)", "magma_r")
    cell_map(
        axes[1], factor * driven * solved.v_wl[0], f"word line at the cell ({unit})", "viridis"
    )
    cell_map(axes[2], factor * solved.v_bl[0], f"bit line at the cell ({unit})", "viridis")
    ideal = one.device.conduction.current(g, np.broadcast_to(v.T, g.shape))[0].sum(axis=0)
    factor, unit = prefixed(float(np.abs(ideal).max()), "A")
    for k, (i, label) in enumerate(((ideal, "ideal lines"), (solved.currents[0], "these lines"))):
        axes[3].plot(factor * i, ls="none", marker=MARKERS[k], color=COLOURS[k], label=label)
    axes[3].set(xlabel="bit line (output)", ylabel=f"current ({unit})")
    axes[3].set_ylim(bottom=min(0.0, axes[3].get_ylim()[0]))
    axes[3].xaxis.set_major_locator(MaxNLocator(integer=True))
    axes[3].legend()


def read(one: Array, g: Floats) -> tuple[Solution, Floats]:
    """Return a read of the cells ``g`` [S] of a wired array, and its voltages (1, rows) [V].

    All word lines are driven at once, but for that of a reference.
    """
    assert one.wires is not None
    v = np.full((1, len(g)), one.reading.v_read)
    if one.placement.reference:
        v[0, -1] = 0.0
    law = one.device.conduction
    return one.wires.solve(g, v, cell=None if law.ohmic else law), v


def lacking(solved: Solution, v: Floats) -> Floats:
    """Return the share of the voltages ``v`` (1, rows) [V] that cells lack; 0 at undriven lines."""
    across = (solved.v_wl - solved.v_bl)[0]
    ideal: Floats = np.broadcast_to(v.T, across.shape)
    share: Floats = np.divide(ideal - across, ideal, out=np.zeros(ideal.shape), where=ideal > 0)
    return share
