"""Offers: the changes that are asked of the cells of an array, and their rounding.

A change reaches a kernel as an *offer*: the real number of pulses or code steps, of either sign,
that is asked of a cell. It is rounded to the whole number floor(o + u), with u uniform on (0, 1)
(stochastic rounding, mean exactly o) or u = 1/2 (deterministic rounding).

Arrays of cells are stored bit line by bit line: ``g[j, i]`` is the cell of bit line j and word line
i, so that a bit line without an offer (a dropped neuron) is never touched. Offers of sample s are
``x[s, i] * d[s, j, 0] * per`` (rank one, ``d`` of shape (n, cols, 1)), or ``d[s, j, i] * per``
(``x`` of shape (n, 0)). The lines fall into parts, ``starts[p]`` to ``starts[p + 1]``:
copies of an array, which all get the same whole numbers, or arrays of a layer that takes several.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from crossbar.kernels.compiling import inline, jit
from crossbar.kernels.draws import apart, as_word, f32, i32, u32, unit, word
from crossbar.types import Floats, Integers

# Positions in the array of totals that every kernel adds to.
PULSES, CHANGED, SATURATED, CONDUCTANCE = range(4)


class Offer(NamedTuple):
    """Changes that are asked of the cells."""

    x: Floats
    """(n, rows), or (n, 0) where ``d`` is given in full."""
    d: Floats
    """(n, cols, 1) or (n, cols, rows); the product is ``x[s, i] d[s, j, 0]`` or ``d[s, j, i]``."""
    per: float
    """Pulses, code steps or, of cells that take any change, siemens for a product of one."""
    sign: float
    """Factor with which a change of a conductance enters ``Sums.seen``."""


class Sums(NamedTuple):
    """What an array keeps of its cells, and a loop that moves them follows."""

    seen: Floats
    """(cols, lines) [S] what the lines see; (0, 0) where that is the conductances themselves."""
    row_total: Floats
    """(arrays across, lines) [S] sums of the conductances on every word line of an array."""
    col_total: Floats
    """(parts, cols) [S] sums of the conductances on every bit line of a part."""
    starts: Integers
    """(parts + 1,) first line of every part, and the number of lines."""
    width: int
    """Bit lines of one array."""


# Bits of the number beyond which the dither leaves an offer open: half of its interval, and the
# rounding of the sum.
EDGE = np.float32(0.5 - 2.0**-22).view(np.uint32)


@jit
def survey(x: Floats, d: Floats) -> tuple[bool, float]:
    """Return whether all offers are finite, and how many of a rank-one change are not zero."""
    offered = 0.0
    nothing = 0.0
    for s in range(x.shape[0]):
        live_x, live_d = 0, 0
        zero = d[s, 0, 0] * 0
        for i in range(x.shape[1]):
            zero += x[s, i] * 0
            live_x += x[s, i] != 0
        for j in range(d.shape[1]):
            for i in range(d.shape[2]):
                zero += d[s, j, i] * 0
                live_d += d[s, j, i] != 0
        nothing += zero
        offered += float(live_x) * float(live_d)
    return nothing == 0, offered


@jit
def count_update(
    counts: Floats,
    at: Integers,
    totals: Floats,
    multiplied: float,
    converted: float,
    offered: float,
) -> None:
    """Add an update to ``counts``, at the places ``at``.

    They are those of multiplications, conversions, weights with an offer, pulses, changed cells and
    changes that were cut. ``totals`` are those of the loops.
    """
    counts[at[0]] += multiplied
    counts[at[1]] += converted
    counts[at[2]] += offered
    counts[at[3]] += totals[PULSES]
    counts[at[4]] += totals[CHANGED]
    counts[at[5]] += totals[SATURATED]


@inline
def offers(x, d, s, j, per):
    """Return what one sample offers to one bit line: a row of numbers and their factor."""
    if x.shape[1] > 0:
        return x[s], f32(d[s, j, 0] * per)
    return d[s, j], f32(per)


@inline
def _turned(bits):
    """Return ``bits`` turned by half a word."""
    return u32(u32(bits << u32(16)) | (bits >> u32(16)))


@inline
def _edge(o, whole):
    """Return the bits of how far ``o`` is off the middle between ``whole`` and the next number."""
    word: np.uint32 = as_word(f32(abs(o - whole - f32(0.5))))  # sorted as the numbers
    return word


@jit
def less(share, key0, key1):
    """Return true with the probability ``share``, of any size: a uniform number is below it."""
    rest, k = np.float64(share), u32(0)
    while rest > 0:
        rest *= 2.0**32
        here, drawn = math.floor(rest), np.float64(word(k, key0, key1))
        if drawn != here:
            return drawn < here
        rest -= here
        k = u32(k + u32(1))
    return False


@jit
def resolved(o, bits, key0, key1, cell):
    """Return ``o`` rounded with a dither in the interval ``bits``, exact in the mean.

    |o| is rounded up where the dither is below its fraction. The fraction ends in one of the 2^23
    intervals, in which further words decide, those of ``cell``.
    """
    size = f32(abs(o))
    low = f32(np.floor(size))
    k = f32(i32(bits >> u32(9)))
    below = k if o < f32(0) else f32(2**23 - 1) - k
    share = (size - low) * f32(2**23) - below
    up = share >= 1
    if 0 < share < 1:
        fine0, fine1 = apart(key0, key1, cell)
        up = less(share, fine0, fine1)
    return f32(math.copysign(low + f32(1) if up else low, o))


@jit
def _resolve(row, factor, most, key0, key1, steps):
    """Round again what the intervals of the dither leave open; return as :func:`rounded` does."""
    half = (row.size + 1) // 2
    total, cut = f32(0), f32(0)
    for c in range(row.size):
        o, bits = f32(row[c]) * factor, word(u32(c % half), key0, key1)
        a = resolved(o, bits if c < half else _turned(bits), key0, key1, c)
        steps[c] = min(max(a, -most), most)
        total += abs(steps[c])
        cut += f32(1) if steps[c] != a else f32(0)
    return total, cut


@jit
def rounded(row, factor, most, stochastic, key0, key1, steps):
    """Fill ``steps`` with the whole numbers of ``row * factor``, cut to +-``most``.

    Return the sum of their magnitudes and how many were cut. Two cells share the bits of a word,
    turned by half of it for the second. The dither is the middle of one of 2^23 intervals; where
    the rest of the interval decides, which is rare, all is done again with as many bits as it
    takes.
    """
    dither = f32(1) if stochastic else f32(0)
    rest = f32(0.5) - f32(0.5) * dither
    half = (row.size + 1) // 2
    row1, row2, steps1, steps2 = row[:half], row[half:], steps[:half], steps[half:]
    total, cut, edge = f32(0), f32(0), u32(0)
    for i in range(row2.size):
        bits = word(u32(i), key0, key1)
        s = f32(row1[i]) * factor + (unit(bits) * dither + rest)
        t = f32(row2[i]) * factor + (unit(_turned(bits)) * dither + rest)
        a, b = f32(np.floor(s)), f32(np.floor(t))
        edge = max(edge, max(_edge(s, a), _edge(t, b)))
        m, n = min(max(a, -most), most), min(max(b, -most), most)
        total += abs(m) + abs(n)
        cut += (f32(1) if m != a else f32(0)) + (f32(1) if n != b else f32(0))
        steps1[i], steps2[i] = m, n
    if row.size % 2:
        i = half - 1
        s = f32(row1[i]) * factor + (unit(word(u32(i), key0, key1)) * dither + rest)
        a = f32(np.floor(s))
        edge = max(edge, _edge(s, a))
        m = min(max(a, -most), most)
        total += abs(m)
        cut += f32(1) if m != a else f32(0)
        steps1[i] = m
    if stochastic and edge > EDGE:
        total, cut = _resolve(row, factor, most, key0, key1, steps)
    return total, cut


@jit
def follow(line, sign, change):
    """Add ``sign * change`` to ``line``."""
    for i in range(line.size):
        line[i] += sign * change[i]
