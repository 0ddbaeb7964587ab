"""How good a run is: its relative cost, with what a miss of constraints weighs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from crossbar.runs.search.goal import Goal
from crossbar.runs.search.trial import Tried, ranked

MISSED = 10.0  # relative cost that a relative miss of 1 weighs in a gain; runs are noisy


def promising(tried: Sequence[Tried], goal: Goal) -> list[Tried]:
    """Return the points with a result, those first from which the best is likely nearest.

    A point that misses a bound by little may come before one that keeps it at great cost.
    """
    return sorted(ranked(tried, goal)[0], key=lambda run: merit(goal, metrics_of(run)))


def metrics_of(run: Tried) -> Callable[[str], float]:
    """Return what gives the mean of each metric of ``run``."""
    return lambda name: run.mean(name).mean


def merit(goal: Goal, metric: Callable[[str], float]) -> float:
    """Return relative cost, with what a miss of constraints weighs."""
    cost = metric(goal.objective.name)
    relative = goal.objective.sign * (math.log(cost) if cost > 0 else cost)
    misses = [one.miss(metric(one.name)) / (abs(one.bound) or 1.0) for one in goal.constraints]
    return relative + MISSED * max([0.0, *misses])
