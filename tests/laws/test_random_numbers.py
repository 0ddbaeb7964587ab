"""Random numbers of the compiled loops: uniform words, independent streams, honest normals.

Every test fails by chance in fewer than one of a million runs (the keys are fixed, so a test that
passes goes on passing): a bound of one of m estimates is set at 1e-6 / m on both sides together.
"""

from __future__ import annotations

import numba as nb
import numpy as np
import pytest
from scipy import special, stats

from crossbar.kernels import draws

U32 = np.uint32
KEY = np.uint64(0x0123456789ABCDEF)
RARE = 1e-6


def sigmas(m: int = 1) -> float:
    """Standard deviations that the largest of ``m`` normal estimates exceeds in 1e-6 of runs."""
    return float(stats.norm.isf(RARE / (2 * m)))


@nb.njit
def fill_words(counter, key0, key1, out):
    for k in range(out.size):
        out[k] = draws.word(counter[k], key0[k], key1[k])


@nb.njit
def fill_derived(key0, key1, index, out0, out1):
    for k in range(index.size):
        out0[k], out1[k] = draws.derived(key0[k], key1[k], index[k])


@nb.njit
def fill_rows(key, first, out):
    key0, key1 = draws.halves(key)
    for k in range(out.shape[0]):
        row0, row1 = draws.derived(key0, key1, first + k)
        draws.normals(out[k], row0, row1)


def words(n: int, key0: int = 0x89ABCDEF, key1: int = 0x01234567) -> np.ndarray:
    out = np.empty(n, U32)
    fill_words(np.arange(n, dtype=U32), np.full(n, key0, U32), np.full(n, key1, U32), out)
    return out


def random_words(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2**32, n, dtype=U32)


def normals(n: int, key: int = KEY, dtype=np.float32) -> np.ndarray:
    out = np.empty(n, dtype)
    draws.fill_normals(out, np.uint64(key))
    return out


def bits(drawn: np.ndarray) -> np.ndarray:
    return np.unpackbits(drawn.view(np.uint8).reshape(-1, 4), axis=1, bitorder="little")


def assert_uncorrelated(rows: np.ndarray, others: np.ndarray | None = None) -> None:
    """Each row of ``rows`` (m, n) with every other, or with those of ``others``."""
    unit = [
        (r - r.mean(axis=1, keepdims=True)) / r.std(axis=1, keepdims=True)
        for r in (rows.astype(float), (rows if others is None else others).astype(float))
    ]
    r = unit[0] @ unit[1].T / rows.shape[1]
    if others is None:
        r = r[np.triu_indices(len(r), 1)]
    assert np.abs(r).max() < sigmas(r.size) / np.sqrt(rows.shape[1])


def assert_independent(rows: np.ndarray) -> None:
    """Values, squares and their mixture: pairs that share a variance show in the squares."""
    assert rows.shape[1] >= 2**14  # for the estimates to be nearly normal, those of squares too
    assert_uncorrelated(rows)
    assert_uncorrelated(rows**2)


@pytest.fixture(scope="module")
def z() -> np.ndarray:
    """Ten million normals of one key."""
    return normals(10_000_000).astype(float)


@pytest.mark.parametrize("key1", [0, 0x01234567])
def test_words_are_uniform_and_their_bits_balanced_and_uncorrelated(key1):
    n = 2**18
    drawn = words(n, key1=key1)
    assert np.unique(drawn).size == n  # a key permutes the counters
    each = bits(drawn)
    assert np.all(np.abs(each.mean(axis=0) - 0.5) < sigmas(32) * 0.5 / np.sqrt(n))
    columns = np.ascontiguousarray(each.T)
    assert_uncorrelated(columns)
    for lag in (1, 2, 1024):
        assert_uncorrelated(columns[:, lag:], columns[:, :-lag])
    for byte in drawn.view(np.uint8).reshape(-1, 4).T:
        assert stats.chisquare(np.bincount(byte, minlength=256)).pvalue > RARE / 4
    assert stats.kstest(drawn / 2.0**32, "uniform").pvalue > RARE


@pytest.mark.parametrize("shift", [0, 8, 16, 24])
@pytest.mark.parametrize("lag", [1, 2, 64])
def test_successive_words_fill_the_square_evenly(shift, lag):
    byte = (words(2**22) >> U32(shift)).astype(np.uint8).astype(np.int64)
    pairs = byte[:-lag] * 256 + byte[lag:]
    assert stats.chisquare(np.bincount(pairs, minlength=2**16)).pvalue > RARE / 12


def flips(words_of, *, at: int) -> np.ndarray:
    """Share of cases in which each output bit flips with each bit of argument ``at``, (32, 32)."""
    arguments = [random_words(2**16, seed) for seed in range(3)]
    before, share = words_of(*arguments), []
    for bit in range(32):
        changed = list(arguments)
        changed[at] = changed[at] ^ U32(1 << bit)
        share.append(bits(before ^ words_of(*changed)).mean(axis=0))
    return np.stack(share)


@pytest.mark.parametrize("at", [0, 1], ids=["counter", "first word of the key"])
def test_every_bit_of_a_counter_flips_half_of_the_bits_of_its_word(at):
    """Within 1 % (the largest bias of the hash is near 0.4 %) beside the error of 65 536 cases."""

    def words_of(*arguments):
        out = np.empty(arguments[0].size, U32)
        fill_words(*arguments, out)
        return out

    assert np.abs(flips(words_of, at=at) - 0.5).max() < 0.01 + sigmas(1024) * 0.5 / 2**8


