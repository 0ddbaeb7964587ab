"""Rounding of offers to whole steps: no bias, no dependence between cells that share a word.

Every test fails by chance in fewer than one of a million runs.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from crossbar.kernels import offers

U32 = np.uint32
RARE = 1e-6
N = 2**22
KEYS = [(U32(k * 2654435761 % 2**32), U32(k * 40503 * 65537 % 2**32)) for k in range(1, 9)]


def steps_of(row: np.ndarray, key, *, factor=1.0, most=1e9, stochastic=True):
    """Whole steps of each offer ``row * factor``, the sum of their magnitudes, how many are cut."""
    steps = np.empty(row.size, np.float32)
    cut = offers.rounded(row, np.float32(factor), np.float32(most), stochastic, *key, steps)
    return steps, *cut


@pytest.mark.parametrize(
    "o",
    [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 0.3, 0.5, 0.9, 0.999, 1.5, 2.7, 13.25, 100.3, 999.7],
)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_stochastic_rounding_has_the_mean_of_the_offers(o, sign):
    """33 million cells a case. Single precision: 2^-24 in the dither, and the spacing of o + 1."""
    row, total = np.full(N, sign * o, np.float32), 0.0
    for key in KEYS:
        steps, _, _ = steps_of(row, key)
        assert steps.min() >= np.floor(sign * o)
        assert steps.max() <= np.floor(sign * o) + 1
        total += steps.sum(dtype=float)
    part = o - np.floor(o)
    sigma = np.sqrt(part * (1 - part) / (N * len(KEYS)))
    fine = 2.0**-24 + np.spacing(np.float32(o + 1))
    assert abs(total / (N * len(KEYS)) - sign * o) < stats.norm.isf(RARE / 60) * sigma + fine


@pytest.mark.parametrize(
    ("o", "steps"),
    [(0.49, 0), (0.51, 1), (-0.49, 0), (-0.51, -1), (2.4, 2), (-2.6, -3), (1e-9, 0), (-1e-9, 0)],
)
def test_deterministic_rounding_is_to_nearest(o, steps):
    got, _, _ = steps_of(np.full(3, o, np.float32), KEYS[0], stochastic=False)
    np.testing.assert_array_equal(got, steps)


@pytest.mark.parametrize("o", [2e9, 2.0**31, 4e9, 1e30, 3e38])
@pytest.mark.parametrize("stochastic", [True, False])
def test_offers_beyond_32_bits_are_cut_on_their_own_side_and_counted(o, stochastic):
    row = np.array([o, -o, 0.0], np.float32)
    steps, total, cut = steps_of(row, KEYS[0], most=127, stochastic=stochastic)
    np.testing.assert_array_equal(steps, [127, -127, 0])
    assert (total, cut) == (254, 2)


def steps_where(o: np.float32, dither: Fraction, monkeypatch) -> float:
    """What ``o`` becomes where the dither of its magnitude is ``dither``, a sum of bits."""
    below, rest = divmod(dither * 2**23, 1)
    words = []
    for _ in range(8):
        digit, rest = divmod(rest * 2**32, 1)
        words.append(int(digit))
    with monkeypatch.context() as patch:
        patch.setattr(offers, "word", lambda k, *_: words[int(k)])
        patch.setattr(offers, "apart", lambda *_: (U32(0), U32(0)))
        patch.setattr(offers, "less", offers.less.py_func)
        top = int(below) if o < 0 else 2**23 - 1 - int(below)
        return float(offers.resolved.py_func(o, U32(top << 9), U32(0), U32(0), 0))


@pytest.mark.parametrize("o", [1.2e-38, 1e-30, 1e-12, 2e-8, 5e-8, 3e-7, 0.1, 0.3, 13.25, 100.3])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_mean_is_exact_down_to_the_smallest_normal_number(o, sign, monkeypatch):
    """The dither is uniform, so that the mean is the threshold: here to 2^-250, exactly."""
    o = np.float32(sign * o)
    low, part = divmod(abs(Fraction(float(o))), 1)
    below, above = part - Fraction(1, 2**250), part
    if below > 0:
        assert steps_where(o, below, monkeypatch) == sign * (low + 1)
    assert steps_where(o, above, monkeypatch) == sign * low


@pytest.mark.parametrize("share", [0.9, 0.419, 1e-3, 1e-5])
def test_further_words_are_below_a_share_as_often_as_it_says(share):
    """A million keys; Poisson or normal, false alarms 1e-6."""
    share, n = np.float32(share), 1_000_000
    hits = sum(offers.less(share, U32(k), U32(7 * k + 1)) for k in range(n))
    low, high = stats.binom.ppf([RARE / 8, 1 - RARE / 8], n, float(share))
    assert low <= hits <= high


def joint(first: float, second: float) -> np.ndarray:
    """How often the two cells of a word step: (2, 2), first cell down the rows."""
    row = np.repeat(np.float32([first, second]), N // 2)
    counts = np.zeros(4)
    for key in KEYS:
        steps, _, _ = steps_of(row, key)
        a, b = np.split(np.abs(steps).astype(np.int64), 2)
        counts += np.bincount(2 * a + b, minlength=4)
    return counts.reshape(2, 2)


OFFERS = [0.5, 0.1, 1e-3]


@pytest.mark.parametrize("first", OFFERS)
@pytest.mark.parametrize("second", [*OFFERS, -0.5, -1e-3])
def test_the_two_cells_of_a_word_are_rounded_independently(first, second):
    """Counts of none, one and both stepping over 17 million pairs; Poisson where they are few."""
    counts = joint(first, second)
    p, q = abs(first), abs(second)
    expected = counts.sum() * np.outer([1 - p, p], [1 - q, q])
    assert stats.chisquare(counts.ravel(), expected.ravel()).pvalue > RARE / 30
    low, high = stats.poisson.ppf([RARE / 60, 1 - RARE / 60], expected[1, 1])
    assert low <= counts[1, 1] <= high


def test_the_two_halves_of_a_word_are_uncorrelated_offers_or_not():
    """Uniform numbers of both cells, resolved to 2^-16: steps of offers of 2^16 times x."""
    x = np.random.default_rng(1).random(N, np.float32)
    steps, _, _ = steps_of(x, KEYS[0])
    rest = steps - x  # of mean zero for every x, whatever the word
    a, b = np.split(rest.astype(float), 2)
    limit = stats.norm.isf(RARE / 8) / np.sqrt(a.size)
    for left, right in [(a, b), (a**2, b**2), (a[1:], a[:-1]), (b[1:], a[:-1])]:
        assert abs(np.corrcoef(left, right)[0, 1]) < limit


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_a_key_fixes_the_rounding_and_keys_round_apart(size):
    row = np.full(size, 0.5, np.float32)
    draws = [np.concatenate([steps_of(row, key)[0] for key in KEYS]) for _ in range(2)]
    np.testing.assert_array_equal(*draws)
    many = np.stack([steps_of(row, (U32(k), U32(7 * k)))[0] for k in range(4096)])
    assert np.all(np.abs(many.mean(axis=0) - 0.5) < stats.norm.isf(RARE / (2 * size)) / 128)
