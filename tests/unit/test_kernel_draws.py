"""Random numbers of the compiled loops equal their plain NumPy twins."""

from __future__ import annotations

import numba as nb
import numpy as np
import pytest
import twins

from crossbar.kernels import draws

U32 = np.uint32


@nb.njit
def compiled(counter, key0, key1, words, first, second, units):
    for k in range(counter.size):
        words[k] = draws.word(counter[k], key0[k], key1[k])
        first[k], second[k] = draws.derived(key0[k], key1[k], counter[k])
        units[k] = draws.unit(words[k])


def some_words(n: int, seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).integers(0, 2**32, n, dtype=U32)
    drawn[:4] = 0, 1, 2**31, 2**32 - 1
    return drawn


def test_words_keys_and_units_equal_their_twins_bit_for_bit():
    n = 1000
    counter, key0, key1 = (some_words(n, seed) for seed in range(3))
    words, first, second = np.empty((3, n), U32)
    units = np.empty(n, np.float32)
    compiled(counter, key0, key1, words, first, second, units)
    np.testing.assert_array_equal(words, twins.word(counter, key0, key1))
    np.testing.assert_array_equal(units, twins.unit(words))
    assert 0 < units.min() < units.max() < 1
    for k in range(50):
        own = twins.derived((key0[k : k + 1], key1[k : k + 1]), int(counter[k]))
        assert (first[k], second[k]) == own


def test_the_ends_of_the_unit_interval_are_never_reached():
    ends = np.array([0, 2**32 - 1], U32)
    units = twins.unit(ends)
    np.testing.assert_array_equal(units, np.float32([2.0**-24, 1 - 2.0**-24]))


@pytest.mark.parametrize("n", [1, 2, 3, 8, 1001, 2048])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_normals_equal_their_twin(n, dtype):
    """The sine is a polynomial good to 3e-6, which stands beside a radius of up to 6.7."""
    key0, key1 = twins.halves(twins.KEY)
    out = np.empty(n, dtype)
    draws.normals(out, key0[0], key1[0])
    np.testing.assert_allclose(out, twins.normals(n, (key0, key1)), rtol=1e-5, atol=3e-5)


@pytest.mark.parametrize("n", [1, 2047, 2048, 2049, 5000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_filled_normals_equal_their_twin(n, dtype):
    out = np.empty(n, dtype)
    draws.fill_normals(out, twins.KEY)
    np.testing.assert_allclose(out, twins.filled(n, twins.KEY), rtol=1e-5, atol=3e-5)


@nb.njit
def compiled_pairs(bits, turn, first, second):
    for k in range(bits.size):
        first[k], second[k] = draws.pair(bits[k], turn[k])


def test_pairs_equal_their_twin_from_the_middle_to_the_ends():
    """The largest is sqrt(-2 ln 2^-32) = 6.66; next to zero only the absolute error counts."""
    bits = np.concatenate([some_words(5000, 3), 2 ** np.arange(32, dtype=np.uint64).astype(U32)])
    turn = some_words(bits.size, 4)
    first, second = np.empty((2, bits.size), np.float32)
    compiled_pairs(bits, turn, first, second)
    for got, want in zip((first, second), twins.pair(bits, turn), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=3e-5)
    compiled_pairs(np.zeros(1, U32), np.zeros(1, U32), first[:1], second[:1])
    assert first[0] == pytest.approx(6.66, abs=0.005)
    # Radius and angle of exact quarter turns.
    quarter = np.array([0, 2**30, 2**31, 3 * 2**30], U32)
    compiled_pairs(np.full(4, 2**20, U32), quarter, first[:4], second[:4])
    np.testing.assert_allclose(first[:4] / first[0], [1, 0, -1, 0], atol=1e-5)
    np.testing.assert_allclose(second[:4] / first[0], [0, 1, 0, -1], atol=1e-5)
