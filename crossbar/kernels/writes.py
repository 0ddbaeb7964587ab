"""Writes: how many pulses a change gives to each cell of an array."""

from __future__ import annotations

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import derived, f32, halves
from crossbar.kernels.offers import Offer, offers, rounded
from crossbar.types import Integers


@jit
def whole(
    counts: Integers,
    offer: Offer,
    starts: Integers,
    sample: int,
    most: float,
    stochastic: bool,
    key: np.uint64,
) -> float:
    """Fill ``counts`` (cols, lines) with the pulses that one sample gives; return how many are cut.

    Rounds the offers of :func:`crossbar.kernels.pulses.change_pulsed` once more, with the same
    ``key`` and so to the same pulses, positive for set: the loop of every pulse pays nothing.
    """
    x, d, per, _ = offer
    key0, key1 = halves(key)
    cols, rows, missed = counts.shape[0], max(x.shape[1], d.shape[2]), 0.0
    steps = np.empty(rows, np.float32)
    for j in range(cols):
        counts[j] = 0
        row, factor = offers(x, d, sample, j, per)
        if factor == 0:
            continue
        here0, here1 = derived(key0, key1, sample * cols + j)
        pulses, cut = rounded(row, factor, f32(most), stochastic, here0, here1, steps)
        if pulses == 0:
            continue
        missed += cut * (counts.shape[1] // rows)
        for p in range(starts.size - 1):
            a, b = starts[p], starts[p + 1]
            for i in range(a, b):
                counts[j, i] = steps[a % rows + i - a]
    return missed
