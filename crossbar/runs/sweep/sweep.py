"""Sweeps: every point of a design, for every seed, once, whatever happens in between."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pandas as pd

from crossbar.checks import require_calls, require_part, require_path, require_whole
from crossbar.errors import fail
from crossbar.runs.experiment import Experiment
from crossbar.runs.store import Point
from crossbar.runs.store.store import located
from crossbar.runs.sweep.design import Axes, Sampling, points, require_runs
from crossbar.runs.sweep.drive import Drive
from crossbar.runs.sweep.preparation import chips_of, entered, opened
from crossbar.runs.sweep.progress import Standing
from crossbar.runs.sweep.target import Target
from crossbar.runs.sweep.targets import target
from crossbar.runs.sweep.task import Function
from crossbar.runs.sweep.workers import LocalWorkers

JOBS = 1024  # most local processes
AHEAD = 2  # tasks a core that an executor of unknown size is given


def sweep(
    experiment: Experiment | dict[str, Any] | Path | str | Function,
    parameters: Axes,
    *,
    store: Path | str,
    seeds: Iterable[int] | None = None,
    sampling: Sampling | None = None,
    executor: Executor | None = None,
    jobs: int | None = None,
    retry_failed: bool = False,
    about: dict[str, Any] | None = None,
    show: Callable[[Standing], None] = lambda standing: None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> pd.DataFrame:
    """Run ``experiment`` at every point of ``parameters`` for every seed and return all runs.

    What the store holds already is not run again, so the same call goes on after a kill, and a
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
    executor
        Any :class:`concurrent.futures.Executor`; it stays open. Local processes where None.
    jobs
        Local processes, or tasks that ``executor`` has at once; None for one a core.
    retry_failed
        Whether runs that failed before are tried again.
    about
        Facts for the report: ``title``, ``question``, ``command``, ``units`` of metrics by name.
    show
        Called with how the sweep stands.
    progress
        Called with (done, in all) while samples are made.

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
        If ``executor`` breaks down; finished runs are kept.

    Examples
    --------
    >>> sweep(lambda point, seed: {"y": point["x"] ** 2}, {"x": [2, 3]}, store="x.db"
    ... )  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    crossbar.errors.ConfigError: sweep: expected a function that other processes find, got ...
    """
    kind = target(experiment)
    store = require_path("sweep.store", store)
    if sampling is not None:
        require_part("sweep.sampling", sampling, Sampling)
    require_calls("sweep", show=show, progress=progress)
    jobs = workforce(executor, jobs)
    chosen = entered(kind, seeds)
    plan = planned(kind, parameters, sampling)
    require_runs(len(plan), len(chosen))
    names = plan[0].parameters if plan else {}
    joined = [[kind.named(name) for name in key] for key in parameters if isinstance(key, tuple)]
    if not located(Path(store)).exists():  # what no run could read shows before a store is made
        kind.prepare([p.settings for p in plan], progress)
    with opened(store, kind, names, (about or {}) | {"together": joined}) as kept:
        kept.add(plan, chosen)
        if retry_failed:
            kept.retry()
        chips = chips_of(kept)
        kind.renew(kept, chips)
        if kept.unfinished():
            kind.prepare([p.settings for p in plan], progress)
            with at_work(executor, jobs) as (workers, width):
                Drive(kept, lambda c: kind.task(c, chips), workers, width, show)()
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


def workforce(executor: Executor | None, jobs: int | None) -> int | None:
    """Return ``jobs``, or raise unless there can be that many, or such an ``executor``."""
    if executor is not None:
        require_part("executor", executor, Executor)
    remedy = "Give the number of processes."
    return None if jobs is None else require_whole("jobs", jobs, low=1, high=JOBS, remedy=remedy)


@contextlib.contextmanager
def at_work(executor: Executor | None, jobs: int | None) -> Iterator[tuple[Executor, int]]:
    """Yield ``executor``, or local processes, with the number of tasks at once."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    if executor is not None:
        yield executor, jobs or AHEAD * cores
        return
    width = jobs or cores
    workers = LocalWorkers(width)
    try:
        yield workers, width
    except BaseException:
        workers.shutdown(wait=False, cancel_futures=True)
        raise
    workers.shutdown()
