"""How often intervals hold the truth: simulations, each with a seed of its own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr

from crossbar.intervals import independent, student, wilson

HELD = (0.93, 0.97)  # of 3 000 intervals: 95 +- 2 %; the simulation itself spreads by 0.4 %


def shares(groups: int, each: int, mean: float, alike: float, times: int) -> np.ndarray:
    """Return outcomes (times, groups * each) with the correlation ``alike`` within a group."""
    rng = np.random.default_rng([groups, each])
    scale = 1 / alike - 1
    p = rng.beta(mean * scale, (1 - mean) * scale, (times, groups))
    return rng.random((times, groups * each)) < np.repeat(p, each, axis=1)


@pytest.mark.parametrize(
    ("groups", "each", "alike"),
    [
        pytest.param(4, 16, 0.3, id="4 recordings"),
        pytest.param(6, 16, 0.3, id="6 recordings"),
        pytest.param(8, 16, 0.3, id="8 recordings"),
        pytest.param(10, 10, 0.11, id="10 trainings of 10 chips, design effect 2"),
        pytest.param(20, 5, 0.25, id="20 trainings of 5 chips, design effect 2"),
    ],
)
def test_a_share_of_grouped_trials_is_held(groups: int, each: int, alike: float) -> None:
    names, held, naive = np.repeat(np.arange(groups), each), [], []
    for right in shares(groups, each, 0.75, alike, 3000):
        found = wilson(right.mean(), independent(right, names))
        held.append(found.low <= 0.75 <= found.high)
        found = wilson(right.mean(), right.size)
        naive.append(found.low <= 0.75 <= found.high)
    assert HELD[0] <= np.mean(held) <= HELD[1]
    assert np.mean(naive) < 0.88  # as if all trials were independent


def resplit(pools: int, recordings: int, seeds: int) -> tuple[np.ndarray, float, float]:
    """Return accuracies (pools, seeds) of a linear classifier, test over training part, truth.

    Every seed splits the recordings of a pool again, 80/10/10 in each class. Two Gaussian classes;
    windows of a recording share a deviation. The truth is the accuracy on new recordings.
    """
    rng, windows, size = np.random.default_rng(0), 10, 10
    half, held_out = recordings // 2, recordings // 20
    mean = np.zeros(size)
    mean[0] = 1.0
    sides = np.array([-1.0, 1.0])[:, None, None]
    accuracy, truth = np.empty((pools, seeds)), []
    for k in range(pools):
        centres = sides * mean + rng.standard_normal((2, half, size))
        x = centres[:, :, None] + rng.standard_normal((2, half, windows, size))
        for j in range(seeds):
            order = np.argsort(rng.random((2, half)), axis=1)[:, :, None, None]
            shuffled = np.take_along_axis(x, order, axis=1)
            low, high = shuffled[:, 2 * held_out :].mean(axis=(1, 2))
            w, b = high - low, -(high + low) @ (high - low) / 2
            score = shuffled[:, :held_out] @ w + b
            accuracy[k, j] = 0.5 * ((score[0] < 0).mean() + (score[1] > 0).mean())
            spread = np.sqrt(2.0) * np.linalg.norm(w)
            truth.append(0.5 * (ndtr((mean @ w - b) / spread) + ndtr((mean @ w + b) / spread)))
    return accuracy, held_out / (half - 2 * held_out), float(np.mean(truth))


def test_seeds_that_split_one_pool_again_hold_the_accuracy_on_new_recordings() -> None:
    accuracy, ratio, truth = resplit(pools=3000, recordings=60, seeds=10)
    corrected, naive = {}, {}
    for n in (3, 5, 10):
        held = [student(row[:n].tolist(), resampling=ratio) for row in accuracy]
        corrected[n] = np.mean([i.low <= truth <= i.high for i in held])
        held = [student(row[:n].tolist()) for row in accuracy]
        naive[n] = np.mean([i.low <= truth <= i.high for i in held])
    assert all(HELD[0] <= share <= HELD[1] for share in corrected.values()), corrected
    assert naive[3] > naive[5] > naive[10]  # more seeds, more false certainty
    assert naive[10] < 0.86


def test_independent_seeds_are_held_by_student() -> None:
    values = np.random.default_rng(3).normal(0.8, 0.05, (3000, 4))
    held = [student(row.tolist()) for row in values]
    assert HELD[0] <= np.mean([i.low <= 0.8 <= i.high for i in held]) <= HELD[1]


@pytest.mark.parametrize("values", [[0.7, 0.9], [0.741, 0.658, 0.908], [0.5, 0.5, 0.6, 0.9]])
def test_student_is_that_of_scipy(values: list[float]) -> None:
    found = student(values)
    oracle = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    # Two ways to sum a handful of doubles.
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), rel=1e-10)


@pytest.mark.parametrize(("hits", "n"), [(0, 20), (13, 20), (20, 20), (540, 600)])
def test_wilson_is_that_of_scipy(hits: int, n: int) -> None:
    found = wilson(hits / n, n)
    oracle = stats.binomtest(hits, n).proportion_ci(0.95, "wilson")
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), abs=1e-12)


def test_windows_of_one_recording_that_agree_are_worth_one() -> None:
    rng = np.random.default_rng(0)
    right = np.repeat(rng.random(400) < 0.7, 10)
    # Whole recordings are right or wrong: 400 independent decisions, up to G/(G-1) and (z/t)^2.
    assert independent(right, np.repeat(np.arange(400), 10)) == pytest.approx(400, rel=0.01)


def test_independent_windows_are_worth_themselves() -> None:
    rng = np.random.default_rng(1)
    right = rng.random(20_000) < 0.7
    # The variance estimate from 2 000 groups has a relative deviation of sqrt(2/2000) = 3.2 %.
    worth = independent(right, np.repeat(np.arange(2_000), 10))
    assert worth == pytest.approx(20_000, rel=5 * 0.032)
    assert independent(right, None) == independent(right, np.arange(20_000)) == 20_000


def test_all_right_is_worth_the_number_of_recordings() -> None:
    assert independent(np.ones(30, bool), np.repeat(np.arange(3), 10)) == 3
    assert independent(np.ones(30, bool), np.zeros(30)) == 1


def test_equal_values_have_no_spread_and_one_value_no_interval() -> None:
    for value in (0.1, 0.7, 0.9, 2.006e-7):
        found = student([value] * 6)
        assert found.low == found.mean == found.high == value
    assert not student([0.8]).known
    assert not student([0.8]).within(0, 1).known
    assert student([0.4, 1.0]).within(0, 1).high == 1.0
