"""Which points a search tries next, given all that were tried before."""

from __future__ import annotations

import contextlib
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crossbar.errors import OutputError, SimulationError, message
from crossbar.runs.search.goal import Goal
from crossbar.runs.search.space import Axis, Place, Space
from crossbar.runs.search.trial import Tried
from crossbar.runs.sweep.axes import Range
from crossbar.runs.sweep.design import Sobol

START = 10  # points that fill the space evenly, before any conclusion is drawn
ASKED = 20  # times that the optimiser is asked for each point, before one is drawn


class Proposal(ABC):
    """How a search continues. What comes next depends on what was tried alone."""

    @abstractmethod
    def next(self, tried: Sequence[Tried], count: int) -> list[Place]:
        """Return up to ``count`` points, none of them tried; none when the search is over."""

    def together(self, jobs: int, seeds: int) -> int:
        """Return how many points are run together, so that none of ``jobs`` waits for a last run.

        Every point is run once for each of ``seeds``.
        """
        return jobs // math.gcd(jobs, seeds)

    @abstractmethod
    def most(self, count: int) -> float:
        """Return how many points there will be at most, ``count`` at a time."""


@dataclass(frozen=True)
class Bisection(Proposal):
    """Halves the interval in which a constraint begins to be missed.

    For one parameter that is itself the objective, where more of it only does harm. The ends come
    first; then, between the furthest point that meets the goal and the next one that misses
    it, ``count`` points evenly, until the two are ``tolerance`` apart.

    Parameters
    ----------
    axis
        The parameter.
    goal
        Its name as objective, and the constraints.
    tolerance
        Relative to the value in a logarithmic range, to the range in a linear one; the values of
        a list are settled exactly.

    Raises
    ------
    SimulationError
        If a run failed, so that nothing is known about its point.
    """

    axis: Axis
    goal: Goal
    tolerance: float

    def next(self, tried: Sequence[Tried], count: int) -> list[Place]:
        """Return the points that come next; see :class:`Proposal`."""
        for one in tried:
            if not one.usable(self.goal):
                where = f"{self.axis.name} = {one.parameters[self.axis.name]}"
                remedy = "Correct it, then give --retry-failed."
                got = one.error or "nan"
                raise SimulationError(message("search", f"a result at {where}", got, remedy))
        known = [one.place[0] for one in tried]
        met = [one.place[0] for one in tried if one.met(self.goal)]
        forwards = self.goal.objective.sign < 0
        near, far = (0.0, self.axis.last) if forwards else (self.axis.last, 0.0)
        if far in met:
            return []
        if missing := [place for place in (far, near) if place not in known]:
            return [(place,) for place in missing[:count]]
        if not met:
            return []
        good = max(met) if forwards else min(met)
        beyond = [place for place in known if (place > good if forwards else place < good)]
        return self._between(good, min(beyond) if forwards else max(beyond), count)

    def together(self, jobs: int, seeds: int) -> int:
        """Return as few as occupy the ``jobs``: it learns most from one at a time."""
        return max(1, jobs // seeds)

    def most(self, count: int) -> float:
        """Return the two ends and the steps between them; see :class:`Proposal`."""
        return 2 + count * math.ceil(-math.log(min(self._limit, 1.0)) / math.log(count + 1))

    @property
    def _limit(self) -> float:
        """Distance between places that are close enough, relative to that of the ends."""
        given = self.axis.given
        if not isinstance(given, Range):
            return 1.0 / max(self.axis.last, 1.0)
        if given.log:
            return math.log1p(self.tolerance) / math.log(given.high / given.low)
        return self.tolerance

    def _between(self, good: float, bad: float, count: int) -> list[Place]:
        """Return ``count`` places between two, none when they are close enough."""
        span = abs(bad - good)
        if self.axis.size is None:
            if span <= self._limit:
                return []
            return [(good + (bad - good) * k / (count + 1),) for k in range(1, count + 1)]
        steps = min(count, int(span) - 1)
        inside = {good + round((bad - good) * k / (steps + 1)) for k in range(1, steps + 1)}
        return [(float(place),) for place in sorted(inside)]


class Parzen(Proposal):
    """Optuna's tree-structured Parzen estimator, with constraints, told all that was tried.

    The first points fill the space evenly. Each later one is drawn where good points are dense
    beside bad ones; points that miss constraints are worse than all that meet them, and the worse
    the more they miss. No point comes twice, and a space of lists ends with its last point. The
    random numbers depend on the seed and the number of points tried: a search that was killed
    continues as it would have done.

    Source: Watanabe 2023, arXiv:2304.11127; multivariate, as in Falkner et al., ICML 2018.

    Raises
    ------
    OutputError
        If Optuna is not installed.
    """

    def __init__(self, space: Space, goal: Goal, seed: int) -> None:
        try:
            import optuna
        except ImportError:
            remedy = "Install it: pip install 'crossbar-sim[search]'."
            raise OutputError(message("search", "Optuna", "none", remedy)) from None
        self.optuna: Any = optuna
        self.space, self.goal, self.seed = space, goal, seed
        self.distributions: dict[str, Any] = {}
        for axis in space.axes:
            if axis.size is None:
                kind: Any = optuna.distributions.FloatDistribution(0.0, 1.0)
            elif axis.ordered:
                kind = optuna.distributions.IntDistribution(0, axis.size - 1)
            else:
                kind = optuna.distributions.CategoricalDistribution(range(axis.size))
            self.distributions[axis.name] = kind

    def next(self, tried: Sequence[Tried], count: int) -> list[Place]:
        """Return the points that come next; see :class:`Proposal`."""
        known = {self.space.key(one.place) for one in tried}
        if self.space.size is not None:
            count = min(count, self.space.size - len(known))
        proposed: list[Place] = []
        for place in self._proposed(tried, ASKED * count):
            if len(proposed) == count:
                break
            if self.space.key(place) not in known:
                known.add(self.space.key(place))
                proposed.append(place)
        return proposed

    def most(self, count: int) -> float:
        """Return the size of the space; see :class:`Proposal`."""
        return self.space.size or math.inf

    def _proposed(self, tried: Sequence[Tried], patience: int) -> Iterator[Place]:
        """Yield places without end, some of them perhaps known."""
        if len(tried) < START:
            for row in Sobol(START, self.seed).draw(len(self.space.axes)):
                yield self.space.at(tuple(map(float, row)))
        entropy = np.random.SeedSequence((self.seed, len(tried)))
        study = self._study(tried, int(entropy.generate_state(1)[0]))
        for _ in range(patience):
            asked = study.ask(self.distributions).params
            yield tuple(float(asked[name]) for name in self.space.names)
        rng = np.random.default_rng(entropy)
        while True:
            yield self.space.at(tuple(map(float, rng.random(len(self.space.axes)))))

    def _study(self, tried: Sequence[Tried], seed: int) -> Any:
        """Return a study of Optuna that has been told everything."""
        with _quiet(self.optuna):
            sampler = self.optuna.samplers.TPESampler(
                seed=seed, multivariate=True, constant_liar=True, n_startup_trials=1
            )
            study = self.optuna.create_study(sampler=sampler)
        for one in tried:
            if not one.usable(self.goal):
                continue
            places = zip(self.space.axes, one.place, strict=True)
            study.add_trial(self.optuna.trial.create_trial(
                value=self.goal.objective.sign * one.mean(self.goal.objective.name).mean,
                params={a.name: p if a.size is None else int(p) for a, p in places},
                distributions=self.distributions,
                constraints={f"{k}": one.miss(c) for k, c in enumerate(self.goal.constraints)},
            ))  # fmt: skip
        return study


@contextlib.contextmanager
def _quiet(optuna: Any) -> Iterator[None]:
    """Let Optuna tell of no new study meanwhile."""
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(level)
