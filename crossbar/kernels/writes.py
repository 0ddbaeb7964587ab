"""Writes: how many pulses a change gives to each cell of an array."""

from __future__ import annotations

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import derived, f32, halves
from crossbar.kernels.offers import offers, rounded
from crossbar.types import Floats, Integers


@jit
def count(
    counts: Integers,
    x: Floats,
    d: Floats,
    per: float,
    starts: Integers,
    most: float,
    stochastic: bool,
    key: np.uint64,
) -> None:
    """Add the set and the reset pulses that a change gives to ``counts`` (2, cols, lines).

    Rounds the offers of :func:`crossbar.kernels.pulses.change_pulsed` once more, with the same
    ``key`` and so to the same pulses: the loop of every pulse pays nothing.
    """
    key0, key1 = halves(key)
    cols, rows = counts.shape[1], max(x.shape[1], d.shape[2])
    steps = np.empty(rows, np.float32)
    for j in range(cols):
        for s in range(x.shape[0]):
            row, factor = offers(x, d, s, j, per)
            if factor == 0:
                continue
            here0, here1 = derived(key0, key1, s * cols + j)
            pulses, _ = rounded(row, factor, f32(most), stochastic, here0, here1, steps)
            if pulses == 0:
                continue
            for p in range(starts.size - 1):
                a, b = starts[p], starts[p + 1]
                for i in range(a, b):
                    n = steps[a % rows + i - a]
                    counts[0 if n > 0 else 1, j, i] += abs(n)
