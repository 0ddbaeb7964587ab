"""What moves the metrics of a point: derivatives to every parameter, a tornado without runs."""

from __future__ import annotations

import math

from crossbar.intervals import student
from crossbar.runs.design.looks import Looks
from crossbar.runs.search.goal import Goal
from crossbar.runs.search.trial import Tried
from crossbar.runs.store.designed import PART, SettingEffect


def sensitivities(looks: Looks, run: Tried, goal: Goal) -> tuple[SettingEffect, ...]:
    """Return how every parameter moves the metrics of ``goal`` at the point ``run``.

    They are from one look at the models of each seed; none where models fail.
    """
    looked = looks.if_any(run, run.place)
    if looked is None:
        return ()
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
