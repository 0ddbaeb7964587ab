"""Points that a search has tried: their means over the seeds, how sure they are, the best."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crossbar.intervals import Interval, student
from crossbar.runs.metrics import units
from crossbar.runs.search.goal import Constraint, Goal
from crossbar.runs.search.space import Place, Space, number
from crossbar.runs.store import Store
from crossbar.runs.store.rows import Point
from crossbar.runs.store.table import metric_names
from crossbar.runs.sweep.design import Assignment

MET, NOISE, MISSED = "met", "met within noise", "not met"
Row = dict[str, Any]


@dataclass(frozen=True)
class Tried:
    """A point whose runs have all ended.

    Attributes
    ----------
    place
        Where it stands in the space.
    parameters
        Value of every searched parameter, as the store has it.
    runs
        Numbers of its runs, by rising seed.
    error
        What the first run that failed, failed of; empty where all are done.
    units
        Those of metrics and settings by name.
    """

    place: Place
    parameters: Assignment
    runs: tuple[int, ...]
    metrics: dict[str, list[float]]
    error: str = ""
    units: Mapping[str, str] = field(default_factory=lambda: units({}))

    @property
    def resampling(self) -> float:
        """Test over training windows, where seeds split one pool again; 0 where nothing was."""
        return max(filter(math.isfinite, self.metrics.get("resampling", [])), default=0.0)

    def mean(self, name: str) -> Interval:
        """Return the mean of metric or parameter ``name``; a share's interval is cut to [0, 1]."""
        if name in self.parameters:
            value = number(name, self.parameters[name])
            return Interval(value, value, value)
        values = self.metrics.get(name, [math.nan])
        if any(map(math.isnan, values)):
            return Interval(math.nan, math.nan, math.nan)
        interval = student(values, resampling=self.resampling)
        return interval.within(0, 1) if self.units.get(name) == "%" else interval

    def excess(self, other: Tried, name: str) -> Interval:
        """Return by how much metric ``name`` is above that of ``other``, paired by seed.

        Equal seeds share data, initial weights and fabrication, and what they share cancels.
        """
        pairs = zip(self.metrics[name], other.metrics[name], strict=True)
        return student([mine - theirs for mine, theirs in pairs], resampling=self.resampling)

    def usable(self, goal: Goal) -> bool:
        """Return whether every run is done, with a number for all that ``goal`` asks."""
        asked = [goal.objective.name, *(c.name for c in goal.constraints)]
        return not self.error and all(math.isfinite(self.mean(name).mean) for name in asked)

    def miss(self, constraint: Constraint) -> float:
        """Return by how much the mean misses ``constraint``, relative to its bound."""
        return constraint.miss(self.mean(constraint.name).mean) / (abs(constraint.bound) or 1.0)

    def met(self, goal: Goal) -> bool:
        """Return whether the means keep all constraints."""
        return all(self.miss(c) <= 0 for c in goal.constraints)

    def verdict(self, constraint: Constraint) -> str:
        """Return how sure it is that ``constraint`` is met.

        "met": the whole interval lies on the good side; "met within noise": the mean does, and
        the interval does not, or one seed gives none; "not met": the mean does not.
        """
        mean = self.mean(constraint.name)
        if constraint.miss(mean.mean) > 0:
            return MISSED
        return MET if max(map(constraint.miss, (mean.low, mean.high))) <= 0 else NOISE

    def order(self, goal: Goal) -> tuple[bool, float, float, float]:
        """Return what the best point has the least of: it meets, misses little, costs little."""
        misses = [self.miss(c) for c in goal.constraints]
        missed = math.fsum(m for m in misses if m > 0)
        cost = goal.objective.sign * self.mean(goal.objective.name).mean
        return not self.met(goal), missed, cost, math.fsum(misses)


def ranked(tried: Sequence[Tried], goal: Goal) -> tuple[tuple[Tried, ...], tuple[Tried, ...]]:
    """Return the points of ``tried`` that have a result, the best first, and the others."""
    usable = [one for one in tried if one.usable(goal)]
    others = tuple(one for one in tried if not one.usable(goal))
    return tuple(sorted(usable, key=lambda one: one.order(goal))), others


@dataclass(frozen=True)
class SearchResult:
    """What a search has found.

    Attributes
    ----------
    goal
        What it looked for.
    ranked
        The points with a result: those that meet all constraints by objective, then the others
        by how much they miss.
    failed
        Points without one.
    seeds
        Over which means are taken.
    """

    goal: Goal
    ranked: tuple[Tried, ...]
    failed: tuple[Tried, ...]
    seeds: tuple[int, ...]

    @property
    def best(self) -> Tried | None:
        """The best point that meets all constraints, or None."""
        first = self.ranked[0]
        return first if first.met(self.goal) else None

    @property
    def beyond(self) -> Tried | None:
        """What bounds the best point of a bisection: the next one, which misses a constraint."""
        name, sign = self.goal.objective.name, self.goal.objective.sign
        if self.best is None or list(self.best.parameters) != [name]:
            return None
        cost = sign * self.best.mean(name).mean
        missed = [one for one in self.ranked if sign * one.mean(name).mean < cost]
        return max(missed, key=lambda one: sign * one.mean(name).mean, default=None)


class Ledger:
    """What the store knows about the points of a space.

    Parameters
    ----------
    store
        Open; runs of other sweeps in it count where they have the same settings.
    space
        The points.
    seeds
        All of which a point needs.
    """

    def __init__(self, store: Store, space: Space, seeds: list[int]) -> None:
        self.store = store
        self.space = space
        self.seeds = seeds
        self._places: dict[int, Place | None] = {}

    def read(self) -> tuple[list[Tried], list[Place]]:
        """Return the points whose runs have all ended, oldest first, and those that wait."""
        frame = self.store.frame()
        metrics = metric_names(frame)
        points: dict[Place, dict[int, Row]] = {}
        for row in frame[frame["seed"].isin(self.seeds)].to_dict("records"):
            named = {str(k): v for k, v in row.items()}
            place = self._place(named)
            if place is not None:
                points.setdefault(place, {})[row["seed"]] = named
        tried, waiting = [], []
        for place, rows in points.items():
            if any(row["status"] in ("waiting", "running") for row in rows.values()):
                waiting.append(place)
            elif len(rows) == len(self.seeds):
                tried.append(self._tried(place, rows, metrics))
        return tried, waiting

    def _place(self, row: Row) -> Place | None:
        """Return where the run in ``row`` stands, if it is one of the space in all settings."""
        run = int(row["run"])
        if run not in self._places:
            place = self.space.place(row)
            if place is not None:
                settings = Point({}, self.store.run(run)["settings"])
                place = place if self.space.point(place).key == settings.key else None
            self._places[run] = place
        return self._places[run]

    def _tried(self, place: Place, rows: dict[int, Row], metrics: list[str]) -> Tried:
        """Return the point at ``place`` with what its runs found."""
        ordered = [rows[seed] for seed in sorted(rows)]
        failed = [str(row["failure"]) for row in ordered if row["status"] == "failed"]
        parameters = {axis.name: ordered[0][axis.name] if axis.size is None else axis.marks[int(p)]
                      for axis, p in zip(self.space.axes, place, strict=True)}  # fmt: skip
        values = {name: [float(row[name]) for row in ordered] for name in metrics}
        runs = tuple(int(row["run"]) for row in ordered)
        error = failed[0] if failed else ""
        return Tried(place, parameters, runs, values, error, units(self.store.about))
