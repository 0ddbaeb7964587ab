"""Rounding of offers and the random numbers of the compiled loops: distributions, independence."""

from __future__ import annotations

import numba as nb
import numpy as np
import pytest
from scipy import stats

from crossbar.kernels import updates as kernels

U32 = np.uint32
KEY = np.uint64(0x0123456789ABCDEF)


def steps_of(offers: np.ndarray, *, stochastic: bool, key: np.uint64 = KEY) -> np.ndarray:
    """Whole code steps that 14-bit cells make for ``offers`` (rows, cols)."""
    shape = offers.shape
    code = np.full(shape, 8192, np.int16)
    g = np.zeros(shape)
    lines = [g, g.copy(), np.zeros(shape[0]), np.zeros(shape[1]), np.ones(shape, bool)]
    x, d, totals = np.ones((1, 1)), offers[None].copy(), np.zeros(4)
    branches = np.zeros((*shape, 14))
    kernels.change_codes(code, *lines, branches, x, d, 1.0, stochastic, key, totals)
    return code.astype(int) - 8192


@pytest.mark.parametrize("o", [1e-4, 0.3, -0.3, 0.5, -0.999, 2.7, -13.25, 100.125])
def test_stochastic_rounding_has_the_mean_of_the_offers(o):
    """5 sigma of a binomial over 16 keys of 65 536 cells: one false alarm in 1.7 million."""
    offers = np.full((256, 256), o)
    keys = [np.uint64(k * 0x9E3779B97F4A7C15 % 2**64) for k in range(1, 17)]
    steps = np.stack([steps_of(offers, stochastic=True, key=key) for key in keys])
    assert set(np.unique(steps)) <= {np.floor(o), np.floor(o) + 1}
    part = o - np.floor(o)
    sigma = np.sqrt(part * (1 - part) / steps.size)
    assert abs(steps.mean() - o) < 5 * sigma
    per_key = steps.mean(axis=(1, 2))
    assert np.all(np.abs(per_key - o) < 5 * 4 * sigma)


@pytest.mark.parametrize(
    ("o", "steps"),
    [(0.49, 0), (0.51, 1), (-0.49, 0), (-0.51, -1), (2.4, 2), (-2.6, -3), (1e-9, 0), (-1e-9, 0)],
)
def test_deterministic_rounding_is_to_nearest(o, steps):
    np.testing.assert_array_equal(steps_of(np.full((3, 3), o), stochastic=False), steps)


@pytest.mark.parametrize("o", [2e9, 2.0**31, 4e9, 1e30])
@pytest.mark.parametrize("stochastic", [True, False])
def test_offers_beyond_32_bits_saturate_on_their_own_side(o, stochastic):
    offers = np.array([[o, -o]])
    np.testing.assert_array_equal(steps_of(offers, stochastic=stochastic), [[8191, -8192]])


@nb.njit
def draw_bits(key0, key1, out):
    for c in range(out.size):
        out[c] = kernels._bits(key0, key1, np.uint32(c))


@nb.njit
def draw_normal(key0, key1, out):
    for c in range(out.size):
        out[c] = kernels._normal(key0, key1, np.uint32(c))


def random_bits(n: int, key0: int = 0x89ABCDEF, key1: int = 0x01234567) -> np.ndarray:
    out = np.empty(n, U32)
    draw_bits(U32(key0), U32(key1), out)
    return out


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_smallest_offers_of_either_sign_are_dropped_alike(sign):
    """2^-23 of all draws are at an end of [0, 1): none may turn a vanishing offer into a step."""
    top = random_bits(2**25) >> U32(9)
    extreme = np.flatnonzero((top == 0) | (top == 2**23 - 1))
    assert extreme.size > 1
    key0, key1 = U32(0x89ABCDEF), U32(0x01234567)
    steps, values = np.ones(1, np.int32), np.array([sign * 1e-9], np.float32)
    for counter in extreme:
        at = np.zeros(1, U32)
        base = U32(counter)
        kernels._round(np.float32(1), values, at, 1, base, True, key0, key1, steps)
        assert steps[0] == 0


def test_bits_are_uniform():
    drawn = random_bits(1_000_000)
    assert stats.kstest(drawn / 2.0**32, "uniform").pvalue > 1e-6
    ones = np.unpackbits(drawn.view(np.uint8).reshape(-1, 4), axis=1).mean(axis=0)
    assert np.all(np.abs(ones - 0.5) < 5.5 * 0.5 / 1000)  # 32 bits at 5.5 sigma: 1e-6


@pytest.mark.parametrize("other", [(0, 1), (1, 1), (0, 1 << 31), (0, 0x9E3779B9), (7, 12345)])
def test_neighbouring_keys_and_counters_are_uncorrelated(other):
    """6 sigma on each of a few correlations, of values and of squares: 1e-7 in all."""
    n = 1_000_000
    a = random_bits(n) / 2.0**32 - 0.5
    b = random_bits(n, 0x89ABCDEF ^ other[0], (0x01234567 + other[1]) % 2**32) / 2.0**32 - 0.5
    pairs = [(a, b), (a**2, b**2), (a[1:], b[:-1]), (a[1:], a[:-1]), (a[64:], a[:-64])]
    for left, right in pairs:
        assert abs(np.corrcoef(left, right)[0, 1]) < 6 / np.sqrt(n - 64)


def test_normal_numbers_have_gaussian_moments_tails_and_distribution():
    n = 10_000_000
    z = np.empty(n)
    draw_normal(U32(0x89ABCDEF), U32(0x01234567), z)
    # Variance of the k-th moment is (2k-1)!! - (k-1)!!^2 over n; 5 sigma each.
    for power, mean, variance in [(1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96), (6, 15, 10170)]:
        assert abs((z**power).mean() - mean) < 5 * np.sqrt(variance / n), power
    for bound in (3.0, 4.0, 5.0):
        expected = n * 2 * stats.norm.sf(bound)
        count = np.count_nonzero(np.abs(z) > bound)
        low, high = stats.poisson.ppf([1e-7, 1 - 1e-7], expected)
        assert low <= count <= high, bound
    assert stats.kstest(z, "norm").pvalue > 1e-6
    lagged = [np.corrcoef(z[k:] ** p, z[:-k] ** p)[0, 1] for k in (1, 2, 64) for p in (1, 2)]
    assert np.abs(lagged).max() < 6 / np.sqrt(n)
