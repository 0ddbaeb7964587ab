"""Masks: which neurons dropout keeps."""

from __future__ import annotations

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import derived, halves, u32, word
from crossbar.types import Floats


@jit
def keep_exactly(kept: int, factor: float, key: np.uint64, out: Floats) -> None:
    """Fill each row of ``out`` (n, size) with ``factor`` at ``kept`` random places, else 0.

    The first steps of a Fisher-Yates shuffle; a place is off from even odds by size / 2^32.
    """
    key0, key1 = halves(key)
    order = np.empty(out.shape[1], np.intp)
    for s in range(out.shape[0]):
        here0, here1 = derived(key0, key1, s)
        for k in range(order.size):
            order[k] = k
            out[s, k] = 0
        for k in range(kept):
            left = np.uint64(order.size - k)
            at = k + np.intp((np.uint64(word(u32(k), here0, here1)) * left) >> np.uint64(32))
            order[k], order[at] = order[at], order[k]
            out[s, order[k]] = factor
