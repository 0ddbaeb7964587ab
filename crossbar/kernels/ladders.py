"""Compiled loops of the nodal solver: resistor ladders, and conjugate gradients on arrays of them.

The unknowns are voltage drops: d along the word lines and e along the bit lines, each from the
source or virtual ground of its line. A cell sees ``u - d - e``, with u its voltage at ideal wires,
and passes ``h - g (d + e)``, ``h = g u``. With T_w and T_b the Laplacians of the lines::

    (T_w + G) d + G e = h,    (T_b + G) e + G d = h

Each bracket is a ladder for every line, which :func:`_word_lines` and the two sweeps along the bit
lines solve in one pass to and fro by factors ``1 / (1 + r y)``, y the conductance that a node sees.
Nothing is subtracted, so a resistance of zero is no special case and weak wires cost no digits.
Conjugate gradients on ``(T_b + G) - G (T_w + G)^-1 G`` are preconditioned with ``T_b + G``.

Bit lines are independent, and contiguous in a row: loops over columns are vector code. Word lines
go through a panel of ``LANES`` of them, turned so that the lanes are contiguous.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.types import Floats

LANES = 16
ROUNDING = 1e-15  # of all cell currents, what no refinement can take away


@jit
def _factor_word_lines(g, r, near, far, pass_on, end):
    """Fill the factors (panels, cols, lanes) and resistances (panels, lanes) seen at the end."""
    rows, cols = g.shape
    panel = np.zeros((cols, LANES))
    y = np.empty(LANES)
    for b in range(pass_on.shape[0]):
        base = b * LANES
        n = min(LANES, rows - base)
        for k in range(n):
            y[k] = far[base + k]
            for j in range(cols):
                panel[j, k] = g[base + k, j]
        for k in range(n, LANES):
            y[k] = 1.0
        for j in range(cols - 1, -1, -1):
            for k in range(LANES):
                y[k] += panel[j, k]
                factor = 1.0 / (1.0 + r * y[k])
                pass_on[b, j, k] = factor
                if j > 0:
                    y[k] *= factor
        for k in range(LANES):
            end[b, k] = 1.0 / (near[base + k] + y[k]) if k < n else 0.0


@jit
def _factor_bit_lines(g, r, near, far, pass_on, end):
    """Fill the factors (rows, cols) and the resistances (cols,) seen at the near end."""
    rows, cols = g.shape
    y = far.copy()
    for i in range(rows):
        if i > 0:
            for j in range(cols):
                y[j] *= pass_on[i - 1, j]
        for j in range(cols):
            y[j] += g[i, j]
            pass_on[i, j] = 1.0 / (1.0 + r * y[j])
    for j in range(cols):
        end[j] = 1.0 / (near[j] + y[j])


@jit
def _word_lines(panel, pass_on, end, r):
    """Turn the currents into the nodes of a panel of word lines into their voltages, in place."""
    cols = panel.shape[0]
    for j in range(cols - 2, -1, -1):
        here, beyond, factor = panel[j], panel[j + 1], pass_on[j + 1]
        for k in range(LANES):
            here[k] += factor[k] * beyond[k]
    first = panel[0]
    for k in range(LANES):
        first[k] *= end[k]
    for j in range(1, cols):
        here, before, factor = panel[j], panel[j - 1], pass_on[j]
        for k in range(LANES):
            here[k] = factor[k] * (before[k] + r * here[k])


@jit
def _up_bit_lines(z, residual, g, pass_on, end, r):
    """Turn the currents gathered down each bit line into its voltages, in place.

    Returns sum(z residual) and sum(g abs(z)).
    """
    rows, cols = z.shape
    work, moved = np.zeros(cols), np.zeros(cols)
    below = z[rows - 1]
    for j in range(cols):
        below[j] *= end[j]
        work[j] = below[j] * residual[rows - 1, j]
        moved[j] = g[rows - 1, j] * abs(below[j])
    for i in range(rows - 2, -1, -1):
        here, below, factor, res, cells = z[i], z[i + 1], pass_on[i], residual[i], g[i]
        for j in range(cols):
            x = factor[j] * (below[j] + r * here[j])
            here[j] = x
            work[j] += x * res[j]
            moved[j] += cells[j] * abs(x)
    return work.sum(), moved.sum()


@jit
def _drops(g, h, e, r, pass_on, end, d, panel):
    """Write the drops along the word lines that belong to ``e``: d = (T_w + G)^-1 (h - G e)."""
    rows, cols = g.shape
    for b in range(pass_on.shape[0]):
        base = b * LANES
        n = min(LANES, rows - base)
        for k in range(n):
            cells, current, rise = g[base + k], h[base + k], e[base + k]
            for j in range(cols):
                panel[j, k] = current[j] - cells[j] * rise[j]
        _word_lines(panel, pass_on[b], end[b], r)
        for k in range(n):
            row = d[base + k]
            for j in range(cols):
                row[j] = panel[j, k]


@jit
def _rises(g, h, d, r, pass_on, end, e, z):
    """Replace ``e`` by (T_b + G)^-1 (h - G d) and write its change to ``z``.

    The bit lines are then balanced, and the word lines but for ``g z``: returns sum(g abs(z)).
    """
    rows, cols = g.shape
    for i in range(rows):
        cells, current, drop, here = g[i], h[i], d[i], z[i]
        for j in range(cols):
            here[j] = current[j] - cells[j] * drop[j]
        if i > 0:
            above, factor = z[i - 1], pass_on[i - 1]
            for j in range(cols):
                here[j] += factor[j] * above[j]
    below = z[rows - 1]
    for j in range(cols):
        below[j] *= end[j]
    for i in range(rows - 2, -1, -1):
        here, below, factor = z[i], z[i + 1], pass_on[i]
        for j in range(cols):
            here[j] = factor[j] * (below[j] + r * here[j])
    moved = np.zeros(cols)
    for i in range(rows):
        here, rise, cells = z[i], e[i], g[i]
        for j in range(cols):
            new = here[j]
            change = new - rise[j]
            rise[j] = new
            here[j] = change
            moved[j] += cells[j] * abs(change)
    return moved.sum()


@jit
def _returned(g, z, r, pass_on, end, residual, panel):
    """Write the residual of the bit lines after :func:`_rises`, G (T_w + G)^-1 G z."""
    rows, cols = g.shape
    for b in range(pass_on.shape[0]):
        base = b * LANES
        n = min(LANES, rows - base)
        for k in range(n):
            cells, change = g[base + k], z[base + k]
            for j in range(cols):
                panel[j, k] = cells[j] * change[j]
        _word_lines(panel, pass_on[b], end[b], r)
        for k in range(n):
            cells, res = g[base + k], residual[base + k]
            for j in range(cols):
                res[j] = cells[j] * panel[j, k]


@jit
def _direct(g, z, residual, beta, r, pass_on, end, p, q, panel):
    """Make the next direction p = z + beta p, and A p in the place of z; return p . A p.

    q = (T_b + G) p follows from the residuals, q = residual + beta q, at any resistance.
    """
    rows, cols = g.shape
    work = np.zeros(cols)
    for b in range(pass_on.shape[0]):
        base = b * LANES
        n = min(LANES, rows - base)
        for k in range(n):
            i = base + k
            cells, pi, qi, zi, ri = g[i], p[i], q[i], z[i], residual[i]
            for j in range(cols):
                pi[j] = zi[j] + beta * pi[j]
                qi[j] = ri[j] + beta * qi[j]
            for j in range(cols):
                panel[j, k] = cells[j] * pi[j]
        _word_lines(panel, pass_on[b], end[b], r)
        for k in range(n):
            i = base + k
            cells, pi, qi, zi = g[i], p[i], q[i], z[i]
            for j in range(cols):
                zi[j] = panel[j, k]
            for j in range(cols):
                x = qi[j] - cells[j] * zi[j]
                zi[j] = x
                work[j] += pi[j] * x
    return work.sum()


@jit
def _down_bit_lines(alpha, p, pass_on, e, residual, z):
    """Step e += alpha p, residual -= alpha z (A p), and gather it down each bit line in z."""
    rows, cols = p.shape
    for i in range(rows):
        pi, ei, ri, zi = p[i], e[i], residual[i], z[i]
        for j in range(cols):
            ei[j] += alpha * pi[j]
            x = ri[j] - alpha * zi[j]
            ri[j] = x
            zi[j] = x
        if i > 0:
            above, factor = z[i - 1], pass_on[i - 1]
            for j in range(cols):
                zi[j] += factor[j] * above[j]


@jit
def _sum_currents(g, h, d, e, bit, word):
    """Write the currents of the cells, summed along bit lines (cols,) and word lines (rows,).

    Returns the sum of the magnitudes at zero drops.
    """
    rows, cols = g.shape
    size = np.zeros(cols)
    bit[:] = 0.0
    for i in range(rows):
        cells, ideal, drop, rise = g[i], h[i], d[i], e[i]
        total = 0.0
        for j in range(cols):
            x = ideal[j] - cells[j] * (drop[j] + rise[j])
            bit[j] += x
            size[j] += abs(ideal[j])
            total += x
        word[i] = total
    return size.sum()


@jit
def _allowed(g, h, d, e, accuracy, ended, bit, word):
    """Return the error that is allowed: relative to the largest current of an ended bit line."""
    size = _sum_currents(g, h, d, e, bit, word)
    largest = 0.0
    for j in range(bit.size):
        if ended[j] > 0.0:
            largest = max(largest, abs(bit[j]))
    if largest == 0.0:
        for i in range(word.size):
            largest = max(largest, abs(word[i]))
    return accuracy * largest + ROUNDING * size


class Ladder(NamedTuple):
    """The word lines of an array, or its bit lines."""

    segment: float
    """Resistance of one segment of a line [ohm]."""
    near: Floats
    """(lines,) Conductances to the terminal from the first cell of a word line, or the last cell of
    a bit line [S]; infinite in an ideal line."""
    far: Floats
    """(lines,) Likewise from the other end; zero in an ideal line."""


class Solution(NamedTuple):
    """Where :func:`solve_lines` writes."""

    word_drops: Floats
    """(rows, cols) Drops along the word lines [V]."""
    bit_drops: Floats
    """(rows, cols) Drops along the bit lines [V]; the search starts from them."""
    sensed: Floats
    """(cols,) Currents of the bit lines [A]."""
    drawn: Floats
    """(rows,) Currents of the word lines [A]."""


@jit
def solve_lines(
    g: Floats,
    h: Floats,
    word: Ladder,
    bit: Ladder,
    accuracy: float,
    limit: int,
    solution: Solution,
) -> tuple[int, float, float]:
    """Solve for the drops of an array of linear cells.

    Parameters
    ----------
    g, h
        (rows, cols) Conductances of the cells [S]; their currents at zero drops [A].
    accuracy
        Error allowed in any current, relative to the largest current of a bit line.
    limit
        Largest number of iterations.

    Returns
    -------
    Number of iterations, bound of the sum of the errors of all currents [A], and what is allowed
    of it [A]. A current injected at a node divides among the terminals, so the currents are off by
    no more than the sum of the unbalanced currents of all nodes.
    """
    (r_word, word_near, word_far), (r_bit, bit_near, bit_far) = word, bit
    d, e, i_bit, i_word = solution
    rows, cols = g.shape
    panels = (rows + LANES - 1) // LANES
    pass_w, end_w = np.empty((panels, cols, LANES)), np.empty((panels, LANES))
    pass_b, end_b = np.empty((rows, cols)), np.empty(cols)
    _factor_word_lines(g, r_word, word_near, word_far, pass_w, end_w)
    _factor_bit_lines(g, r_bit, bit_near, bit_far, pass_b, end_b)
    panel = np.zeros((cols, LANES))
    z, residual = np.empty((rows, cols)), np.empty((rows, cols))
    p, q = np.empty((rows, cols)), np.empty((rows, cols))
    ended = bit_near + bit_far
    count = 0
    while True:
        _drops(g, h, e, r_word, pass_w, end_w, d, panel)
        bound = _rises(g, h, d, r_bit, pass_b, end_b, e, z)
        allowed = _allowed(g, h, d, e, accuracy, ended, i_bit, i_word)
        if not bound > allowed or count >= limit:
            return count, bound, allowed
        _returned(g, z, r_word, pass_w, end_w, residual, panel)
        p[:], q[:] = 0.0, 0.0
        _down_bit_lines(0.0, p, pass_b, e, residual, z)
        rz, left = _up_bit_lines(z, residual, g, pass_b, end_b, r_bit)
        beta = 0.0
        count += 1
        while left > 0.5 * allowed and count < limit:
            ps = _direct(g, z, residual, beta, r_word, pass_w, end_w, p, q, panel)
            _down_bit_lines(rz / ps, p, pass_b, e, residual, z)
            now, left = _up_bit_lines(z, residual, g, pass_b, end_b, r_bit)
            beta, rz = now / rz, now
            count += 1
