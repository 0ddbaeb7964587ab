"""Sweeps: every point of a design, for every seed, once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Unpack

import pandas as pd

from crossbar.checks import require_part, require_path
from crossbar.errors import fail
from crossbar.progress import reporting
from crossbar.runs.experiment import Experiment
from crossbar.runs.store import Point
from crossbar.runs.store.store import located
from crossbar.runs.sweep.conduct import Conduct, Options
from crossbar.runs.sweep.design import Axes, Sampling, points, require_runs
from crossbar.runs.sweep.drive import Drive
from crossbar.runs.sweep.preparation import entered, opened
from crossbar.runs.sweep.target import Target
from crossbar.runs.sweep.targets import target
from crossbar.runs.sweep.task import Function


@reporting
def sweep(
    experiment: Experiment | dict[str, Any] | Path | str | Function,
    parameters: Axes,
    *,
    store: Path | str,
    seeds: Iterable[int] | None = None,
    sampling: Sampling | None = None,
    **options: Unpack[Options],
) -> pd.DataFrame:
    """Run ``experiment`` at every point of ``parameters`` for every seed and return all runs.

    What the store holds already is not run again, so the same call resumes after a kill, and a
    call with more values runs only what is new. The same seed means the same split of the data,
    initial weights and fabricated spread at every point: differences are due to the parameters.

    Parameters
    ----------
    experiment
        Settings, their TOML file, the folder of a finished run (its chips are tested, not
        trained), or a function ``f(point, seed)`` that returns numbers by name.
    parameters
        Values by dotted name; names with the prefix ``test.`` apply after training. Tuples of
        names have tuples of values, which vary together.
    store
        The file ``NAME.db``, or a folder for it.
    seeds
        Seeds; those of the experiment where None.
    sampling
        :class:`Sobol` or :class:`Random` points in place of the product of all values.
    options
        Fields of :class:`crossbar.runs.sweep.Conduct`: ``executor``, ``jobs``, ``progress`` ...

    Returns
    -------
    pandas.DataFrame
        One row a run, see :meth:`crossbar.runs.store.Store.frame`. Runs that failed have an error.

    Raises
    ------
    ConfigError
        If a parameter or value cannot be; nothing has run then.
    OutputError
        If the store cannot be written, or holds another sweep.
    SimulationError
        If the executor breaks down; finished runs are kept.
    """
    kind, store = target(experiment), require_path("sweep.store", store)
    if sampling is not None:
        require_part("sweep.sampling", sampling, Sampling)
    conduct, chosen = Conduct.of("sweep", options), entered(kind, seeds)
    plan = planned(kind, parameters, sampling)
    require_runs(len(plan), len(chosen))
    joined = [[kind.named(name) for name in key] for key in parameters if isinstance(key, tuple)]
    return _swept(kind, plan, chosen, Path(store), joined, conduct)


def _swept(
    kind: Target,
    plan: list[Point],
    seeds: Sequence[int],
    store: Path,
    joined: list[list[str]],
    conduct: Conduct,
) -> pd.DataFrame:
    """Run the points of ``plan`` that the store does not hold; return all runs."""
    names = plan[0].parameters if plan else {}
    fresh = not located(store).exists()
    if fresh:  # what no run could read shows before a store is made
        kind.prepare([p.settings for p in plan], conduct.sampled)
    with opened(store, kind, names, (conduct.about or {}) | {"together": joined}) as kept:
        kept.add(plan, seeds)
        if conduct.retry_failed:
            kept.retry()
        kind.renew(kept)
        if kept.unfinished():
            if not fresh:
                kind.prepare([p.settings for p in plan], conduct.sampled)
            with conduct.at_work() as (workers, width):
                Drive(kept, kind, conduct.stands, workers, width)()
        return kept.frame()


def planned(kind: Target, parameters: Axes, sampling: Sampling | None) -> list[Point]:
    """Return every point of the sweep, checked, each once.

    Raises
    ------
    ConfigError
        If a value cannot be, or two points of a product are the same.
    """
    by_key: dict[str, Point] = {}
    for assignment in points(parameters, sampling):
        point = kind.point(assignment)
        if point.key in by_key and sampling is None:
            remedy = "Leave one of the values out, or one of two names for one setting."
            fail("sweep", "points that differ", f"{assignment} twice", remedy)
        by_key[point.key] = point
    return list(by_key.values())
