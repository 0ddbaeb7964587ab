"""Compiled loops over lines that each stand alone: the cells of a line end at fixed voltages.

Lines run along the first axis, with their near end first; lines side by side are vector code.
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
