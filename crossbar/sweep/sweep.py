"""Sweeps: every point of a design, for every seed, once, whatever happens in between."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pandas as pd

from crossbar.errors import OutputError, message, require_number
from crossbar.experiment.overlay import leaves
from crossbar.experiment.settings import Experiment
from crossbar.store import Point, Store
from crossbar.sweep.axes import listed
from crossbar.sweep.design import Axes, Sampling, points
from crossbar.sweep.drive import Drive
from crossbar.sweep.standing import Standing
from crossbar.sweep.target import Target, target
from crossbar.sweep.task import Function
from crossbar.sweep.workers import LocalWorkers

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
        Facts for the report, such as ``title``, ``question`` and ``units`` of metrics.
    show
        Called with how the sweep stands.
    progress
        Called with (done, in all) while samples are made.

    Returns
    -------
    pandas.DataFrame
        One row a run, see :meth:`crossbar.store.Store.frame`. Runs that failed have an error.

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
    refuse_import()
    kind = target(experiment)
    entered = listed("seeds", kind.seeds if seeds is None else seeds)
    kind.check(entered)
    plan = planned(kind, parameters, sampling)
    refuse_run_folder(Path(store))
    with Store(store, write=True) as kept:
        remember(kept, kind, parameters, about or {})
        kept.add(plan, entered)
        if retry_failed:
            kept.retry()
        if kept.counts().get("waiting", 0) or kept.counts().get("running", 0):
            kind.prepare([p.settings for p in plan], progress)
            chips = kept.path.with_name(f"{kept.path.stem}-chips")
            with at_work(executor, jobs) as (workers, width):
                Drive(kept, lambda c: kind.task(c, chips), workers, width, show)()
        return kept.frame()


def refuse_import() -> None:
    """Raise if a worker process calls while it imports the script that was started."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        remedy = 'Call it below `if __name__ == "__main__":`, which workers do not run.'
        expected, got = "one call", "a call of a worker that imports this script"
        raise OutputError(message("sweep", expected, got, remedy))


def refuse_run_folder(store: Path) -> None:
    """Raise if ``store`` is the folder of a run, whose report a sweep would hide."""
    if (store / "run.json").exists():
        remedy = "Choose another folder with --out."
        raise OutputError(message(str(store), "a folder of its own", "that of a run", remedy))


def planned(kind: Target, parameters: Axes, sampling: Sampling | None) -> list[Point]:
    """Return every point of the sweep, checked, each once."""
    found = {}
    for assignment in points(parameters, sampling):
        point = kind.point(assignment)
        found[point.key] = point
    return list(found.values())


def remember(kept: Store, kind: Target, parameters: Axes, about: dict[str, Any]) -> None:
    """Note what the sweep is about, or raise if the store is about another one."""
    swept = {
        name for names in parameters for name in ([names] if isinstance(names, str) else names)
    }
    known = kept.about
    now = _constant(kind.base, swept)
    if "base" in known:
        then = _constant(known["base"], set(known["parameters"]) | swept)
        now = _constant(now, set(known["parameters"]))
        differing = sorted(k for k in now.keys() | then.keys() if now.get(k) != then.get(k))
        if differing:
            name = differing[0]
            got = f"{name} = {now.get(name, 'its default')}, there {then.get(name, 'its default')}"
            remedy = f"Choose another folder with --out, or sweep {name}."
            raise OutputError(message(str(kept.path), "a sweep of the same settings", got, remedy))
        swept |= set(known["parameters"])
    commands = [c for c in (known.get("command"), about.get("command")) if c]
    facts = about | ({"command": "\n".join(dict.fromkeys(commands))} if commands else {})
    kept.note(**{**facts, "base": kind.base, "parameters": sorted(swept)})


def _constant(base: dict[str, Any], swept: set[str]) -> dict[str, Any]:
    """Return the settings of ``base`` by dotted name that are not ``swept``."""
    flat = leaves(base)
    return {k: v for k, v in flat.items()
            if k not in swept and k.removeprefix("test.") not in swept}  # fmt: skip


@contextlib.contextmanager
def at_work(executor: Executor | None, jobs: int | None) -> Iterator[tuple[Executor, int]]:
    """Yield ``executor``, or local processes, with the number of tasks at once."""
    if jobs is not None:
        require_number("jobs", jobs, low=1, remedy="Give the number of processes.")
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
