"""A point that models propose."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.runs.search.goal import Goal
from crossbar.runs.search.space import Place
from crossbar.types import Record


@dataclass(frozen=True)
class Proposed:
    """A point that models propose.

    Attributes
    ----------
    place
        Where it is.
    goal
        What it is best for.
    predicted
        The metrics of the goal by name, as models and the runs around say.
    gain
        Relative gain over the run that it starts from, that it predicts.
    """

    place: Place
    goal: Goal
    predicted: Record
    gain: float
