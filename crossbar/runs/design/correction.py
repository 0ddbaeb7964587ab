"""Surfaces through what models say, corrected by what runs have measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from crossbar.runs.design.looks import Looked
from crossbar.runs.design.subproblem import Problem
from crossbar.runs.design.surface import Seen, Surface
from crossbar.runs.search.goal import Goal
from crossbar.runs.search.trial import Tried
from crossbar.types import Doubles, Masks

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
        through, off, alike = _through(name, bound, around, looked, k)
        return through.shifted(float(np.average(off[alike], weights=weights[alike])))

    bounded = [surface(one.name, one.bound) for one in goal.constraints]
    return Problem(goal, surface(goal.objective.name, 1.0), bounded)


def scatter(goal: Goal, around: Sequence[Tried], looked: Sequence[Looked]) -> list[float]:
    """Return by how much runs differ from corrected models, for every constraint.

    That is a standard deviation, relative to the metric; 0 of a single run. Arguments are those of
    :func:`corrected`.
    """
    spreads = []
    for one in goal.constraints:
        _, off, alike = _through(one.name, one.bound, around, looked, 0)
        spreads.append(float(off[alike].std(ddof=1)) if alike.sum() > 1 else 0.0)
    return spreads


def relaxed(goal: Goal, spreads: Sequence[float], chance: float) -> Goal:
    """Return ``goal`` with bounds that runs may keep by chance, where models say they do not.

    Each is relaxed by ``chance`` times its relative spread.
    """
    bounds = (
        replace(one, bound=one.bound + one.worse * chance * spread * (abs(one.bound) or 1.0))
        for one, spread in zip(goal.constraints, spreads, strict=True)
    )
    return Goal(goal.objective, tuple(bounds))


def _through(
    name: str, bound: float, around: Sequence[Tried], looked: Sequence[Looked], k: int
) -> tuple[Surface, Doubles, Masks]:
    """Return the surface of a metric as models say, and what runs differ by, and which count."""
    measured = [one.mean(name).mean for one in around]
    raw = [one.of(name) for one in looked]
    through = Surface.through(raw, k, positive=min(bound, measured[0], raw[0].value) > 0)
    off = _off(through, measured, raw)
    return through, off, np.abs(off - off[0]) <= ALIKE  # not where there is no difference


def _off(surface: Surface, measured: Sequence[float], raw: Sequence[Seen]) -> Doubles:
    """Return by how much runs differ from models, relative; NaN where that has no logarithm."""
    return np.array([
        np.nan if surface.log and min(true, model.value) <= 0
        else surface.relative(true) - surface.relative(model.value)
        for true, model in zip(measured, raw, strict=False)
    ])  # fmt: skip
