"""Compiled loops: the change of every cell of an array, one visit a cell.

Random numbers come from a counter-based generator, a hash of (key, counter), so that a result
depends on neither threads nor the order of the cells. Each kernel has a plain NumPy twin in
``tests/``. Compiled code is cached on disk beside the package (or in ``NUMBA_CACHE_DIR``).

A change reaches a kernel as an *offer*: the real number of pulses or code steps, of either sign,
that is asked of a cell. It is rounded to the whole number floor(o + u), with u uniform on [0, 1)
(stochastic rounding, mean exactly o) or u = 1/2 (deterministic rounding).

Offers of sample s to cell (i, j) are ``x[s, i % x.shape[1]] * d[s, i % d.shape[1], j]``: a rank-one
update has d of shape (n, 1, cols), a dense one x of ones, shape (n, 1), and d of shape
(n, rows, cols); copies of an array, stacked along the rows, all get the same offers.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np

from crossbar.types import Floats, Integers, Masks

u32 = np.uint32

jit = nb.njit(cache=True, fastmath={"contract", "nsz"})
inline = nb.njit(cache=True, inline="always")

# Offers are cut here before they become 32-bit integers; more than any cell takes at a time.
MOST = 1_000_000_000

# Positions in the array of totals that every kernel adds to.
PULSES, CHANGED, SATURATED, CONDUCTANCE = range(4)


@inline
def _mix(x):
    """Return a bijective mix of 32 bits (two multiply-xorshift rounds)."""
    x = u32(x ^ (x >> u32(16)))
    x = u32(x * u32(0x7FEB352D))
    x = u32(x ^ (x >> u32(15)))
    x = u32(x * u32(0x846CA68B))
    return u32(x ^ (x >> u32(16)))


@inline
def _bits(key0, key1, counter):
    """Return 32 random bits of ``counter`` under the 64-bit key ``(key0, key1)``.

    Streams that belong together must differ in key1: key0 alone puts the same bits in other order.
    """
    return _mix(u32(_mix(u32(counter ^ key0)) + key1))


@inline
def _normal(key0, key1, counter):
    """Return a standard normal number (Box-Muller; |z| < 6.7)."""
    a = (float(_bits(key0, key1, counter)) + 0.5) * 2.3283064365386963e-10
    b = float(_bits(key0, u32(~key1), counter)) * 2.3283064365386963e-10
    return math.sqrt(-2.0 * math.log(a)) * math.cos(6.283185307179586 * b)


@jit
def _live(d, values, columns):
    """Gather the nonzero entries of ``d`` with their columns and return how many there are."""
    count = 0
    for j in range(d.size):
        if d[j] != 0:
            values[count] = d[j]
            columns[count] = j
            count += 1
    return count


@inline
def _round(factor, values, columns, count, base, stochastic, key0, key1, steps):
    """Fill ``steps`` with the rounded offers of one row; return zero if all of them are."""
    busy = np.int32(0)
    for k in range(count):
        u = np.float32(0.5)
        if stochastic:
            # The middles of 2^23 intervals: offers of either sign are rounded alike.
            bits = _bits(key0, key1, u32(base + columns[k])) >> u32(9)
            u = (np.float32(np.int32(bits)) + np.float32(0.5)) * np.float32(2.0**-23)
        whole = np.floor(np.float32(factor * values[k]) + u)
        n = np.int32(min(max(whole, np.float32(-MOST)), np.float32(MOST)))
        steps[k] = n
        busy |= n
    return busy


@inline
def _row(x, d, s, i, cols, stochastic, key0, key1, live, values, columns, steps):
    """Fill ``steps`` with the offers of sample s to word line i; return (live, busy) counts.

    Copies of an array, stacked along the rows, share the rounding: their update is converted once.
    """
    if i == 0 or d.shape[1] > 1:
        live = _live(d[s, i % d.shape[1]], values, columns)
    factor = x[s, i % x.shape[1]]
    if factor == 0 or live == 0:
        return live, 0
    height = max(x.shape[1], d.shape[1])
    base = u32(u32(s * height + i % height) * u32(cols))
    if _round(factor, values, columns, live, base, stochastic, key0, key1, steps):
        return live, live
    return live, 0


@jit
def _interpolate(table, u):
    """Return the piecewise linear ``table`` over [0, 1] at ``u``."""
    last = table.size - 1
    position = min(max(u, 0.0), 1.0) * last
    k = min(int(position), last - 1)
    part = position - k
    return table[k] * (1.0 - part) + table[k + 1] * part


@jit
def _pulsed(g, n, low, high, scale, mean, spread, span, key0, key1, counter, totals):
    """Return the conductance after |n| pulses, set pulses if n > 0; noise is drawn pulse by pulse.

    A pulse never moves a cell against its direction, even one that drifted out of its bounds.
    """
    for p in range(abs(n)):
        totals[CONDUCTANCE] += g
        u = (g - low) / (high - low)
        step = _interpolate(mean, u)
        sd = _interpolate(spread, u)
        if sd > 0:
            step += sd * _normal(key0, u32(key1 + u32(0x9E3779B9) + _mix(u32(p))), counter)
        new = g + span * scale * step if n > 0 else g - span * scale * step
        bottom, top = (low, max(high, g)) if n > 0 else (min(low, g), high)
        if new > top or new < bottom:
            new = min(max(new, bottom), top)
            totals[SATURATED] += 1
        g = new
    return g


@inline
def _buffers(g):
    """Return room for the offers of one row: values, their columns and whole steps."""
    cols = g.shape[1]
    return np.empty(cols, g.dtype), np.empty(cols, np.uint32), np.empty(cols, np.int32)


@inline
def _follow(signed, row_total, col_total, i, j, sign, change):
    """Add the change of cell (i, j) to what the lines see."""
    signed[i, j] += sign * change
    row_total[i] += change
    col_total[j] += change


@jit
def change_pulsed(
    g: Floats,
    signed: Floats,
    row_total: Floats,
    col_total: Floats,
    free: Masks,
    low: Floats,
    high: Floats,
    scale_up: Floats,
    scale_down: Floats,
    x: Floats,
    d: Floats,
    sign: float,
    table: Floats,
    g_min: float,
    g_max: float,
    most: int,
    stochastic: bool,
    key: np.uint64,
    totals: Floats,
) -> None:
    """Apply whole numbers of set and reset pulses to cells of conductance ``g`` (rows, cols) [S].

    ``table`` (4, points) holds, over the normalised conductance, the mean and the standard
    deviation of the step of a set pulse and of a reset pulse, relative to ``g_max - g_min``.
    ``signed``, ``row_total`` and ``col_total`` follow every change; ``totals`` adds up pulses,
    changed cells, saturated changes and the conductance that each pulse met [S].
    """
    key0, key1 = u32(key & np.uint64(0xFFFFFFFF)), u32(key >> np.uint64(32))
    rows, cols = g.shape
    values, columns, steps = _buffers(g)
    live = 0
    for s in range(x.shape[0]):
        for i in range(rows):
            live, busy = _row(
                x, d, s, i, cols, stochastic, key0, key1, live, values, columns, steps
            )
            for k in range(busy):
                j = columns[k]
                n = min(max(steps[k], -most), most)
                if n == 0:
                    continue
                if n != steps[k]:
                    totals[SATURATED] += 1
                totals[PULSES] += abs(n)
                old = g[i, j]
                if not free[i, j]:
                    totals[CONDUCTANCE] += old * abs(n)
                    continue
                up = n > 0
                g[i, j] = _pulsed(
                    float(old), n, float(low[i, j]), float(high[i, j]),
                    scale_up[i, j] if up else scale_down[i, j],
                    table[0] if up else table[2], table[1] if up else table[3],
                    g_max - g_min, key0, key1, u32(u32(s * rows + i) * u32(cols) + j), totals,
                )  # fmt: skip
                change = g[i, j] - old
                if change != 0:
                    totals[CHANGED] += 1
                    _follow(signed, row_total, col_total, i, j, sign, change)


@jit
def _switched(code, branches):
    """Return the conductance of the branches that ``code`` switches on."""
    total = 0.0
    for b in range(branches.size):
        if (code >> b) & 1:
            total += branches[b]
    return total


@jit
def change_codes(
    code: Integers,
    g: Floats,
    signed: Floats,
    row_total: Floats,
    col_total: Floats,
    free: Masks,
    branches: Floats,
    x: Floats,
    d: Floats,
    sign: float,
    stochastic: bool,
    key: np.uint64,
    totals: Floats,
) -> None:
    """Move the ``code`` (rows, cols) of CMOS synapses by whole steps, saturating at their ends.

    ``branches`` (rows, cols, bits) [S] are the conductances of the binary-weighted branches;
    ``g``, ``signed``, ``row_total`` and ``col_total`` follow every change. ``totals`` adds up
    code steps, changed cells, saturated changes and the conductance that each step met [S]; a
    stuck cell takes no step.
    """
    key0, key1 = u32(key & np.uint64(0xFFFFFFFF)), u32(key >> np.uint64(32))
    rows, cols = g.shape
    top = (1 << branches.shape[2]) - 1
    values, columns, steps = _buffers(g)
    live = 0
    for s in range(x.shape[0]):
        for i in range(rows):
            live, busy = _row(
                x, d, s, i, cols, stochastic, key0, key1, live, values, columns, steps
            )
            for k in range(busy):
                j = columns[k]
                if steps[k] == 0 or not free[i, j]:
                    continue
                old = code[i, j]
                asked = old + steps[k]
                new = min(max(asked, 0), top)
                if new != asked:
                    totals[SATURATED] += 1
                if new == old:
                    continue
                totals[PULSES] += abs(new - old)
                totals[CONDUCTANCE] += g[i, j] * abs(new - old)
                totals[CHANGED] += 1
                code[i, j] = new
                was = g[i, j]
                g[i, j] = _switched(new, branches[i, j])
                _follow(signed, row_total, col_total, i, j, sign, g[i, j] - was)


@jit
def change_exactly(
    g: Floats,
    signed: Floats,
    row_total: Floats,
    col_total: Floats,
    free: Masks,
    x: Floats,
    d: Floats,
    sign: float,
    g_min: float,
    g_max: float,
    totals: Floats,
) -> None:
    """Add offers in siemens to ``g`` (rows, cols) [S] without rounding, within its range."""
    rows, cols = g.shape
    for s in range(x.shape[0]):
        for i in range(rows):
            factor = x[s, i % x.shape[1]]
            if factor == 0:
                continue
            row = d[s, i % d.shape[1]]
            moved = 0.0
            for j in range(cols):
                offer = factor * row[j]
                if offer == 0 or not free[i, j]:
                    continue
                old = g[i, j]
                new = old + offer
                if new < g_min or new > g_max:
                    new = min(max(new, g_min), g_max)
                    totals[SATURATED] += 1
                g[i, j] = new
                change = g[i, j] - old
                totals[CHANGED] += 1
                signed[i, j] += sign * change
                moved += change
                col_total[j] += change
            row_total[i] += moved
