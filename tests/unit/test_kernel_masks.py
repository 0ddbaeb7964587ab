"""Dropout keeps exactly the number asked for, any set of neurons as likely as any other."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import twins
from scipy import stats

from crossbar.kernels.masks import keep_exactly


def masks(n: int, size: int, kept: int, key: int = 3) -> np.ndarray:
    out = np.empty((n, size), np.float32)
    keep_exactly(kept, 2.0, np.uint64(key), out)
    return out


def test_each_row_keeps_the_number_asked_for():
    for size, kept in ((1, 1), (5, 1), (64, 32), (64, 64)):
        out = masks(200, size, kept)
        assert np.all((out == 0) | (out == 2))
        assert np.all((out > 0).sum(axis=1) == kept)


def test_every_set_is_equally_likely():
    """Chi-square over the 20 sets of three out of six; p > 1e-6."""
    rows = masks(40_000, 6, 3) > 0
    sets = {frozenset(c): k for k, c in enumerate(combinations(range(6), 3))}
    counts = np.bincount([sets[frozenset(np.flatnonzero(r))] for r in rows], minlength=20)
    assert stats.chisquare(counts).pvalue > 1e-6


def test_it_equals_its_twin():
    key = np.uint64(0x123456789ABCDEF)
    out = masks(5, 9, 4, int(key))
    for s, row in enumerate(out):
        here = twins.derived(twins.halves(key), s)
        order = list(range(9))
        kept = []
        for k in range(4):
            at = k + (int(twins.word(k, *here)[0]) * (9 - k) >> 32)
            order[k], order[at] = order[at], order[k]
            kept.append(order[k])
        np.testing.assert_array_equal(np.flatnonzero(row), sorted(kept))
