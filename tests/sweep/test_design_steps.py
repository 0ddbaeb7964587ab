"""What steps of a design rest on: coordinates, quadratics through looks, and their least."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from designed import chip

from crossbar.errors import ConfigError
from crossbar.runs.design.coordinates import Coordinates
from crossbar.runs.design.subproblem import MARGIN, Problem
from crossbar.runs.design.surface import Seen, Surface
from crossbar.runs.search import AtLeast, Goal, Minimise
from crossbar.runs.search.space import Space, number
from crossbar.runs.sweep import Range
from crossbar.runs.sweep.targets import target
from crossbar.types import Doubles

SPACE = Space(target(chip), {"v": Range(0.1, 10, log=True), "t": Range(1, 3), "bits": [2, 4, 5, 9]})
RNG = np.random.default_rng(0)


def quadratic(n: int) -> tuple[float, Doubles, Doubles]:
    bend = RNG.standard_normal((n, n))
    return float(RNG.standard_normal()), RNG.standard_normal(n), bend + bend.T


def seen(share: Doubles, level: float, slope: Doubles, bend: Doubles) -> Seen:
    """Return a look at exp(quadratic)."""
    value = math.exp(level + slope @ share + 0.5 * share @ bend @ share)
    return Seen(share, value, value * (slope + bend @ share))


def test_a_surface_through_enough_looks_is_the_quadratic_itself() -> None:
    level, slope, bend = quadratic(3)
    looks = [seen(RNG.random(3), level, slope, bend) for _ in range(4)]
    surface = Surface.through(looks, 1)
    np.testing.assert_allclose(surface.bend, bend, rtol=1e-9)
    share = RNG.random(3)
    there = seen(share, level, slope, bend)
    assert surface.metric(surface(share)) == pytest.approx(there.value, rel=1e-9)
    np.testing.assert_allclose(surface.gradient(share), there.slope / there.value, rtol=1e-9)


def test_a_surface_through_one_look_is_a_plane_and_through_two_agrees_with_both() -> None:
    level, slope, bend = quadratic(3)
    first, second = (seen(RNG.random(3), level, slope, bend) for _ in range(2))
    assert not Surface.through([first], 0).bend.any()
    surface = Surface.through([first, second], 0)
    assert surface(second.share) == pytest.approx(math.log(second.value), rel=1e-9)
    np.testing.assert_allclose(surface.gradient(second.share), second.slope / second.value,
                               rtol=1e-9)  # fmt: skip
    assert np.linalg.norm(surface.bend) <= np.linalg.norm(bend)  # of all that agree, the least


def test_a_metric_that_may_be_negative_is_taken_as_it_is() -> None:
    looks = [Seen(np.array([x]), x - 0.5, np.array([1.0])) for x in (0.2, 0.9)]
    surface = Surface.through(looks, 0)
    assert (surface.log, surface.unit) == (False, 0.4)
    assert surface.metric(surface(np.array([0.6]))) == pytest.approx(0.1, rel=1e-9)


def test_stretches_are_derivatives_of_values_by_shares() -> None:
    coordinates, place = Coordinates(SPACE), (0.3, 0.8, 2.0)
    for k, axis in enumerate(SPACE.axes[:2]):
        ends = [number(axis.name, axis.value(place[k] + d)) for d in (1e-6, -1e-6)]
        slope = (ends[0] - ends[1]) / 2e-6
        assert coordinates.stretch(place)[k] == pytest.approx(slope, rel=1e-5)  # of 12 digits
    assert coordinates.stretch(place)[2] == pytest.approx((9 - 4) / 2 * 3)
    assert coordinates.place(coordinates.share(place)) == place
    with pytest.raises(ConfigError, match="t: expected numbers, which have derivatives"):
        Coordinates(Space(target(chip), {"v": [1.0], "t": ["a", "b"], "bits": [1]}))


def test_a_box_holds_values_of_lists_at_least_one_on_each_side() -> None:
    low, high = Coordinates(SPACE).box((0.9, 0.5, 1.0), 0.2)
    np.testing.assert_allclose(low, [0.7, 0.3, 0.0], atol=1e-8)
    np.testing.assert_allclose(high, [1.0, 0.7, 2 / 3], atol=1e-8)
    low, high = Coordinates(SPACE).box((0.5, 0.5, 2.0), 0.7)
    assert (low[2], high[2]) == (0.0, 1.0)


def surface(level: float, slope: list[float], bend: Doubles) -> Surface:
    return Surface(True, 1.0, np.zeros(len(slope)), level, np.array(slope), bend)


def test_the_least_on_a_ball_is_at_its_far_side() -> None:
    # accuracy = exp(-|x - c|^2 / 2) >= exp(-1/50): a ball of radius 0.2 around c.
    middle, slope = np.array([0.4, 0.5]), np.array([2.0, 1.0])
    ball = surface(-0.5 * float(middle @ middle), list(middle), -np.eye(2))
    goal = Goal(Minimise("energy"), (AtLeast("accuracy", math.exp(-0.02)),))
    problem = Problem(goal, surface(0.0, list(slope), np.zeros((2, 2))), [ball])
    inner = math.sqrt(2 * (0.02 - MARGIN))
    least = problem.least(np.array([0.9, 0.9]), np.zeros(2), np.ones(2), np.zeros(2))
    np.testing.assert_allclose(least, middle - inner * slope / np.linalg.norm(slope), atol=1e-4)
    assert problem.values(least)["accuracy"] > goal.constraints[0].bound


def test_whole_values_are_as_good_as_the_best_of_all() -> None:
    steps, goal = np.array([0.25, 0.0, 0.2]), Goal(Minimise("energy"), (AtLeast("accuracy", 1.0),))
    excess = []
    for _ in range(10):
        _, slope, bend = quadratic(3)
        cost = surface(0.0, list(slope), bend @ bend.T / 4)  # convex, as is the constraint
        held = surface(-0.1, list(RNG.random(3)), -np.eye(3) * 0.3)
        problem = Problem(goal, cost, [held])
        least = problem.least(np.full(3, 0.5), np.zeros(3), np.ones(3), steps)
        assert np.allclose(least[[0, 2]] / steps[[0, 2]], np.round(least[[0, 2]] / steps[[0, 2]]))
        every = itertools.product(
            np.linspace(0, 1, 5), np.linspace(0, 1, 101), np.linspace(0, 1, 6)
        )
        excess.append(problem.worth(least) - min(problem.worth(np.array(x)) for x in every))
    assert min(excess) > -0.05  # the grid has steps of 0.01
    assert sum(one < 1e-3 for one in excess) >= 8  # one after the other is not all together
