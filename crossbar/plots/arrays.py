"""Arrays: conductances at their places, their histogram, and what line resistance takes."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from crossbar.circuit.array import Array
from crossbar.errors import fail
from crossbar.plots.dispatch import drawing, plot, whole
from crossbar.report.figures.canvas import COLOURS, prefixed, styled
from crossbar.substrates.tile_state import TileState
from crossbar.types import Floats


@plot.register
@styled
def array(one: Array, *, number: int = 0) -> Figure:
    """Return map and histogram of the conductances of the physical array ``number``.

    With line resistance also the share of the read voltage that its cells lack, as all word lines
    are driven at once.
    """
    everything = [g for *_, g in one.physical()]
    if not 0 <= number < len(everything):
        expected = f"0 to {len(everything) - 1}"
        fail("plot.number", expected, str(number), "It is a physical array.")
    g = everything[number]
    cells = np.ones(g.shape, bool)
    cells[-1, -1] = not one.placement.reference  # where reference lines cross there is no cell
    factor, unit = prefixed(float(g.max()), "S")
    figure = drawing(7.2 if one.wires is None else 10.8, 3.4)
    axes = figure.subplots(1, 2 if one.wires is None else 3)
    maps: list[tuple[Any, Floats, str, str]] = [
        (axes[0], np.where(cells, factor * g, np.nan), f"conductance ({unit})", "viridis")
    ]
    if one.wires is not None:
        maps.append((axes[2], 100 * lost(one, g), "lost read voltage (%)", "magma_r"))
    for ax, values, label, colours in maps:
        seen = ax.imshow(values, aspect="auto", cmap=colours, interpolation="nearest")
        ax.grid(visible=False)
        ax.set(xlabel="bit line (output)", ylabel="word line (input)")
        whole(ax)
        figure.colorbar(seen, ax=ax, label=label)
    axes[1].hist(factor * g[cells], "auto", color=COLOURS[0], histtype="stepfilled")
    axes[1].set(xlabel=f"conductance ({unit})", ylabel="cells")
    figure.suptitle(f"{repr(one)[1:-1]}" + (f"; array {number}" if len(everything) > 1 else ""))
    return figure


@plot.register
def tile_state(one: TileState, *, number: int = 0) -> Figure:
    """Return the figure of its array."""
    return array(one.array, number=number)


def lost(one: Array, g: Floats) -> Floats:
    """Return the share of the read voltage that the cells ``g`` [S] of a wired array lack."""
    assert one.wires is not None
    v = np.full((1, len(g)), one.reading.v_read)
    if one.placement.reference:
        v[0, -1] = 0.0  # a forward read does not drive the reference word line
    law = one.device.conduction
    solved = one.wires.solve(g, v, cell=None if law.ohmic else law)
    ideal: Floats = np.broadcast_to(v[0, :, np.newaxis], g.shape)
    short = ideal - (solved.v_wl - solved.v_bl)[0]
    share: Floats = np.divide(short, ideal, out=np.zeros_like(g), where=ideal > 0)
    return share
