"""Offers and their rounding equal their plain NumPy twins."""

from __future__ import annotations

import numpy as np
import pytest
import twins

from crossbar.kernels import offers


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33, 1875])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("stochastic", [True, False])
@pytest.mark.parametrize("most", [3, 127])
def test_rounding_equals_its_twin_bit_for_bit(size, dtype, stochastic, most):
    rng = np.random.default_rng(size)
    row, factor = rng.integers(-128, 129, size) / 16.0, np.float32(0.75)
    key = twins.halves(twins.KEY)
    steps = np.empty(size, np.float32)
    total, cut = offers.rounded(
        row.astype(dtype), factor, np.float32(most), stochastic, key[0][0], key[1][0], steps
    )
    want, want_total, want_cut = twins.rounded(row, factor, most, stochastic, key)
    np.testing.assert_array_equal(steps, want)
    assert (total, cut) == (want_total, want_cut)


@pytest.mark.parametrize("o", [1e-30, -1e-30, 5e-8, -5e-8])
def test_where_the_dither_leaves_an_offer_open_further_words_decide(o):
    """Over 4 million cells, with dithers at either end: each step is that of the exact decision."""
    n, key, o = 2**22, (np.uint32(24), np.uint32(97)), np.float32(o)
    steps = np.empty(n, np.float32)
    row = np.full(n, o, np.float32)
    total, _ = offers.rounded(row, np.float32(1), np.float32(9), True, *key, steps)
    bits = twins.word(np.arange(n // 2, dtype=np.uint32), *key)
    bits = np.concatenate([bits, (bits << np.uint32(16)) | (bits >> np.uint32(16))])
    top = (bits >> np.uint32(9)).astype(np.int64)
    share = abs(float(o)) * 2**23 - (top if o < 0 else 2**23 - 1 - top)
    want = np.where(share >= 1, np.sign(o), np.float32(0))
    open_ = np.flatnonzero((share > 0) & (share < 1))
    for cell in open_:
        want[cell] = offers.resolved(o, bits[cell], *key, cell)
    assert open_.size
    np.testing.assert_array_equal(steps, want)
    assert total == np.abs(want).sum()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 5, 4), (2, 1, 7)])
def test_a_survey_counts_the_products_that_are_not_zero(shape, dtype):
    n, rows, cols = shape
    rng = np.random.default_rng(1)
    x = rng.integers(-1, 2, (n, rows)).astype(dtype)
    d = rng.integers(-1, 2, (n, cols, 1)).astype(dtype)
    finite, offered = offers.survey(x, d)
    assert finite
    assert offered == np.count_nonzero(x[:, :, None] * d.transpose(0, 2, 1))
    finite, offered = offers.survey(np.empty((n, 0), dtype), np.zeros((n, cols, rows), dtype))
    assert finite
    assert offered == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_survey_finds_what_is_not_finite(bad, dtype):
    x, d = np.ones((3, 6), dtype), np.ones((3, 4, 1), dtype)
    for array in (x, d):
        for at in (0, array.size - 1):
            kept, array.flat[at] = array.flat[at], bad
            assert not offers.survey(x, d)[0]
            array.flat[at] = kept
    assert offers.survey(x, d)[0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_lines_follow_a_change(dtype):
    line, moved = np.arange(5, dtype=dtype), np.array([1, 0, -2, 3, 0.5], dtype)
    offers.follow(line, dtype(-1), moved)
    np.testing.assert_array_equal(line, np.arange(5) - moved)
