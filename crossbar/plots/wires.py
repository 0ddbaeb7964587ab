"""Wires: what they take of the voltages of an array of equal cells."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from crossbar.errors import require_number
from crossbar.plots.arrays import cell_map, lacking
from crossbar.plots.dispatch import drawing, plot
from crossbar.report.figures.canvas import COLOURS, LINES, prefixed, styled
from crossbar.wires import Wires


@plot.register
@styled
def wires(
    one: Wires, *, rows: int = 64, cols: int = 64, g: float = 20e-6, v: float = 0.2
) -> Figure:
    """Return voltages along word and bit lines, and the share of ``v`` that each cell lacks.

    All word lines of an array of ``rows`` by ``cols`` cells of ``g`` [S] are driven at ``v`` [V].
    """
    for name, lines in (("rows", rows), ("cols", cols)):
        require_number(f"plot.{name}", lines, low=2, high=1000)
    require_number("plot.g", g, low=0)
    driven = np.full((1, rows), v)
    solved = one.solve(np.full((rows, cols), g), driven)
    figure = drawing(10.8, 3.4)
    along, down, share = figure.subplots(1, 3)
    panels = (
        (along, solved.v_wl[0], "word line", "bit line"),
        (down, solved.v_bl[0].T, "bit line", "word line"),
    )
    for ax, nodes, name, across in panels:
        factor, unit = prefixed(float(nodes.max()), "V")
        for k, line in enumerate(sorted({0, len(nodes) // 2, len(nodes) - 1})):
            label = f"{name} {line}"
            ax.plot(factor * nodes[line], color=COLOURS[k], ls=LINES[k], label=label)
        ax.set(xlabel=across, ylabel=f"{name} at the cell ({unit})")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.legend()
    cell_map(share, 100 * lacking(solved, driven), "lost read voltage (%)", "magma_r")
    siemens, unit = prefixed(g, "S")
    figure.suptitle(f"{one!r}: {rows} x {cols} cells of {siemens * g:.3g} {unit} at {v:g} V")
    return figure
