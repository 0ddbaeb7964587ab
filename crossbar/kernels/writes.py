"""Writes: how many pulses a change gives to each cell of an array."""

from __future__ import annotations

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import f32, halves
from crossbar.kernels.offers import Offer
from crossbar.kernels.visits import asked, count_visits, span
from crossbar.types import Integers


@jit
def whole(
    counts: Integers,
    offer: Offer,
    starts: Integers,
    visits: Integers,
    most: float,
    stochastic: bool,
    key: np.uint64,
) -> float:
    """Fill ``counts`` (cols, lines) with the pulses of ``visits``; return how many are cut.

    Rounds the offers of :func:`crossbar.kernels.pulses.change_pulsed` once more, with the same
    ``key`` and so to the same pulses, positive for set: the loop of every pulse pays nothing.
    """
    x, d, per, _ = offer
    key0, key1 = halves(key)
    rows, missed = max(x.shape[1], d.shape[2]), 0.0
    steps = np.empty(rows, np.float32)
    counts[...] = 0
    for k in range(count_visits(visits, x, d)):
        j, first, last, _, pulses, cut = asked(
            visits, k, x, d, per, f32(most), stochastic, key0, key1, steps
        )
        if pulses == 0:
            continue
        missed += cut * (counts.shape[1] // rows)
        for p in range(starts.size - 1):
            for i in range(*span(starts, p, rows, first, last)):
                counts[j, i] = steps[i % rows]
    return missed
