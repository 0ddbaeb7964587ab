"""Compiled loops of the block elimination: arrays of resistors reduced to a mesh of their lines.

A mesh is kept as what it is, conductances >= 0 between pairs of lines, which are only multiplied
and added: weak wires cost no digits. The inverses are of matrices with diagonal above the sum of
the magnitudes of their negative off-diagonal entries, which keep all digits in every entry too.
"""

from __future__ import annotations

import numba as nb
import numpy as np

jit = nb.njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})

BLOCK = 80  # largest matrix inverted without matrix products
FOUR = 4  # pivots eliminated at a time


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
    """Do ``a -= c @ w`` for c (n, 4) and w (4, n), four rows at a time to share the loads of w."""
    n = a.shape[0]
    w0, w1, w2, w3 = w[0], w[1], w[2], w[3]
    for i in range(0, n, FOUR):
        r0, r1, r2, r3 = a[i], a[i + 1], a[i + 2], a[i + 3]
        c00, c01, c02, c03 = c[i, 0], c[i, 1], c[i, 2], c[i, 3]
        c10, c11, c12, c13 = c[i + 1, 0], c[i + 1, 1], c[i + 1, 2], c[i + 1, 3]
        c20, c21, c22, c23 = c[i + 2, 0], c[i + 2, 1], c[i + 2, 2], c[i + 2, 3]
        c30, c31, c32, c33 = c[i + 3, 0], c[i + 3, 1], c[i + 3, 2], c[i + 3, 3]
        for j in range(n):
            x0, x1, x2, x3 = w0[j], w1[j], w2[j], w3[j]
            r0[j] -= c00 * x0 + c01 * x1 + c02 * x2 + c03 * x3
            r1[j] -= c10 * x0 + c11 * x1 + c12 * x2 + c13 * x3
            r2[j] -= c20 * x0 + c21 * x1 + c22 * x2 + c23 * x3
            r3[j] -= c30 * x0 + c31 * x1 + c32 * x2 + c33 * x3


@jit
def _invert_block(a):
    """Replace ``a`` (n, n), n a multiple of 4, by its inverse; return its smallest pivot."""
    n = a.shape[0]
    w, b, c = np.empty((FOUR, n)), np.empty((FOUR, FOUR)), np.empty((n, FOUR))
    smallest = np.inf
    for k in range(0, n, FOUR):
        for i in range(n):
            for t in range(FOUR):
                c[i, t] = a[i, k + t]
        for s in range(FOUR):
            for t in range(FOUR):
                b[s, t] = a[k + s, k + t]
        smallest = min(smallest, _invert_four(b))
        for s in range(FOUR):
            b0, b1, b2, b3 = b[s, 0], b[s, 1], b[s, 2], b[s, 3]
            for j in range(n):
                w[s, j] = b0 * a[k, j] + b1 * a[k + 1, j] + b2 * a[k + 2, j] + b3 * a[k + 3, j]
        _subtract_products(a, c, w)
        for i in range(n):
            for t in range(FOUR):
                x = c[i, 0] * b[0, t] + c[i, 1] * b[1, t] + c[i, 2] * b[2, t] + c[i, 3] * b[3, t]
                a[i, k + t] = -x
        for s in range(FOUR):
            for j in range(n):
                a[k + s, j] = w[s, j]
            for t in range(FOUR):
                a[k + s, k + t] = b[s, t]
    return smallest


@jit
def _padded(a, first, last):
    """Return the block ``a[first:last, first:last]``, bordered with ones to a multiple of 4."""
    n = last - first
    wide = (n + FOUR - 1) // FOUR * FOUR
    block = np.zeros((wide, wide))
    for i in range(n):
        for j in range(n):
            block[i, j] = a[first + i, first + j]
    for i in range(n, wide):
        block[i, i] = 1.0
    return block


