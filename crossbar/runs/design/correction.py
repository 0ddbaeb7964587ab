"""Surfaces through what models say, corrected by what runs have measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crossbar.runs.design.looks import Looked
from crossbar.runs.design.subproblem import Problem
from crossbar.runs.design.surface import Seen, Surface
from crossbar.runs.search.goal import Goal
from crossbar.runs.search.trial import Tried
from crossbar.types import Doubles

NEAR = 0.1  # share, up to which the distance of a run weighs little
ALIKE = 0.1  # difference of corrections, beyond which models of a run do not hold at another one


def corrected(goal: Goal, around: Sequence[Tried], looked: Sequence[Looked], k: int) -> Problem:
    """Return the problem on surfaces through ``looked[k]``.

    Each is shifted by the mean of what runs differ by from what models say there, weighted by
    1 / (0.1^2 + d^2)^2, with the distance d of a run from ``looked[k]`` in shares of the ranges.
    Runs where models are off by a tenth more than at the first one are left out.

    Parameters
    ----------
    goal
        What the problem is for.
    around
        The run whose models they are, then others.
    looked
        Looks at models, those at the runs first.
    k
        Where surfaces are exact.
    """
    apart = [one.share - looked[k].share for one in looked[: len(around)]]
    weights = np.array([1 / (NEAR**2 + float(d @ d)) ** 2 for d in apart])

    def surface(name: str, bound: float) -> Surface:
        measured = [one.mean(name).mean for one in around]
        raw = [one.of(name) for one in looked]
        through = Surface.through(raw, k, positive=min(bound, measured[0], raw[0].value) > 0)
        off = _off(through, measured, raw)
        alike = np.abs(off - off[0]) <= ALIKE  # not where there is no difference
        return through.shifted(float(np.average(off[alike], weights=weights[alike])))

    bounded = [surface(one.name, one.bound) for one in goal.constraints]
    return Problem(goal, surface(goal.objective.name, 1.0), bounded)


def _off(surface: Surface, measured: Sequence[float], raw: Sequence[Seen]) -> Doubles:
    """Return by how much runs differ from models, relative; NaN where that has no logarithm."""
    return np.array([
        np.nan if surface.log and min(true, model.value) <= 0
        else surface.relative(true) - surface.relative(model.value)
        for true, model in zip(measured, raw, strict=False)
    ])  # fmt: skip
