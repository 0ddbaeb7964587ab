"""Designs: settings that meet constraints at least cost, by gradients through trained chips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

from crossbar.checks import require_part, require_path, require_whole
from crossbar.errors import fail
from crossbar.progress import reporting
from crossbar.runs.design.descent import Descent
from crossbar.runs.design.front import bounded, bounds_of
from crossbar.runs.design.front import front as front_of
from crossbar.runs.design.looks import Looks
from crossbar.runs.design.model import ChipModel, RunModel
from crossbar.runs.design.notes import Notes
from crossbar.runs.design.sensitivities import sensitivities
from crossbar.runs.experiment import Experiment
from crossbar.runs.search.goal import Goal
from crossbar.runs.search.space import Space
from crossbar.runs.search.trial import SearchResult, Tried, ranked
from crossbar.runs.search.way import SearchWay, named
from crossbar.runs.store.designed import FrontPoint, SettingEffect
from crossbar.runs.sweep.conduct import Conduct, Options
from crossbar.runs.sweep.design import MOST
from crossbar.runs.sweep.sweep import entered
from crossbar.runs.sweep.targets import target
from crossbar.runs.sweep.task import Function
from crossbar.types import Record


@dataclass(frozen=True)
class Design:
    """What a design leads to.

    Attributes
    ----------
    search
        Goal, points that were run and the best of them, as a search has them.
    predictions
        What models predicted of points that they proposed, by the first run of each.
    effects
        How every parameter moves the metrics of the goal at the best point.
    front
        What models predict for other bounds of the first constraint; empty unless asked for.
    refused
        Why models could not be looked at with some settings that were proposed, once a reason.
    """

    search: SearchResult
    predictions: dict[int, Record]
    effects: tuple[SettingEffect, ...]
    front: tuple[FrontPoint, ...] = ()
    refused: tuple[str, ...] = ()


@reporting
def design(
    experiment: Experiment | dict[str, Any] | Path | str | Function,
    parameters: Mapping[str, Any],
    goal: Goal,
    *,
    store: Path | str,
    seeds: Iterable[int] | None = None,
    points: int = 12,
    front: int | Sequence[float] = 0,
    samples: int = 500,
    sampler_seed: int = 0,
    model: RunModel | None = None,
    **options: Unpack[Options],
) -> Design:
    """Look for the point of ``parameters`` that is best for ``goal``, by gradients.

    The trained chips of a point lead to the next one. The same call resumes.

    Parameters
    ----------
    experiment, store, seeds, points
        As for :func:`crossbar.runs.search.search`. Without points nothing is run: the answer is
        from what the store holds.
    parameters
        Whole ranges (:class:`crossbar.runs.sweep.Range`), or lists of numbers, by dotted name.
    goal, model
        Objective and constraints, of metrics that the model derives; None for trained chips.
    front
        Bounds of the first constraint for each of which models say the least objective, or how many
        of them between the measured ones.
    samples, sampler_seed
        Training samples that models present; seed of the first points.
    options
        As for :func:`crossbar.runs.search.search`.

    Raises
    ------
    ConfigError
        If a parameter, a value or the name of a metric cannot be, or has no derivative.
    OutputError
        If the store cannot be written or holds another sweep.
    SimulationError
        If all runs failed.
    """
    kind, store = target(experiment), Path(require_path("design.store", store))
    require_part("design.goal", goal, Goal)
    conduct, chosen = Conduct.of("design", options), entered(kind, seeds)
    points = require_whole("points", points, low=0, high=MOST, remedy="Give the number of points.")
    samples = require_whole("samples", samples, low=2, high=10**9, remedy="500 is usual.")
    sampler_seed = require_whole("sampler_seed", sampler_seed, low=0, high=2**32 - 1)
    space = Space(kind, parameters)
    goal, notes = named(goal, space), Notes(store)
    kind.keep()
    with conduct.at_work() as (workers, width):
        conduct = replace(conduct, executor=workers, jobs=width)
        looks = Looks(model or ChipModel(kind, store, chosen, samples, workers), space)
        descent = Descent(space, goal, looks, sampler_seed, notes.predictions, notes.predict,
                          conduct.progress)  # fmt: skip
        return _made(descent, notes, chosen, points, front, conduct)


def _made(
    descent: Descent, notes: Notes, seeds: list[int], points: int, front: int | Sequence[float],
    conduct: Conduct,
) -> Design:  # fmt: skip
    """Run what ``descent`` proposes, and return and note what there is to say of it."""
    goal, looks = descent.goal, descent.looks
    looks.require(goal)
    if front:
        bounded(goal)
    if not points and not notes.runs:
        _best((), goal)
    way = SearchWay(descent.space, goal, descent, seeds, points, conduct)
    tried = way.follow(notes.path)
    effects = sensitivities(looks, _best(tried, goal), goal)
    drawn = _front(descent, tried, front, conduct) if front else ()
    notes.conclude(effects, drawn)
    search = SearchResult(goal, *ranked(tried, goal), tuple(seeds))
    refused = tuple(dict.fromkeys(looks.refused.values()))
    return Design(search, descent.predicted(tried), effects, drawn, refused)


def _best(tried: Sequence[Tried], goal: Goal) -> Tried:
    """Return the best point, or raise where there is none."""
    if not tried:
        fail("design", "a point that is known", "none", "Give --points 1 or more.")
    return ranked(tried, goal)[0][0]


def _front(
    descent: Descent, tried: Sequence[Tried], asked: int | Sequence[float], conduct: Conduct
) -> tuple[FrontPoint, ...]:
    """Return the front for the bounds that are ``asked`` for, or so many of them."""
    bounds = bounds_of(tried, descent.goal, asked) if isinstance(asked, int) else list(asked)
    return front_of(descent, tried, bounds, lambda k: conduct.progress("front", k, len(bounds), ""))
