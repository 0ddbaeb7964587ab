"""What a design notes in the store of its runs, and how points of it are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crossbar.intervals import Interval
from crossbar.types import Record

FACT = "design"  # name of it all in the store
KEPT, OTHER, MODELLED = "runs that keep all bounds", "other runs", "models"  # kinds of points
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


def largest_first(effects: Sequence[SettingEffect], metric: str) -> list[SettingEffect]:
    """Return the effects on ``metric``, the largest change first."""
    own = [one for one in effects if one.metric == metric]
    return sorted(own, key=lambda one: -abs(one.change.mean))


@dataclass(frozen=True)
class FrontPoint:
    """The least objective that models predict for one bound of the first constraint.

    Attributes
    ----------
    bound
        Of the constraint.
    predicted
        Metrics of the goal by name.
    parameters
        Value of every parameter, as the store would have it.
    run
        First run of the point whose chips say so.
    """

    bound: float
    predicted: Record
    parameters: Record
    run: int
