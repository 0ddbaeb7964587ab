"""Chips: conductances, or digital weights, of every matrix."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from crossbar.errors import fail
from crossbar.nn import Chip
from crossbar.plots.dispatch import drawing, plot, whole
from crossbar.report.figures.canvas import COLOURS, GREY, prefixed, styled
from crossbar.substrates.port import Weights
from crossbar.types import Floats


@plot.register
@styled
def chip(one: Chip) -> Figure:
    """Return a row for each matrix: histogram of its cells, and its weights as lines see them."""
    if not one.held:
        fail("plot", "a chip with weights", "none", "Add a layer with weights.")
    figure = drawing(7.6, 2.4 * len(one.held))
    rows = figure.subplots(len(one.held), 2, squeeze=False)
    for (cells, weights), (name, held) in zip(rows, one.held.items(), strict=True):
        values, label, limits = _values(held)
        cells.hist(values, "auto", color=COLOURS[0], histtype="stepfilled")
        for limit in limits:
            cells.axvline(limit, color=GREY, lw=0.9)
        cells.set(xlabel=label, ylabel=f"cells of {name}")
        matrix = held.weights[0]
        most = float(np.abs(matrix).max()) or 1.0
        seen = weights.imshow(matrix.T, aspect="auto", cmap="RdBu_r", vmin=-most, vmax=most,
                              interpolation="nearest")  # fmt: skip
        weights.grid(visible=False)
        whole(weights)
        weights.set(xlabel=f"input of {name}", ylabel="output")
        figure.colorbar(seen, ax=weights, label="weight")
    figure.suptitle(f"{one.network.input_shape} to {one.network.outputs} outputs")
    return figure


def _values(held: Weights) -> tuple[Floats, str, tuple[float, ...]]:
    """Return what a histogram shows of ``held``, its label, and the range of the device."""
    if held.tile is None:
        return held.weights.ravel(), "weight", ()
    low, _, high = held.tile.spec.device.window
    factor, unit = prefixed(high, "S")
    values = np.concatenate([cells.g.ravel() for cells in held.tile.array.cells])
    return factor * values, f"conductance ({unit})", (factor * low, factor * high)