@pytest.mark.parametrize("at", [0, 1, 2], ids=["first word", "second word", "index"])
def test_every_bit_of_a_key_and_of_an_index_flips_half_of_the_derived_second_word(at):
    """The second word is what tells streams apart: the first alone reorders the same words."""

    def words_of(*arguments):
        first, second = np.empty((2, arguments[0].size), U32)
        fill_derived(*arguments, first, second)
        return second

    assert np.abs(flips(words_of, at=at) - 0.5).max() < 0.01 + sigmas(1024) * 0.5 / 2**8


def test_normals_pass_kolmogorov_and_smirnov(z):
    assert stats.kstest(z, "norm").pvalue > RARE


def test_normals_have_gaussian_moments(z):
    """The k-th moment has the variance (2k-1)!! - (k-1)!!^2 (second term for even k), over n."""
    power = np.ones_like(z)
    for mean, variance in [(0, 1), (1, 2), (0, 15), (3, 96), (0, 945), (15, 10170)]:
        power *= z
        assert abs(power.mean() - mean) < 5 * np.sqrt(variance / z.size)  # 6e-7 each


@pytest.mark.parametrize("bound", [3.0, 4.0, 4.5, 5.0])
@pytest.mark.parametrize("side", [1.0, -1.0])
def test_tails_of_normals_are_those_of_a_gaussian(z, bound, side):
    """Poisson counts of each tail: 13 499, 317, 34 and 3 expected; 8 tails at 1e-6 / 8."""
    expected = z.size * stats.norm.sf(bound)
    count = np.count_nonzero(side * z > bound)
    low, high = stats.poisson.ppf([RARE / 16, 1 - RARE / 16], expected)
    assert low <= count <= high


@pytest.mark.parametrize("lag", [1, 2, 3, 16, 64, 1023, 1024, 1025, 2048])
@pytest.mark.parametrize("power", [1, 2])
def test_neighbouring_normals_and_members_of_a_pair_are_uncorrelated(z, lag, power):
    """1024 places lie between the members of a pair, 2048 in a chunk of one key."""
    a = z**power
    assert abs(np.corrcoef(a[lag:], a[:-lag])[0, 1]) < sigmas(36) / np.sqrt(z.size - lag)
    assert abs(np.corrcoef(a[lag:], z[:-lag] ** 2)[0, 1]) < sigmas(36) / np.sqrt(z.size - lag)


@pytest.mark.parametrize("lag", [0, 1, -1, 2, 64])
def test_radius_of_a_pair_and_angle_of_this_or_another_are_independent(z, lag):
    """They fill 64 x 64 classes of equal probability evenly."""
    whole = z[: z.size // 2048 * 2048].reshape(-1, 2, 1024)
    a, b = whole[:, 0].ravel(), whole[:, 1].ravel()
    radius = np.minimum(64 * np.exp(-0.5 * (a * a + b * b)), 63).astype(np.int64)
    angle = np.minimum(64 * (np.arctan2(b, a) / (2 * np.pi) + 0.5), 63).astype(np.int64)
    counts = np.bincount(np.roll(radius, lag) * 64 + angle, minlength=64**2)
    assert stats.chisquare(counts).pvalue > RARE / 5


@pytest.mark.parametrize("lag", [1, 2, 16, 64])
def test_neighbouring_normals_fill_the_square_evenly(z, lag):
    """Also where correlations vanish: 64 x 64 classes of equal probability."""
    level = np.minimum(64 * special.ndtr(z), 63).astype(np.int64)
    counts = np.bincount(level[lag:] * 64 + level[:-lag], minlength=64**2)
    assert stats.chisquare(counts).pvalue > RARE / 4


def test_normals_of_successive_keys_are_independent():
    assert_independent(np.stack([normals(2**15, key) for key in range(128)]))


def test_normals_of_keys_that_differ_in_one_bit_are_independent():
    keys = [int(KEY), *(int(KEY) ^ (1 << bit) for bit in range(64))]
    assert_independent(np.stack([normals(2**16, key) for key in keys]))


def test_normals_of_neighbouring_chunks_are_independent(z):
    """Chunk after chunk, eight chunks a row, so that a row is long enough."""
    assert_independent(z[: 2048 * 8 * 512].reshape(-1, 2048 * 8)[::2])
    assert_independent(np.concatenate(np.split(z[: 2048 * 4096].reshape(-1, 2048), 16), axis=1))


@pytest.mark.parametrize("first", [0, 1_000_000])
def test_rows_of_an_update_are_independent(first):
    """The key of bit line j in step s is derived at s cols + j."""
    rows = np.empty((256, 2**14), np.float32)
    fill_rows(KEY, first, rows)
    assert_independent(rows)
    cells = np.empty((2**16, 48), np.float32)
    fill_rows(KEY, first, cells)
    assert_independent(np.ascontiguousarray(cells.T))  # word lines, over the bit lines
    flat = cells.reshape(-1, 2**16)
    assert_independent(flat)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_key_fixes_every_normal_whatever_the_length(dtype):
    """All but the last chunk, whose halves are the pairs, so that they depend on its length."""
    long = normals(10_000, dtype=dtype)
    np.testing.assert_array_equal(normals(10_000, dtype=dtype), long)
    for n in (1, 2, 2047, 2048, 2049, 7001):
        short, same = normals(n, dtype=dtype), n // 2048 * 2048
        np.testing.assert_array_equal(short[:same], long[:same])
    assert np.mean(normals(10_000, int(KEY) + 1, dtype) == long) < 0.001
