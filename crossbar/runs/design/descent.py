"""Where a design goes next: down the gradients of models, as far around a run as they hold."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from crossbar.progress import Progress, silent
from crossbar.runs.design.coordinates import Coordinates
from crossbar.runs.design.correction import relaxed, scatter
from crossbar.runs.design.lookahead import CLOSE, ENOUGH, SHRINK, Lookahead
from crossbar.runs.design.looks import Looked, Looks
from crossbar.runs.design.merit import merit, metrics_of, promising
from crossbar.runs.design.proposed import Proposed
from crossbar.runs.search.goal import Goal
from crossbar.runs.search.proposal import Proposal
from crossbar.runs.search.space import Place, Space
from crossbar.runs.search.trial import Tried
from crossbar.runs.store.rows import level
from crossbar.runs.sweep.design import Sobol
from crossbar.types import Record

START = 3  # points before the first gradient
RADIUS, LEAST, MOST = 0.3, 0.02, 0.5  # shares: of the first step, of the shortest, of the longest
POOR, GOOD = 0.1, 0.6  # gains relative to predicted ones, that shrink and widen the step
WIDEN = 1.6
CHANCES = (0.0, 1.0, 2.0)  # scatters of runs, by which bounds are relaxed, one after the other


@dataclass
class Descent(Proposal):
    """First-order management of models: runs are few, and models lead from one to the next.

    The first points are the settings of the file, where the ranges contain them, and points of a
    Sobol sequence. From then on models of the most promising run are looked at, at most eight
    times: each time at the least of quadratics through what was seen, in a box around the run. Runs
    in the box correct what models say. The best that was seen is run. The box shrinks where a run
    gains less than predicted, and widens where it gains as much. Where models show nothing better,
    every list is tried one value up and down, and the other settings are followed for each choice
    of values. Where that shows nothing either, points are run that miss bounds by no more than one
    or two scatters of runs about models: they keep them by chance, or better than models know.

    Source: Alexandrov et al., Structural Optimization 15:16, 1998 (trust regions of cheap models).

    Parameters
    ----------
    space, goal
        What is designed, for what.
    looks
        At models.
    seed
        Of the Sobol sequence.
    predictions
        Of points that were proposed, by the key of the point in the store.
    note
        Called with a key and its prediction before a point is run.
    progress
        Called after every look.
    """

    space: Space
    goal: Goal
    looks: Looks
    seed: int
    predictions: dict[str, Record] = field(default_factory=dict)
    note: Callable[[str, Record], None] = field(default=lambda key, prediction: None)
    progress: Progress = silent

    def __post_init__(self) -> None:
        self.coordinates = Coordinates(self.space)
        self.ahead = Lookahead(self.space, self.looks, self.progress)

    def next(self, tried: Sequence[Tried], count: int) -> list[Place]:
        """Return the points that come next; see :class:`Proposal`."""
        known, usable = [one.place for one in tried], promising(tried, self.goal)
        if len(usable) < START:
            starts = self._starts(len(tried) + count)
            fresh = [place for place in starts if not self._among(place, known)]
            return fresh[: min(count, max(START - len(tried), 1))]
        for run in itertools.islice(self.looks.modelled(usable), count):
            step = self._step_from(run, usable, self.radius(tried), known)
            if step is not None:
                known.append(step.place)
                self._predict(run, step)
        return known[len(tried) :]

    def _among(self, place: Place, known: Sequence[Place]) -> bool:
        """Return whether ``place`` is as near to one that is ``known`` that it is the same."""
        here, share = self.coordinates.share(place), self.coordinates.share
        return any(float(np.abs(here - share(one)).max()) < CLOSE for one in known)

    def _step_from(
        self, run: Tried, usable: Sequence[Tried], radius: float, known: Sequence[Place]
    ) -> Proposed | None:
        """Return a step to what is not ``known`` yet; None if nothing is better even by chance.

        Where models lead nowhere, they are asked for the values beside of every list too.
        """
        step = self._new(run, usable, self.goal, radius, known)
        if step is not None:
            return step
        places = self.coordinates.beside(run.place)
        looks = (self.looks.if_any(run, place, keep=False) for place in places)
        beside = [look for look in looks if look is not None]
        for chance in CHANCES:
            goal = self._relaxed(run, usable, chance)
            step = self._new(run, usable, goal, RADIUS, known, beside, held=True)
            if step is not None:
                return step
        return None

    def _relaxed(self, run: Tried, usable: Sequence[Tried], chance: float) -> Goal:
        """Return the goal with bounds relaxed by ``chance`` scatters of runs about models."""
        around, looked = self.ahead.around(run, usable, RADIUS)
        return relaxed(self.goal, scatter(self.goal, around, looked), chance)

    def _new(
        self, run: Tried, usable: Sequence[Tried], goal: Goal, radius: float,
        known: Sequence[Place], seen: Sequence[Looked] = (), *, held: bool = False,
    ) -> Proposed | None:  # fmt: skip
        """Return a step to what is not ``known`` yet, within ``radius`` or less; None if none is.

        Where models still prefer what runs have shown to be worse, the box halves.
        """
        while radius >= LEAST:
            step = self.ahead.step(run, usable, goal, radius, seen, held=held)
            if step.gain < ENOUGH:
                return None
            if not self._among(step.place, known):
                return step
            radius *= SHRINK
        return None

    def together(self, jobs: int, seeds: int) -> int:
        """Return as few as occupy the ``jobs``: it learns most from one at a time."""
        return max(1, jobs // seeds)

    def most(self, count: int) -> float:
        """Return no limit; see :class:`Proposal`."""
        return math.inf

    def radius(self, tried: Sequence[Tried]) -> float:
        """Return how far the next step may go, by what the earlier ones gained."""
        by_run = {one.runs[0]: one for one in tried}
        radius = RADIUS
        for one in tried:
            prediction = self.predictions.get(self.space.point(one.place).key)
            start = by_run.get(prediction["from"]) if prediction else None
            if prediction is None or start is None or prediction["goal"] != str(self.goal):
                continue
            before = merit(self.goal, metrics_of(start))
            expected = before - merit(self.goal, prediction["metrics"].__getitem__)
            gain = (
                before - merit(self.goal, metrics_of(one)) if one.usable(self.goal) else -math.inf
            )
            if gain < POOR * expected:
                radius *= SHRINK
            elif gain > GOOD * expected:
                radius *= WIDEN
        return min(max(radius, LEAST), MOST)

    def predicted(self, tried: Sequence[Tried]) -> dict[int, Record]:
        """Return the metrics that were predicted of points, by the first run of each."""
        keyed = {one.runs[0]: self.space.point(one.place).key for one in tried}
        known = {run: self.predictions.get(key) for run, key in keyed.items()}
        return {run: one["metrics"] for run, one in known.items() if one is not None}

    def _predict(self, run: Tried, step: Proposed) -> None:
        """Note what is predicted of ``step`` from ``run``."""
        key = self.space.point(step.place).key
        prediction = {"goal": str(step.goal), "from": run.runs[0], "metrics": step.predicted}
        self.predictions[key] = prediction
        self.note(key, prediction)

    def _starts(self, count: int) -> Iterator[Place]:
        """Yield the settings of the file where the ranges contain them, and ``count`` others."""
        base = self.space.kind.point({})
        row = {name: level(name, base.settings, base.resolved) for name in self.space.names}
        own = self.space.place({name: math.nan if v is None else v for name, v in row.items()})
        if own is not None:
            yield own
        for share in Sobol(count, self.seed).draw(len(self.space.axes)):
            yield self.space.at(tuple(map(float, share)))
