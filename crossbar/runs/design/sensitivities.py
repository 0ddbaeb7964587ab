"""What moves the metrics of a point: derivatives to every parameter, a tornado without runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from crossbar.intervals import Interval, student
from crossbar.runs.design.looks import Looks
from crossbar.runs.search.goal import Goal
from crossbar.runs.search.trial import Tried

PART = 0.1  # of the value of a parameter, over which a change is given


@dataclass(frozen=True)
class SettingEffect:
    """How one parameter moves one metric.

    Attributes
    ----------
    metric, parameter
        Names.
    value, step
        Of the parameter: where it stands, and over how much ``change`` is: a tenth of the value,
        or 1 of a whole number.
    whole
        Whether the parameter is a whole number.
    kind
        How the derivative is taken: ``exact``, ``straight-through`` or ``difference``.
    relative
        d ln metric / d ln parameter, mean over the seeds; NaN where one of them is 0.
    change
        Of the metric by ``step``, to first order, with its interval over the seeds.
    """

    metric: str
    parameter: str
    value: float
    step: float
    whole: bool
    kind: str
    relative: float
    change: Interval


def sensitivities(looks: Looks, run: Tried, goal: Goal) -> tuple[SettingEffect, ...]:
    """Return how every parameter moves the metrics of ``goal`` at the point ``run``.

    They are from one look at the models of each seed.
    """
    looked = looks.at(run, run.place)
    names = dict.fromkeys((goal.objective.name, *(one.name for one in goal.constraints)))
    effects = []
    for metric in (name for name in names if name not in looked.values):
        for axis in looks.space.axes:
            value = looked.values[axis.name]
            whole = axis.whole
            step = 1.0 if whole else PART * abs(value)
            slopes = [seed.by[metric][axis.name] for seed in looked.seeds]
            ratios = [slope * value / seed.values[metric] if seed.values[metric] else math.nan
                      for slope, seed in zip(slopes, looked.seeds, strict=True)]  # fmt: skip
            relative = math.fsum(ratios) / len(ratios) if value else math.nan
            change = student([step * slope for slope in slopes], resampling=run.resampling)
            kind = looked.seeds[0].kinds[axis.name]
            effects.append(
                SettingEffect(metric, axis.name, value, step, whole, kind, relative, change)
            )
    return tuple(effects)


def largest_first(effects: Sequence[SettingEffect], metric: str) -> list[SettingEffect]:
    """Return the effects on ``metric``, the largest change first."""
    own = [one for one in effects if one.metric == metric]
    return sorted(own, key=lambda one: -abs(one.change.mean))
