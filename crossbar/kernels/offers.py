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

import numpy as np

from crossbar.kernels.compiling import inline, jit
from crossbar.kernels.draws import f32, u32, unit, word
from crossbar.types import Floats

# Positions in the array of totals that every kernel adds to.
PULSES, CHANGED, SATURATED, CONDUCTANCE = range(4)


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


@inline
def offers(x, d, s, j, per):
    """Return what one sample offers to one bit line: a row of numbers and their factor."""
    if x.shape[1] > 0:
        return x[s], f32(d[s, j, 0] * per)
    return d[s, j], f32(per)


@jit
def rounded(row, factor, most, stochastic, key0, key1, steps):
    """Fill ``steps`` with the whole numbers of ``row * factor``, cut to +-``most``.

    Return the sum of their magnitudes and how many were cut. Two cells share the bits of a word,
    turned by half of it for the second.
    """
    dither = f32(1) if stochastic else f32(0)
    rest = f32(0.5) - f32(0.5) * dither
    half = (row.size + 1) // 2
    row1, row2, steps1, steps2 = row[:half], row[half:], steps[:half], steps[half:]
    total, cut = f32(0), f32(0)
    for i in range(row2.size):
        bits = word(u32(i), key0, key1)
        turned = u32(u32(bits << u32(16)) | (bits >> u32(16)))
        a = np.floor(f32(row1[i]) * factor + (unit(bits) * dither + rest))
        b = np.floor(f32(row2[i]) * factor + (unit(turned) * dither + rest))
        m, n = min(max(a, -most), most), min(max(b, -most), most)
        total += abs(m) + abs(n)
        cut += (f32(1) if m != a else f32(0)) + (f32(1) if n != b else f32(0))
        steps1[i], steps2[i] = m, n
    if row.size % 2:
        i = half - 1
        a = np.floor(f32(row1[i]) * factor + (unit(word(u32(i), key0, key1)) * dither + rest))
        m = min(max(a, -most), most)
        total += abs(m)
        cut += f32(1) if m != a else f32(0)
        steps1[i] = m
    return total, cut


@jit
def follow(line, sign, change):
    """Add ``sign * change`` to ``line``."""
    for i in range(line.size):
        line[i] += sign * change[i]
