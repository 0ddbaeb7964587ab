"""Searches: settings that meet constraints at least cost, each point run once, for every seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Unpack

from crossbar.checks import require_part, require_path, require_whole
from crossbar.errors import fail, require_number
from crossbar.progress import reporting
from crossbar.runs.experiment import Experiment
from crossbar.runs.search.goal import Goal
from crossbar.runs.search.proposal import Bisection, Parzen, Proposal
from crossbar.runs.search.space import Space
from crossbar.runs.search.trial import SearchResult, ranked
from crossbar.runs.search.way import SearchWay, named
from crossbar.runs.sweep.conduct import Conduct, Options
from crossbar.runs.sweep.design import MOST
from crossbar.runs.sweep.sweep import entered
from crossbar.runs.sweep.targets import target
from crossbar.runs.sweep.task import Function


@reporting
def search(
    experiment: Experiment | dict[str, Any] | Path | str | Function,
    parameters: Mapping[str, Any],
    goal: Goal,
    *,
    store: Path | str,
    seeds: Iterable[int] | None = None,
    points: int = 40,
    tolerance: float = 0.02,
    sampler_seed: int = 0,
    **options: Unpack[Options],
) -> SearchResult:
    """Look for the point of ``parameters`` that is best for ``goal``.

    Constraints bind the mean over the seeds. One parameter that is itself the objective is
    bisected, as it is taken to do only harm (or only good) the more there is of it; all else is
    left to Optuna's tree-structured Parzen estimator. Every point is ordinary runs in the store,
    one a seed, so the same call resumes after a kill, and points that are known count as tried.
    With the same seeds and number of jobs a search always takes the same way.

    Parameters
    ----------
    experiment, store, seeds
        As for :func:`crossbar.runs.sweep.sweep`.
    parameters
        Lists of values or whole ranges (:class:`crossbar.runs.sweep.Range`) by dotted name.
    goal
        Objective and constraints.
    points
        Most points that are tried, with those that are known.
    tolerance
        Of a bisection; see :class:`crossbar.runs.search.proposal.Bisection`.
    sampler_seed
        Of the random numbers by which points are proposed.
    options
        Fields of :class:`crossbar.runs.sweep.Conduct`; ``show`` counts the runs of all ``points``,
        and its best is that of the objective.

    Raises
    ------
    ConfigError
        If a parameter, a value or the name of a metric cannot be.
    OutputError
        If the store cannot be written or holds another sweep, or Optuna is missing.
    SimulationError
        If all runs failed, or one of a bisection.
    """
    kind, store = target(experiment), require_path("search.store", store)
    require_part("search.goal", goal, Goal)
    conduct, chosen = Conduct.of("search", options), entered(kind, seeds)
    points = require_whole("points", points, low=1, high=MOST, remedy="Give the number of points.")
    tolerance = require_number("tolerance", tolerance, low=1e-9, high=1.0)
    sampler_seed = require_whole("sampler_seed", sampler_seed, low=0, high=2**32 - 1)
    space = Space(kind, parameters)
    goal = named(goal, space)
    proposal = _proposal(space, goal, tolerance, sampler_seed)
    way = SearchWay(space, goal, proposal, chosen, points, conduct)
    return SearchResult(goal, *ranked(way.follow(Path(store)), goal), tuple(chosen))


def _proposal(space: Space, goal: Goal, tolerance: float, seed: int) -> Proposal:
    """Return the way to search ``space`` for ``goal``."""
    own = [axis for axis in space.axes if axis.name == goal.objective.name]
    for axis in own:
        if not axis.ordered and axis.size is not None:
            fail(axis.name, "numbers, as it is the objective", str(axis.given), "Leave others out.")
    if own and len(space.axes) == 1:
        return Bisection(own[0], goal, tolerance)
    return Parzen(space, goal, seed)
