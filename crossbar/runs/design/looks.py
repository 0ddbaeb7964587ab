"""What models say, at places of a space: metrics, and their derivatives to shares of ranges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from crossbar.errors import ConfigError, ConvergenceError, SimulationError, fail
from crossbar.runs.design.coordinates import Coordinates
from crossbar.runs.design.model import RunModel
from crossbar.runs.design.surface import Seen
from crossbar.runs.search.goal import Goal
from crossbar.runs.search.space import Place, Space, number
from crossbar.runs.search.trial import Tried
from crossbar.runs.sensitivity import Sensitivity
from crossbar.types import Doubles

T = TypeVar("T")


@dataclass(frozen=True)
class Looked:
    """What the models of one run say at one place.

    Attributes
    ----------
    place, share
        Where.
    values
        Value of every parameter by name, a number in its SI unit.
    seeds
        What the model of each seed says.
    stretch : (n,)
        d value / d share of every parameter.
    """

    place: Place
    share: Doubles
    values: dict[str, float]
    seeds: Sequence[Sensitivity]
    stretch: Doubles

    def of(self, name: str) -> Seen:
        """Return the mean over the seeds of metric or parameter ``name``, and its derivatives.

        Raises
        ------
        ConfigError
            If the models do not derive it.
        """
        names = list(self.values)
        if name in self.values:
            own = np.array([1.0 if one == name else 0.0 for one in names])
            return Seen(self.share, self.values[name], own * self.stretch)
        value = float(np.mean([_entry(one.values, name, name) for one in self.seeds]))
        slopes = [[_entry(_entry(one.by, name, name), by, f"{name}, by {by}") for by in names]
                  for one in self.seeds]  # fmt: skip
        return Seen(self.share, value, np.mean(slopes, axis=0) * self.stretch)


@dataclass
class Looks:
    """Looks at models, each taken once.

    Parameters
    ----------
    model
        What is looked at.
    space
        Its parameters.

    Attributes
    ----------
    refused
        Why there are no models at a place, by the place.
    """

    model: RunModel
    space: Space
    refused: dict[Place, str] = field(default_factory=dict)
    _kept: dict[tuple[tuple[int, ...], Place], Looked] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.coordinates = Coordinates(self.space)

    def at(self, run: Tried, place: Place) -> Looked:
        """Return what the models of ``run`` say at ``place``."""
        key = (run.runs, place)
        if key not in self._kept:
            self._kept[key] = self._look(run, place)
        return self._kept[key]

    def if_any(self, run: Tried, place: Place, *, keep: bool = True) -> Looked | None:
        """Return what :meth:`at` does, or None where no chip can have the settings of ``place``.

        The reason is in ``refused`` then, and nothing is looked at there again. What is not to
        ``keep`` leads no way through others.
        """
        if place in self.refused:
            return None
        try:
            return self.at(run, place) if keep else self._look(run, place)
        except (ConfigError, ConvergenceError, SimulationError) as error:
            self.refused[place] = str(error)
            return None

    def modelled(self, runs: Iterable[Tried]) -> Iterator[Tried]:
        """Yield those of ``runs`` that have models, at their own places."""
        return (run for run in runs if self.if_any(run, run.place) is not None)

    def _look(self, run: Tried, place: Place) -> Looked:
        """Return what the models of ``run`` say at ``place``, anew."""
        parameters = self.space.point(place).parameters
        changes = {name: parameters[name] for name in self.space.names}
        values = {name: number(name, value) for name, value in changes.items()}
        seeds = self.model.at(run, changes)
        share, stretch = self.coordinates.share(place), self.coordinates.stretch(place)
        return Looked(place, share, values, seeds, stretch)

    def known(self, run: Tried) -> list[Looked]:
        """Return all looks at models of ``run`` so far."""
        return [look for (runs, _), look in self._kept.items() if runs == run.runs]

    def require(self, goal: Goal) -> None:
        """Raise unless the models derive everything that ``goal`` asks, by every parameter.

        Raises
        ------
        ConfigError
            If a metric or a parameter has no derivative.
        """
        self.model.require(self.space)
        asked = {goal.objective.name: str(goal.objective)}
        asked |= {one.name: str(one) for one in goal.constraints}
        for name, where in asked.items():
            if name not in (*self.model.metrics, *self.space.names):
                known = f"a metric with derivatives: {', '.join(self.model.metrics)}"
                fail(where, known, name, "Bound one of these, or use crossbar search.")


def _entry(record: Mapping[str, T], name: str, what: str) -> T:
    """Return the entry ``name`` of what a model says, or raise."""
    if name not in record:
        fail("design", f"the derivative of {what}", "none", "Use crossbar search for it.")
    return record[name]
