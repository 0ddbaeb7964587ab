"""The variance of results by cause: against closed forms, drawn tables and Student's interval."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy import stats

from crossbar.report.sweeps import components as module
from crossbar.report.sweeps.components import CHIP, DEVICE, REST, SEED, Components, components

Table = np.ndarray[Any, Any]
CAUSES = {"D": DEVICE, "S": SEED, "C": CHIP, "DS": REST, "E": REST}


def effects(d: int, s: int, c: int) -> dict[str, list[Table]]:
    """Every level of every effect as the table of results that it alone adds one to."""
    axes = {"D": (0,), "S": (1,), "C": (1, 2), "DS": (0, 1), "E": (0, 1, 2)}
    sizes, levels = (d, s, c), {}
    for name, along in axes.items():
        levels[name] = []
        for place in itertools.product(*(range(sizes[a]) for a in along)):
            one = np.zeros(sizes)
            index: list[Any] = [slice(None)] * 3
            for a, k in zip(along, place, strict=True):
                index[a] = k
            one[tuple(index)] = 1.0
            levels[name].append(one)
    return levels


@pytest.mark.parametrize("size", [(3, 4, 2), (5, 2, 3), (4, 3, 1), (4, 1, 3), (6, 1, 1)])
def test_mean_squares_expect_what_they_say(size: tuple[int, int, int]) -> None:
    """A mean square is y' Q y, so an effect of variance 1 adds the sum over its levels z of z' Q z.

    This is the expectation, exactly, with no random number.
    """
    rng = np.random.default_rng(0)
    terms = module._terms(rng.standard_normal(size))
    by_effect = {name: np.zeros(len(terms)) for name in CAUSES}
    for name, levels in effects(*size).items():
        for z in levels:
            by_effect[name] += [term.square for term in module._terms(z)]
    known = [next(n for n, cause in CAUSES.items() if cause == term.cause) for term in terms]
    if known[-1] == "DS":  # the last mean square holds the noise alone
        known[-1] = "E"
    for k, term in enumerate(terms):
        for name, factor in zip(known, term.expected, strict=True):
            assert by_effect[name][k] == pytest.approx(factor, abs=1e-9), (term.cause, name)


def drawn(rng: np.random.Generator, size: tuple[int, ...], sigma: dict[str, float]) -> Table:
    d, s, c = size
    shapes = {"D": (d, 1, 1), "S": (1, s, 1), "C": (1, s, c), "DS": (d, s, 1), "E": (d, s, c)}
    parts = [sigma[name] * rng.standard_normal(shape) for name, shape in shapes.items()]
    whole: Table = 0.9 + sum(parts)
    return whole


SIGMA = {"D": 0.02, "S": 0.01, "C": 0.015, "DS": 0.004, "E": 0.005}
TRUE = {DEVICE: SIGMA["D"] ** 2, SEED: SIGMA["S"] ** 2, CHIP: SIGMA["C"] ** 2,
        REST: SIGMA["DS"] ** 2 + SIGMA["E"] ** 2}  # fmt: skip
FALSE_ALARM = 1e-6


@pytest.fixture(scope="module")
def many() -> list[tuple[Components, float, float]]:
    """Tables of known variances; results of one more chip, and of the device of one more draw."""
    rng = np.random.default_rng(1)
    tries, module.TRIES = module.TRIES, 2000
    made = []
    for _ in range(400):
        one = float(drawn(rng, (1, 1, 1), SIGMA)[0, 0, 0])
        device = 0.9 + SIGMA["D"] * rng.standard_normal()
        made.append((components(drawn(rng, (10, 4, 2), SIGMA)), one, device))
    module.TRIES = tries
    return made


def test_estimates_are_unbiased(many: list[tuple[Components, float, float]]) -> None:
    bound = float(stats.norm.isf(FALSE_ALARM / 2))
    for cause, true in TRUE.items():
        seen = np.array([known.parts[cause].variance for known, _, _ in many])
        assert abs(seen.mean() - true) < bound * seen.std() / np.sqrt(len(seen)), cause


def test_intervals_hold_the_truth(many: list[tuple[Components, float, float]]) -> None:
    """At least 95 %: as many as 400 tries of 95 % have with a false alarm of 1e-6, or more."""
    least = stats.binom.ppf(FALSE_ALARM, len(many), 0.95)
    for cause, true in TRUE.items():
        held = sum(known.parts[cause].low <= true <= known.parts[cause].high for known, *_ in many)
        assert held >= least, cause
    assert sum(known.one.low <= one <= known.one.high for known, one, _ in many) >= least
    assert sum(known.mean.low <= dev <= known.mean.high for known, _, dev in many) >= least


def test_shares_add_up_and_need_a_variance() -> None:
    known = components(drawn(np.random.default_rng(2), (8, 3, 2), SIGMA))
    assert sum(part.share for part in known.parts.values()) == pytest.approx(1.0)
    still = components(np.full((3, 2, 2), 0.5))
    assert {part.share for part in still.parts.values()} == {0.0}
    assert (still.one.low, still.one.high) == (0.5, 0.5)
    assert not any(part.resolved for part in still.parts.values())


def test_draws_alone_have_the_prediction_interval_of_student() -> None:
    y = np.random.default_rng(3).standard_normal((9, 1, 1))
    known = components(y)
    half = stats.t.isf(0.025, 8) * y.std(ddof=1) * np.sqrt(1 + 1 / 9)
    assert known.one.mean == pytest.approx(y.mean())
    assert known.one.half == pytest.approx(half, rel=0.03)  # 2^15 random numbers
    assert [*known.parts] == [DEVICE]


def test_a_variance_below_zero_is_kept_and_not_resolved() -> None:
    y = np.array([[[0.0], [1.0]], [[1.0], [0.0]]])  # draws of equal means, all interplay
    known = components(y)
    assert known.parts[DEVICE].variance == pytest.approx(-0.5)
    assert known.parts[DEVICE].share == 0.0
    assert not known.parts[DEVICE].resolved
    assert known.parts[REST].share == 1.0


def test_seeds_that_split_one_pool_widen_the_intervals() -> None:
    y = drawn(np.random.default_rng(4), (6, 5, 1), SIGMA | {"S": 0.05})
    plain, corrected = components(y), components(y, resampling=0.25)
    assert corrected.mean.half > plain.mean.half
    assert corrected.parts == plain.parts
