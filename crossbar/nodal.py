"""Sparse nodal analysis of an array with line resistance: every node voltage, for a few vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

Matrix = NDArray[np.float64]
Nodes = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Solution:
    """Currents and voltages of reads with n vectors."""

    currents: Matrix
    """(n, cols) Currents into the virtual grounds of the bit lines [A]."""
    v_wl: Matrix
    """(n, rows, cols) Voltages of the word-line nodes, where the cells are [V]."""
    v_bl: Matrix
    """(n, rows, cols) Voltages of the bit-line nodes, where the cells are [V]."""
    power: Matrix
    """(n,) Power drawn from the sources of the word lines [W]."""


def solve(
    g: Matrix, v: Matrix, *, r_wl: float, r_bl: float, r_driver: float, r_sense: float
) -> Solution:
    """Return the solution of ``L x = 0`` at the inner nodes, L the Laplacian of all resistors.

    Parameters
    ----------
    g
        (rows, cols) Conductances of the cells [S].
    v
        (n, rows) Voltages of the word-line sources [V].
    r_wl, r_bl, r_driver, r_sense
        Resistances, as in :class:`crossbar.wires.Wires` [ohm]. Nodes joined by 0 ohm become one.
    """
    rows, cols = g.shape
    wl = np.arange(g.size).reshape(rows, cols)
    bl = wl + g.size
    source = 2 * g.size + np.arange(rows)
    ground = 2 * g.size + rows
    lines: list[tuple[Nodes, Nodes, float]] = [
        (source, wl[:, 0], r_driver + r_wl),
        (wl[:, :-1], wl[:, 1:], r_wl),
        (bl[:-1], bl[1:], r_bl),
        (bl[-1], np.full(cols, ground), r_bl + r_sense),
    ]
    node = _merged(ground + 1, [(a, b) for a, b, r in lines if r == 0.0])
    resistors = [(a, b, np.full(a.shape, 1.0 / r)) for a, b, r in lines if r > 0.0]
    known = node[np.append(source, ground)]
    volts = np.append(v.T, np.zeros((1, len(v))), axis=0)
    x = _voltages(node, [*resistors, (wl, bl, g)], known, volts)
    v_wl = x[node[wl]].transpose(2, 0, 1)
    v_bl = x[node[bl]].transpose(2, 0, 1)
    cell = (v_wl - v_bl) * g
    power = (v * cell.sum(axis=2)).sum(axis=1)
    return Solution(currents=cell.sum(axis=1), v_wl=v_wl, v_bl=v_bl, power=power)


def _merged(count: int, joined: list[tuple[Nodes, Nodes]]) -> Nodes:
    """Return a number for each of ``count`` nodes, the same for nodes that are ``joined``."""
    a = np.concatenate([np.empty(0, dtype=np.intp), *(a.ravel() for a, _ in joined)])
    b = np.concatenate([np.empty(0, dtype=np.intp), *(b.ravel() for _, b in joined)])
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(count, count))
    return connected_components(graph, directed=False)[1].astype(np.intp)


def _voltages(
    node: Nodes, resistors: list[tuple[Nodes, Nodes, Matrix]], known: Nodes, volts: Matrix
) -> Matrix:
    """Return the (nodes, n) voltages of all nodes, given ``volts`` at the ``known`` ones [V]."""
    count = int(node.max()) + 1
    a = np.concatenate([node[a].ravel() for a, _, _ in resistors])
    b = np.concatenate([node[b].ravel() for _, b, _ in resistors])
    s = np.concatenate([s.ravel() for _, _, s in resistors])
    entries = np.concatenate([s, s, -s, -s])
    at = (np.concatenate([a, b, a, b]), np.concatenate([a, b, b, a]))
    laplacian = coo_array((entries, at), shape=(count, count)).tocsr()
    x = np.zeros((count, volts.shape[1]))
    x[known] = volts
    inner = np.setdiff1d(np.arange(count), known)
    if inner.size:
        rows = laplacian[inner]
        symmetric = {"SymmetricMode": True}  # and diagonally dominant: no pivoting needed
        lu = splu(
            rows[:, inner].tocsc(),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options=symmetric,
        )
        x[inner] = lu.solve(-(rows[:, known] @ volts))
    return x
