"""Compiled loops over lines that each stand alone: the cells of a line end at fixed voltages.

Lines run along the first axis, with their near end first; lines side by side are vector code.
:func:`segment_products` takes the lines of a whole array.
"""

from __future__ import annotations

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.types import Floats


@jit
def shares(g: Floats, r: float, near: float, far: float) -> Floats:
    """Return (cells, lines) how much of a volt across a cell its line takes, others at 0 V.

    That is g / (g + y), y the conductance that the node sees along its line to both sides.
    ``r`` is the resistance of a segment; ``near`` and ``far`` are the conductances at the ends.
    """
    cells, lines = g.shape
    share: Floats = np.zeros(g.shape)
    if near == np.inf:
        return share
    y = np.full(lines, far)
    for i in range(cells - 1, -1, -1):
        for j in range(lines):
            share[i, j] = y[j]
            above = y[j] + g[i, j]
            y[j] = above / (1.0 + r * above)
    y[:] = near
    for i in range(cells):
        for j in range(lines):
            share[i, j] = g[i, j] / (g[i, j] + y[j] + share[i, j]) if g[i, j] > 0.0 else 0.0
            above = y[j] + g[i, j]
            y[j] = above / (1.0 + r * above)
    return share


@jit
def reaches(g: Floats, r: float, near: float, far: float) -> Floats:
    """Return (cells, lines) the voltages of the nodes with 1 V at the ends and 0 V behind cells."""
    cells, lines = g.shape
    reach: Floats = np.ones(g.shape)
    if near == np.inf:
        return reach
    factor = np.empty(g.shape)
    y, current = np.full(lines, far), np.zeros(lines)
    for i in range(cells - 1, -1, -1):
        for j in range(lines):
            y[j] += g[i, j]
            current[j] += g[i, j]
            reach[i, j] = current[j]
            f = 1.0 / (1.0 + r * y[j])
            factor[i, j] = f
            if i > 0:
                y[j] *= f
                current[j] *= f
    drop = np.empty(lines)
    for j in range(lines):
        drop[j] = reach[0, j] / (near + y[j])
        reach[0, j] = 1.0 - drop[j]
    for i in range(1, cells):
        for j in range(lines):
            drop[j] = factor[i, j] * (drop[j] + r * reach[i, j])
            reach[i, j] = 1.0 - drop[j]
    return reach


@jit
def segment_products(
    cells: Floats,
    adjoint: Floats,
    word: tuple[Floats, Floats],
    bit: tuple[Floats, Floats],
) -> tuple[float, float]:
    """Return the sums over all segments between cells of the product of two currents in them.

    They are those of word lines and those of bit lines [A^2].

    Parameters
    ----------
    cells, adjoint
        (rows, cols) Two sets of currents from the word lines into the cells [A].
    word, bit
        (lines,) Both currents that enter each line at its near end, left of the first cell and
        below the last one [A].
    """
    rows, cols = cells.shape
    up, up_adjoint = bit[0].copy(), bit[1].copy()
    of_words, of_bits = 0.0, np.zeros(cols)
    for i in range(rows - 1, -1, -1):
        here, other = cells[i], adjoint[i]
        along, along_adjoint = word[0][i], word[1][i]
        for j in range(cols - 1):
            along -= here[j]
            along_adjoint -= other[j]
            of_words += along * along_adjoint
        if i > 0:
            for j in range(cols):
                up[j] -= here[j]
                up_adjoint[j] -= other[j]
                of_bits[j] += up[j] * up_adjoint[j]
    return of_words, of_bits.sum()
