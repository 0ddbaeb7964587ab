"""Compiled loops of the block elimination: arrays of resistors reduced to a mesh of their lines.

A mesh is kept as what it is, conductances >= 0 between pairs of lines, which are only multiplied
and added: weak wires cost no digits. The inverses are of matrices with diagonal above the sum of
the magnitudes of their negative off-diagonal entries, which keep all digits in every entry too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.types import Floats

BLOCK = 80  # largest matrix inverted without matrix products
FOUR = 4  # pivots eliminated at a time
TILE = 16  # lines copied together to the other triangle


@jit
def _invert_four(b):
    """Replace the 4 x 4 matrix ``b`` by its inverse; return its smallest pivot."""
    smallest = np.inf
    for k in range(FOUR):
        smallest = min(smallest, b[k, k])
        p = 1.0 / b[k, k]
        for i in range(FOUR):
            if i != k:
                c = b[i, k] * p
                for j in range(FOUR):
                    if j != k:
                        b[i, j] -= c * b[k, j]
                b[i, k] = -c
        for j in range(FOUR):
            if j != k:
                b[k, j] *= p
        b[k, k] = p
    return smallest


@jit
def _subtract_products(a, c, w):
    """Do ``a -= c @ w`` below the diagonal, for c (n, 4) and w (4, n).

    Four rows at a time share the loads of w.
    """
    w0, w1, w2, w3 = w[0], w[1], w[2], w[3]
    for i in range(0, a.shape[0], FOUR):
        r0, r1, r2, r3 = a[i], a[i + 1], a[i + 2], a[i + 3]
        c00, c01, c02, c03 = c[i, 0], c[i, 1], c[i, 2], c[i, 3]
        c10, c11, c12, c13 = c[i + 1, 0], c[i + 1, 1], c[i + 1, 2], c[i + 1, 3]
        c20, c21, c22, c23 = c[i + 2, 0], c[i + 2, 1], c[i + 2, 2], c[i + 2, 3]
        c30, c31, c32, c33 = c[i + 3, 0], c[i + 3, 1], c[i + 3, 2], c[i + 3, 3]
        for j in range(i + FOUR):
            x0, x1, x2, x3 = w0[j], w1[j], w2[j], w3[j]
            r0[j] -= c00 * x0 + c01 * x1 + c02 * x2 + c03 * x3
            r1[j] -= c10 * x0 + c11 * x1 + c12 * x2 + c13 * x3
            r2[j] -= c20 * x0 + c21 * x1 + c22 * x2 + c23 * x3
            r3[j] -= c30 * x0 + c31 * x1 + c32 * x2 + c33 * x3


@jit
def _mirror_lower(a):
    """Copy the lower triangle of ``a`` to the upper one, square by square."""
    n = a.shape[0]
    for top in range(0, n, TILE):
        for left in range(0, top + 1, TILE):
            for i in range(top, min(top + TILE, n)):
                for j in range(left, min(left + TILE, i)):
                    a[j, i] = a[i, j]


@jit
def _invert_block(a):
    """Replace ``a`` (n, n), n a multiple of 4, by its inverse; return its smallest pivot.

    Symmetric Gauss-Jordan: only the lower triangle is read and kept up. Where one line of an entry
    is eliminated and the other is not, the upper triangle would have the other sign.
    """
    n = a.shape[0]
    w, b, c = np.empty((FOUR, n)), np.empty((FOUR, FOUR)), np.empty((n, FOUR))
    smallest = np.inf
    for k in range(0, n, FOUR):
        for s in range(FOUR):
            for i in range(k):
                c[i, s] = -a[k + s, i]
                w[s, i] = a[k + s, i]
            for t in range(s + 1):
                b[s, t] = a[k + s, k + t]
                b[t, s] = a[k + s, k + t]
        for i in range(k + FOUR, n):
            for s in range(FOUR):
                c[i, s] = a[i, k + s]
                w[s, i] = a[i, k + s]
        for s in range(FOUR):
            for t in range(FOUR):
                c[k + s, t] = 0.0
                w[s, k + t] = 0.0
        smallest = min(smallest, _invert_four(b))
        for j in range(n):
            x0, x1, x2, x3 = w[0, j], w[1, j], w[2, j], w[3, j]
            for s in range(FOUR):
                w[s, j] = b[s, 0] * x0 + b[s, 1] * x1 + b[s, 2] * x2 + b[s, 3] * x3
        _subtract_products(a, c, w)
        for i in range(k + FOUR, n):
            for s in range(FOUR):
                a[i, k + s] = -w[s, i]
        for s in range(FOUR):
            for j in range(k):
                a[k + s, j] = w[s, j]
            for t in range(FOUR):
                a[k + s, k + t] = b[s, t]
    _mirror_lower(a)
    return smallest


@jit
def _padded(a, first, last):
    """Return the block ``a[first:last, first:last]``, bordered with ones to a multiple of 4."""
    n = last - first
    wide = (n + FOUR - 1) // FOUR * FOUR
    block = np.zeros((wide, wide))
    for i in range(n):
        for j in range(i + 1):
            block[i, j] = a[first + i, first + j]
    for i in range(n, wide):
        block[i, i] = 1.0
    return block


@jit
def _grown(x, across, y):
    """Return the inverse of a matrix from ``x``, that of its leading block without the others.

    ``y`` is the block of the inverse that belongs to the others, and ``across`` the product of what
    joins them to the leading block and ``x``.
    """
    done, last = x.shape[0], x.shape[0] + y.shape[0]
    grown = np.empty((last, last))
    if done > 0:
        below = np.dot(y, across)
        corner = np.dot(across.T, below)
        for i in range(done):
            for j in range(done):
                grown[i, j] = x[i, j] + corner[i, j]
        for i in range(done, last):
            for j in range(done):
                grown[i, j] = -below[i - done, j]
    for i in range(done, last):
        for j in range(done, last):
            grown[i, j] = y[i - done, j - done]
    _mirror_lower(grown)
    return grown


@jit
def invert(a):
    """Return the inverse of the symmetric M-matrix ``a``, and its smallest pivot.

    Only the lower triangle is read. The inverse of the leading block grows by one block of lines
    at a time.
    """
    n, done, smallest = a.shape[0], 0, np.inf
    blocks = (n + BLOCK - 1) // BLOCK
    size = (n + blocks - 1) // blocks
    x = across = np.empty((0, 0))
    while done < n:  # the first block in the loop too: a second call would be compiled again
        last = min(done + size, n)
        m = last - done
        y = _padded(a, done, last)
        if done > 0:
            side = np.ascontiguousarray(a[done:last, :done])
            across = np.dot(side, x)
            schur = np.dot(across, side.T)
            for i in range(m):
                for j in range(i + 1):
                    y[i, j] -= schur[i, j]
        smallest = min(smallest, _invert_block(y))
        x, done = _grown(x, across, np.ascontiguousarray(y[:m, :m])), last
    return x, smallest


@jit
def _pass_through(r, mesh, transfer, join, joined):
    """Put a resistance ``r`` in front of every line of a reduced network, in place.

    With the admittance matrix Y of the network, its lines are at ``P v``, P = (1 + r Y)^-1, so
    ``transfer`` (outputs, lines) becomes ``transfer P`` and Y becomes ``P Y`` = (1 - P) / r, a mesh
    of P / r. Outputs are joined by ``r transfer P transfer^T``. Returns the smallest pivot, >= 1.
    """
    n, m = mesh.shape[0], transfer.shape[0]
    sums = np.dot(np.ones(m), transfer)
    a = np.empty((n, n))
    for i in range(n):
        own = 0.0
        for k in range(i):
            joint = mesh[i, k]
            own += joint
            sums[k] += joint
            a[i, k] = -r * joint
        sums[i] += own
    for i in range(n):
        a[i, i] = 1.0 + r * sums[i]
    p, smallest = invert(a)
    behind = np.dot(transfer, p)
    if join:
        product = np.dot(behind, transfer.T)
        for k in range(m):
            for i in range(k):
                joined[k, i] += r * product[k, i]
    for i in range(m):
        for k in range(n):  # Numba compiles an error text for transfer[:] = behind
            transfer[i, k] = behind[i, k]
    for i in range(n):
        for k in range(i):
            mesh[i, k] = p[i, k] / r
    return smallest


@jit
def _add_bit_line(g, weight, fall, mesh):
    """Add to the lower triangle of ``mesh`` what one bit line joins.

    One volt on word line k puts ``weight[k]`` on node k of the bit line; on the way up, the voltage
    is multiplied by ``fall`` at every node.
    """
    reach = np.empty(g.size)  # cell conductance times the voltage there for one volt at node k
    for k in range(g.size):
        row, w = mesh[k], weight[k]
        for i in range(k):
            row[i] += w * reach[i]
        reach[k] = g[k]
        f = fall[k]
        for i in range(k + 1):
            reach[i] *= f


class BitLines(NamedTuple):
    """Bit lines of an array, (cols, rows) each, nearest to the sources first."""

    g: Floats
    """Cells [S]."""
    weight: Floats
    """As in :func:`_add_bit_line`."""
    fall: Floats
    """As in :func:`_add_bit_line`."""
    passed: Floats
    """Conductance from word line to sense nodes [S]."""


class Eliminated(NamedTuple):
    """Where :func:`eliminate` writes."""

    transfer: Floats
    """(outputs, rows) [S] Conductances from the sources to the outputs: the second sources, if
    there are any, then the bit lines from the farthest to the nearest."""
    mesh: Floats
    """(rows, rows) [S] Zeros; the lower triangle becomes the mesh of the sources."""
    joined: Floats
    """(outputs, outputs) [S] Zeros; the lower triangle becomes the mesh of the outputs."""


@jit
def eliminate(
    lines: BitLines, segment: float, ends: float, far: float, join: bool, written: Eliminated
) -> float:
    """Reduce an array to the mesh of its terminals, from its far to its near end.

    Parameters
    ----------
    segment, ends
        Resistance of a segment of word line, and of the one between source and first cell [ohm].
    far
        Conductance between a second source and the last cell of each word line [S]; 0 for none.
    join
        Whether to work out ``written.joined``.

    Returns
    -------
    Smallest pivot: at least 1 but for rounding.
    """
    (g, weight, fall, passed), (transfer, mesh, joined) = lines, written
    cols, rows = g.shape
    count = 0
    if far > 0.0:
        for i in range(rows):
            transfer[i, i] = far
        count = rows
    smallest = np.inf
    for j in range(cols - 1, -2, -1):  # the sources stand at -1
        r = segment if j >= 0 else ends
        if r > 0.0 and count > 0 and j < cols - 1:
            smallest = min(smallest, _pass_through(r, mesh, transfer[:count], join, joined))
        if j >= 0:
            for i in range(rows):
                transfer[count, i] = passed[j, i]
            count += 1
            _add_bit_line(g[j], weight[j], fall[j], mesh)
    return smallest
