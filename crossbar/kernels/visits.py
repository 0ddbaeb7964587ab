"""Visits: where a change gives its pulses, bit line by bit line or cell by cell."""

from __future__ import annotations

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import derived, f32
from crossbar.kernels.offers import offers, rounded

# Visits of a change are rows (sample, bit line, word line, pulses), and then each cell gets these
# pulses; or ``WHOLE`` stands in place of a word line, and offers to all of its cells are rounded.
WHOLE = -1
EVERY = np.empty((0, 0), np.int32)
"""Visits to all cells of all bit lines by all samples, which need no list."""


@jit
def count_visits(visits, x, d):
    """Return how many visits an offer takes."""
    return visits.shape[0] if visits.shape[1] else d.shape[1] * x.shape[0]


@jit
def asked(visits, k, x, d, per, most, stochastic, key0, key1, steps):
    """Write the pulses of visit ``k`` into ``steps`` (rows,), cut to +-``most``.

    Return the bit line, the first and the end of the word lines, the key of the visit, the sum of
    the pulses and how many were cut.
    """
    samples, cols = x.shape[0], d.shape[1]
    s, j, i, pulses = k % samples, k // samples, WHOLE, 0
    if visits.shape[1]:
        s, j, i, pulses = visits[k, 0], visits[k, 1], visits[k, 2], visits[k, 3]
    here0, here1 = derived(key0, key1, s * cols + j)
    if i == WHOLE:
        row, factor = offers(x, d, s, j, per)
        total, cut = f32(0), f32(0)
        if factor != 0:
            total, cut = rounded(row, factor, most, stochastic, here0, here1, steps)
        return j, 0, steps.size, (here0, here1), total, cut
    steps[i] = min(max(f32(pulses), -most), most)
    cut = f32(1) if steps[i] != f32(pulses) else f32(0)
    return j, i, i + 1, derived(here0, here1, i), f32(abs(steps[i])), cut


@jit
def span(starts, p, rows, first, last):
    """Return the lines of part ``p`` from word line ``first`` to ``last`` of an array or copy."""
    copy = starts[p] - starts[p] % rows
    return max(starts[p], copy + first), min(starts[p + 1], copy + last)
