"""Rare pulses: the cells that get some are drawn, and no others are visited.

Cell (i, j) is offered o = x_i d_j per pulses, and gets floor(|o|) of them and one more with the
probability of the fraction. Where a rank-one change gives few, its cells are found by a Poisson
process over all cells with the rate c |x_i| |d_j per|. A rate that is a product leads from a gap
between its points to the bit line, and from there to the word line: the cost is that of rows +
columns + points. A cell has points with the probability 1 - exp(-c |o|), and keeps a pulse with |o|
over that. It is at most 1 for c = -ln(1 - top) / top, with ``top`` the largest offer, up to a half.
Larger offers, which few cells have, are rounded one by one.

Source: Lewis and Shedler, Naval Res. Logistics 26:403, 1979 (thinning of a Poisson process).
"""

from __future__ import annotations

import math

import numpy as np

from crossbar.kernels.compiling import inline, jit
from crossbar.kernels.draws import apart, derived, f32, halves, u32, word
from crossbar.kernels.offers import less, resolved
from crossbar.kernels.tables import place
from crossbar.kernels.visits import EVERY, WHOLE
from crossbar.types import Floats, Integers

# Pulses are rare where bit lines with an offer have at least so many cells, and so many for each
# pulse that is expected: a visit takes little more than a call, and a pulse 130 to 250 of its cells
# (measured).
LEAST = 2**14
EACH = 512
ROUNDING = 1 + 2.0**-20  # above that of an offer in single precision


@jit
def _rare(row, column):
    """Return whether the offers ``row * column`` give few pulses to many cells."""
    down, across, live = f32(0), f32(0), f32(0)
    for i in range(row.size):
        down += f32(abs(row[i]))
    for j in range(column.size):
        size = f32(abs(column[j]))
        across += size
        live += f32(1) if size != f32(0) else f32(0)
    cells = row.size * float(live)
    return cells >= LEAST and EACH * float(down) * float(across) <= cells


@inline
def gap(k, key0, key1):
    """Return an exponential number of mean 1 made of words from ``k`` on, and the next of them."""
    scale, bits = 2.0**-32, word(u32(k), key0, key1)
    while bits == u32(0):  # small numbers have as many digits as large ones
        k += 1
        scale, bits = scale * 2.0**-32, word(u32(k), key0, key1)
    rest = (float(word(u32(k + 1), key0, key1)) + 0.5) * 2.0**-32
    return -math.log1p(-(float(bits) + rest) * scale), k + 2


@jit
def room(visits, count, more):
    """Return ``visits``, of which ``count`` are taken, with room for ``more``."""
    if count + more <= visits.shape[0]:
        return visits
    wider = np.empty((2 * count + more, 4), np.int32)
    for k in range(count):
        for field in range(4):
            wider[k, field] = visits[k, field]
    return wider


@jit
def _large(row, column, tops, stochastic, key0, key1, visits, count):
    """Add visits to the cells that get pulses of offers of a half or more."""
    (wide, high), many = tops, 0
    lines = np.empty(row.size, np.int64)
    for i in range(row.size):
        if abs(row[i]) * high >= 0.5:
            lines[many] = i
            many += 1
    for j in range(column.size):
        if abs(column[j]) * wide < 0.5:
            continue
        visits = room(visits, count, many)
        for i in lines[:many]:
            o, cell = f32(row[i] * column[j]), j * row.size + i
            if abs(o) < f32(0.5):
                continue
            pulses = f32(np.floor(o + f32(0.5)))
            if stochastic:
                pulses = resolved(o, word(u32(cell), key0, key1), key0, key1, cell)
            if pulses != f32(0):
                visits[count, 1], visits[count, 2], visits[count, 3] = j, i, int(pulses)
                count += 1
    return visits, count


@jit
def _small(row, column, top, key0, key1, visits, count):
    """Add visits to the cells that get a pulse of offers below a half, of up to ``top``."""
    ends = np.empty(row.size + 1)  # of the word lines in the sum of their numbers
    ends[0] = 0
    for i in range(row.size):
        ends[i + 1] = ends[i] + abs(row[i])
    gap0, gap1 = apart(key0, key1, 0)
    c = ROUNDING * -math.log1p(-top) / top
    at, k, j, last = 0.0, 0, 0, -1
    rate = c * abs(float(column[0]))
    start, end = 0.0, rate * ends[-1]
    while True:
        wait, k = gap(k, gap0, gap1)
        at += wait
        while at >= end:
            j += 1
            if j == column.size:
                return visits, count
            rate = c * abs(float(column[j]))
            start, end = end, end + rate * ends[-1]
        i = place(ends, (at - start) / rate)
        o, cell = f32(row[i] * column[j]), j * row.size + i
        if cell == last or o == f32(0) or abs(o) >= f32(0.5):
            continue
        last = cell
        points = -math.expm1(-rate * abs(row[i]))  # probability of any
        cell0, cell1 = derived(key0, key1, cell)
        if less(abs(o) / points, cell0, cell1):
            visits = room(visits, count, 1)
            visits[count, 1], visits[count, 2], visits[count, 3] = j, i, 1 if o > f32(0) else -1
            count += 1


@jit
def _drawn(row, column, stochastic, key0, key1, visits, count):
    """Add visits to the cells that get pulses of the offers ``row * column``."""
    wide, high = f32(0), f32(0)
    for i in range(row.size):
        wide = max(wide, f32(abs(row[i])))
    for j in range(column.size):
        high = max(high, f32(abs(column[j])))
    top, tops = float(wide) * float(high), (ROUNDING * wide, ROUNDING * high)
    if ROUNDING * top >= 0.5:
        visits, count = _large(row, column, tops, stochastic, key0, key1, visits, count)
    if stochastic and top > 0:
        visits, count = _small(row, column, min(top, 0.5), key0, key1, visits, count)
    return visits, count


@jit
def _numbers(x, d, s, per, row, column):
    """Fill ``row`` and ``column`` with the factors of the offers of a sample."""
    for i in range(row.size):
        row[i] = f32(x[s, i])
    for j in range(column.size):
        column[j] = f32(d[s, j, 0] * per)


def planned(x: Floats, d: Floats, per: float, stochastic: bool, key: np.uint64) -> Integers:
    """Return the visits that an offer takes, sample by sample."""
    if x.shape[1] * d.shape[1] < LEAST:  # or offers are given in full
        return EVERY
    return listed(x, d, per, stochastic, key, 0, len(x))


@jit
def listed(
    x: Floats, d: Floats, per: float, stochastic: bool, key: np.uint64, first: int, end: int
) -> Integers:
    """Return the visits of the samples from ``first`` to ``end``."""
    key0, key1 = halves(key)
    row, column = np.empty(x.shape[1], np.float32), np.empty(d.shape[1], np.float32)
    few = np.empty(end, np.bool_)
    for s in range(first, end):
        _numbers(x, d, s, per, row, column)
        few[s] = _rare(row, column)
    visits, count = np.empty((column.size, 4), np.int32), 0
    while first < end:
        before, s = count, first + 1
        if few[first]:
            _numbers(x, d, first, per, row, column)
            here0, here1 = apart(key0, key1, first)
            visits, count = _drawn(row, column, stochastic, here0, here1, visits, count)
            for k in range(before, count):
                visits[k, 0] = first
            first = s
            continue
        while s < end and not few[s]:
            s += 1
        visits = room(visits, count, column.size * (s - first))
        for j in range(column.size):
            for k in range(first, s):
                visits[count] = k, j, WHOLE, 0
                count += 1
        first = s
    return visits[:count]
