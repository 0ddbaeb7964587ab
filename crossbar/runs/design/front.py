"""What a constraint costs: the least objective for one bound after the other, by models."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from crossbar.errors import fail
from crossbar.runs.design.descent import MOST, Descent
from crossbar.runs.design.merit import promising
from crossbar.runs.design.proposed import Proposed
from crossbar.runs.search.goal import Constraint, Goal
from crossbar.runs.search.trial import Tried, ranked
from crossbar.runs.store.designed import KEPT, MODELLED, OTHER, FrontPoint
from crossbar.types import Record

LOOKS = 3  # further ones for each bound
MISSED = 1e-3  # relative miss of a bound, from which models do not reach it


def bounds_of(tried: Sequence[Tried], goal: Goal, count: int) -> list[float]:
    """Return ``count`` bounds, evenly from the worst to the best of points that none beats."""
    one, cost = bounded(goal), goal.objective
    pairs = [(cost.sign * t.mean(cost.name).mean, one.worse * t.mean(one.name).mean)
             for t in ranked(tried, goal)[0]]  # fmt: skip
    best = [
        b for a, b in pairs if not any(c <= a and d <= b and (c, d) != (a, b) for c, d in pairs)
    ]
    low, high = sorted(one.worse * b for b in (min(best), max(best)))
    return [float(b) for b in np.linspace(low, high, count)]


def front(
    descent: Descent, tried: Sequence[Tried], bounds: Sequence[float], show: Callable[[int], None]
) -> tuple[FrontPoint, ...]:
    """Return the least objective for each of ``bounds`` of the first constraint; nothing is run.

    For each, models of the run that is most promising under it are followed, as far as a step may
    go, and the best of all that was seen so, for whatever bound, is taken. Bounds that nothing
    keeps are omitted. ``show`` is called with how many bounds are done.

    Raises
    ------
    ConfigError
        If the goal has no constraint.
    """
    first, others = bounded(descent.goal), descent.goal.constraints[1:]
    objective = descent.goal.objective
    goals = [Goal(objective, (replace(first, bound=bound), *others)) for bound in bounds]
    steps: list[tuple[Proposed, Tried]] = []
    for k, goal in enumerate(goals):
        show(k)
        usable = promising(tried, goal)
        for run in itertools.islice(descent.looks.modelled(usable), 1):
            seen = descent.looks.known(run)
            steps.append((descent.ahead.step(run, usable, goal, MOST, seen, LOOKS), run))
    show(len(bounds))
    points = []
    for bound, goal in zip(bounds, goals, strict=True):
        kept = [one for one in steps if _keeps(one[0].predicted, goal)]
        if kept:
            step, run = min(kept, key=lambda one: objective.sign * one[0].predicted[objective.name])
            parameters = descent.space.point(step.place).parameters
            points.append(FrontPoint(bound, step.predicted, parameters, run.runs[0]))
    return tuple(points)


def _keeps(predicted: Record, goal: Goal) -> bool:
    """Return whether what is ``predicted`` keeps the constraints of ``goal``."""
    return all(one.miss(predicted[one.name]) <= MISSED * (abs(one.bound) or 1.0)
               for one in goal.constraints)  # fmt: skip


def bounded(goal: Goal) -> Constraint:
    """Return the first constraint of ``goal``, whose bound is moved, or raise if it has none."""
    if not goal.constraints:
        remedy = 'Add one: --subject-to "accuracy>=0.9".'
        fail("design, front", "a constraint, whose bound is moved", "none", remedy)
    return goal.constraints[0]


def traded(tried: Sequence[Tried], goal: Goal, points: Sequence[FrontPoint]) -> pd.DataFrame:
    """Return runs and what models predict as a table, a row a point.

    Columns are ``kind``, ``run``, objective and first constraint's metric by name, ``low`` and
    ``high`` of the latter, and the parameters.
    """
    one, cost, rows = goal.constraints[0].name, goal.objective.name, []
    for t in tried:
        mean, kind = t.mean(one), KEPT if t.met(goal) else OTHER
        rows.append({"kind": kind, "run": t.runs[0], cost: t.mean(cost).mean, one: mean.mean,
                     "low": mean.low, "high": mean.high, **t.parameters})  # fmt: skip
    for p in points:
        rows.append({"kind": MODELLED, "run": p.run, cost: p.predicted[cost], one: p.predicted[one],
                     "low": math.nan, "high": math.nan, **p.parameters})  # fmt: skip
    return pd.DataFrame(rows)