@jit
def invert(a):
    """Replace the symmetric M-matrix ``a`` by its inverse; return the smallest pivot.

    The inverse of the leading block grows by one block of lines at a time.
    """
    n = a.shape[0]
    blocks = (n + BLOCK - 1) // BLOCK
    size = (n + blocks - 1) // blocks
    done = min(size, n)
    x = _padded(a, 0, done)
    smallest = _invert_block(x)
    x = np.ascontiguousarray(x[:done, :done])
    while done < n:
        last = min(done + size, n)
        m = last - done
        side = np.ascontiguousarray(a[done:last, :done])
        across = np.dot(side, x)
        y = _padded(a, done, last)
        schur = np.dot(across, side.T)
        for i in range(m):
            for j in range(m):
                y[i, j] -= schur[i, j]
        smallest = min(smallest, _invert_block(y))
        y = np.ascontiguousarray(y[:m, :m])
        below = np.dot(y, across)
        corner = np.dot(across.T, below)
        grown = np.empty((last, last))
        for i in range(done):
            for j in range(done):
                grown[i, j] = x[i, j] + corner[i, j]
        for i in range(m):
            for j in range(done):
                grown[done + i, j] = -below[i, j]
                grown[j, done + i] = -below[i, j]
            for j in range(m):
                grown[done + i, done + j] = y[i, j]
        x, done = grown, last
    for i in range(n):
        for j in range(n):
            a[i, j] = x[i, j]
    return smallest


@jit
def _pass_through(r, mesh, transfer, join, joined):
    """Put a resistance ``r`` in front of every line of a reduced network, in place.

    With the admittance matrix Y of the network, its lines are at ``P v``, P = (1 + r Y)^-1, so
    ``transfer`` (outputs, lines) becomes ``transfer P`` and Y becomes ``P Y`` = (1 - P) / r, a mesh
    of P / r. Outputs are joined by ``r transfer P transfer^T``. Returns the smallest pivot, >= 1.
    """
    n, m = mesh.shape[0], transfer.shape[0]
    sums = np.zeros(n)
    for k in range(m):
        for i in range(n):
            sums[i] += transfer[k, i]
    p = np.empty((n, n))
    for i in range(n):
        for k in range(i):
            joint = mesh[i, k]
            sums[i] += joint
            sums[k] += joint
            p[i, k] = -r * joint
            p[k, i] = -r * joint
    for i in range(n):
        p[i, i] = 1.0 + r * sums[i]
    smallest = invert(p)
    behind = np.dot(transfer, p)
    if join:
        product = np.dot(behind, transfer.T)
        for k in range(m):
            for i in range(k):
                joined[k, i] += r * product[k, i]
    transfer[:] = behind
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


@jit
def eliminate(g, weight, fall, passed, segment, ends, far, join, transfer, mesh, joined):
    """Reduce an array to the mesh of its terminals, from its far to its near end.

    Parameters
    ----------
    g, weight, fall, passed
        (cols, rows) Per bit line, nearest to the sources first: cells [S], and as in
        :func:`_add_bit_line`; ``passed`` is the conductance from word line to sense nodes [S].
    segment, ends
        Resistance of a segment of word line, and of the one between source and first cell [ohm].
    far
        Conductance between a second source and the last cell of each word line [S]; 0 for none.
    join
        Whether to work out ``joined``.
    transfer
        (outputs, rows) Filled with the conductances from the sources to the outputs: the second
        sources, if there are any, then the bit lines from the farthest to the nearest [S].
    mesh
        (rows, rows) Zeros; its lower triangle becomes the mesh of the sources [S].
    joined
        (outputs, outputs) Zeros; its lower triangle becomes the mesh of the outputs [S].

    Returns
    -------
    Smallest pivot: at least 1 but for rounding.
    """
    cols, rows = g.shape
    count = 0
    if far > 0.0:
        for i in range(rows):
            transfer[i, i] = far
        count = rows
    smallest = np.inf
    for j in range(cols - 1, -1, -1):
        if segment > 0.0 and count > 0 and j < cols - 1:
            low = _pass_through(segment, mesh, transfer[:count], join, joined)
            smallest = min(smallest, low)
        for i in range(rows):
            transfer[count, i] = passed[j, i]
        count += 1
        _add_bit_line(g[j], weight[j], fall[j], mesh)
    if ends > 0.0:
        smallest = min(smallest, _pass_through(ends, mesh, transfer, join, joined))
    return smallest
