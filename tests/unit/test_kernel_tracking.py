"""Cells followed through noisy reads: the loop, its plain twin, and exact densities."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from crossbar.kernels import tracking
from crossbar.kernels.tracking import LEAST, RARE, Lanes, Reads, evidence, predictions

U = np.linspace(0.0, 1.0, 257)
NONE = np.zeros_like(U)
SOFT = np.stack([2 * (1 - U), NONE, 2 * U, NONE])
FLAT = np.stack([NONE + 1, NONE, NONE + 1, NONE])


def lane(step: float, sigma: float, noise: float, low: float = -50.0, high: float = 50.0) -> Lanes:
    zero, each = np.zeros(1, np.int64), [np.array([x]) for x in (step, step, low, high, sigma)]
    return Lanes(zero, *each, np.array([noise**2]), zero)


def reads(values: np.ndarray, kinds: np.ndarray) -> Reads:
    return Reads(np.array([0, len(values)]), kinds.astype(np.int64), values)


def cut(
    mean: float, variance: float, low: float, high: float, seen: float = 0.0, noise: float = np.inf
) -> tuple[float, float, float]:
    """Density of a read, and moments after it, of a normal number cut to an interval.

    By their definition, as sums over points; without noise of a read, those before it.
    """
    sd = math.sqrt(variance)
    x = np.linspace(low, high, 200_001)
    weight = stats.norm.pdf(x, mean, sd) * (x[1] - x[0])
    weight[[0, -1]] *= 0.5
    weight[0] += stats.norm.cdf(low, mean, sd)
    weight[-1] += stats.norm.sf(high, mean, sd)
    if np.isfinite(noise):
        weight *= stats.norm.pdf(seen, x, noise)
    density = weight.sum()
    first = (weight * x).sum() / density
    return density, first, (weight * (x - first) ** 2).sum() / density


def plain(seen: Reads, one: Lanes, table: np.ndarray, rare: float) -> float:
    """The log-likelihood as the docstrings say it, read by read."""
    total, mean, variance = 0.0, 0.0, 0.0
    low, high, noise = float(one.low[0]), float(one.high[0]), float(one.noise[0])
    for value, kind in zip(seen.values, seen.kinds, strict=True):
        if kind == 0:
            mean, variance = value, noise
            continue
        row, size = (0, one.up[0]) if kind > 0 else (2, -one.down[0])
        at = min(max((mean - low) / (high - low), 0.0), 1.0)
        step, k = np.interp(at, U, table[row]), min(int(at * 256), 255)
        slope = (table[row, k + 1] - table[row, k]) * 256 / (high - low)
        own = (size * one.sigma[0]) ** 2 * (step**2 + slope**2 * variance)
        moved, wide = mean + size * step, (1 + size * slope) ** 2 * variance + own + LEAST
        density, near, left = cut(moved, wide, low, high, value, math.sqrt(noise))
        _, before, spread = cut(moved, wide, low, high)
        regular = (1 - rare) * density
        total += math.log(regular + rare)
        sure, other = regular / (regular + rare), 0.5 * rare / (regular + rare)
        parts = [(sure, near, left), (other, before, spread), (other, value, noise)]
        mean = sum(w * m for w, m, _ in parts)
        variance = sum(w * (v + (m - mean) ** 2) for w, m, v in parts)
    return total


def walk(rng: np.random.Generator, kinds: np.ndarray) -> np.ndarray:
    """Reads of a cell of soft bounds between 0 and 1, one of them wrong."""
    x, values = 0.1, []
    for kind in kinds:
        share = 0.1 * (1 + 0.3 * rng.standard_normal())
        x += 2 * share * (1 - x) if kind > 0 else -2 * share * x * (kind < 0)
        values.append(x + 0.02 * rng.standard_normal())
    values[5] += 0.4
    return np.array(values)


def test_the_loops_do_what_their_twin_does() -> None:
    kinds = np.array([0, *12 * [1], 0, *12 * [-1]])
    seen = reads(walk(np.random.default_rng(0), kinds), kinds)
    one = lane(0.1, 0.3, 0.02, -0.01, 0.99)
    ahead, log, quick = np.full((1, 2, len(kinds)), np.inf), np.empty(1), np.empty(1)
    predictions(seen, one, SOFT[None], RARE, ahead, log)
    evidence(seen, one, SOFT[None], RARE, quick)
    assert log[0] == pytest.approx(plain(seen, one, SOFT, RARE), rel=1e-6)
    assert quick[0] == pytest.approx(log[0], abs=0.05)  # SURE: up to 1e-2 a read, here far less
    assert np.isinf(ahead[0, 1][kinds == 0]).all()


def test_a_constant_step_far_from_the_bounds_is_a_random_walk() -> None:
    """The reads after the first are jointly normal: x0 and noise are shared, steps add up."""
    rng, n, step, sigma, noise = np.random.default_rng(1), 30, 0.3, 0.5, 0.2
    states = np.cumsum(np.concatenate([[0.0], step * (1 + sigma * rng.standard_normal(n))]))
    values = states + noise * rng.standard_normal(n + 1)
    k = np.arange(1, n + 1)
    covariance = (sigma * step) ** 2 * np.minimum.outer(k, k) + noise**2 * (np.eye(n) + 1)
    exact = stats.multivariate_normal.logpdf(values[1:], values[0] + step * k, covariance)
    log, ahead = np.empty((2, 1)), np.empty((1, 2, n + 1))
    seen, one = reads(values, np.array([0, *n * [1]])), lane(step, sigma, noise)
    evidence(seen, one, FLAT[None], 1e-30, log[0])
    predictions(seen, one, FLAT[None], 1e-30, ahead, log[1])
    np.testing.assert_allclose(log, exact, rtol=1e-9)


@pytest.mark.parametrize("low", [-3.0, -0.5, 0.0, 0.7, 4.0])
def test_a_cut_normal_number_has_its_moments(low: float) -> None:
    mean, variance = tracking._above(0.0, 1.0, low)
    _, first, second = cut(0.0, 1.0, low, 12.0)
    assert mean == pytest.approx(first, abs=1e-6)
    assert variance == pytest.approx(second, abs=1e-6)


@pytest.mark.parametrize("value", [-1.5, 0.0, 0.4, 1.0, 1.6])
def test_a_read_near_a_bound_weighs_what_stands_there(value: float) -> None:
    exact = cut(0.7, 0.5, 0.0, 1.0, value, 0.3)
    np.testing.assert_allclose(tracking._read(0.7, 0.5, value, 0.09, 0.0, 1.0), exact, atol=1e-5)


def test_a_wrong_read_moves_a_cell_little_and_a_jump_is_followed() -> None:
    """After one read far off the cell is where it was; after several it is there."""
    n = 12
    for wrong, where in ((1, 0.0), (6, 5.0)):
        values = np.zeros(n)
        values[n - 6 : n - 6 + wrong] = 5.0
        ahead = np.full((1, 2, n), np.inf)
        seen, one = reads(values, np.array([0, *(n - 1) * [1]])), lane(1e-4, 1.0, 0.05)
        predictions(seen, one, FLAT[None], RARE, ahead, np.empty(1))
        assert ahead[0, 0, -1] == pytest.approx(where, abs=0.1)
