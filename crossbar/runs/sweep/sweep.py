"""Sweeps: every point of a design, for every seed, once, whatever happens in between."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Unpack

import pandas as pd

from crossbar.checks import require_part, require_path
from crossbar.errors import OutputError, closest, fail, message
from crossbar.progress import reporting
from crossbar.runs.experiment import Experiment
from crossbar.runs.fingerprint import module_digest, stamp
from crossbar.runs.store import Point, Store
from crossbar.runs.store.store import located
from crossbar.runs.sweep.axes import listed
from crossbar.runs.sweep.conduct import Conduct, Options
from crossbar.runs.sweep.design import Axes, Sampling, points, require_runs
from crossbar.runs.sweep.drive import Drive
from crossbar.runs.sweep.target import TESTED_RUN, Target
from crossbar.runs.sweep.targets import target
from crossbar.runs.sweep.task import Function
from crossbar.toml import leaves
from crossbar.types import Record

FACTS = ("title", "question", "command", "units", "search", "together")


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


def entered(kind: Target, seeds: Iterable[int] | None) -> list[int]:
    """Return ``seeds``, or those of the target where None, checked."""
    chosen: list[int] = listed("seeds", kind.seeds if seeds is None else seeds)
    kind.check(chosen)
    return chosen


def opened(store: Path | str, kind: Target, names: Iterable[str], about: Record) -> Store:
    """Return the store at ``store``, which notes what the sweep of ``names`` is about.

    Raises
    ------
    ConfigError
        If a report knows no fact of a name in ``about``.
    OutputError
        If the store cannot be written, is about another sweep, or is opened by a worker process
        while that imports the script that was started.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        remedy = 'Call it below `if __name__ == "__main__":`, which workers do not run.'
        expected, got = "one call", "a call of a worker that imports this script"
        raise OutputError(message("sweep", expected, got, remedy))
    for name in about:
        if name not in FACTS:
            remedy = closest(name, FACTS, "Choose one.")
            fail("about", f"one of: {', '.join(FACTS)}", repr(name), remedy)
    kind.require_place(Path(store))
    kept = Store(store, write=True)
    try:
        kind.require_content(kept)
        remember(kept, kind, {kind.named(name) for name in names}, about)
    except BaseException:
        kept.close()
        raise
    return kept


def remember(kept: Store, kind: Target, swept: set[str], about: Record) -> None:
    """Note what the sweep is about, or raise if the store is about another one."""
    known = kept.about
    base = json.loads(json.dumps(kind.base))  # as a store gives it back
    files = {path: stamp(Path(path)) for path in kind.files()}
    files |= {str(file): module_digest(file) for file in kind.modules.values()}
    if "base" in known:
        swept = swept | set(known["parameters"])
        _refuse_other(kept.path, _constant(base, swept), _constant(known["base"], swept))
        before = known.get("files", {})
        changed = [path for path in files if before.get(path, files[path]) != files[path]]
        if changed:
            remedy = "Put it back, or choose another folder with --out."
            raise OutputError(message(changed[0], "the file of the other runs", "a changed one",
                                      remedy))  # fmt: skip
        files = before | files
    joined = [*known.get("together", []), *about.get("together", [])]
    about = about | {
        "together": [names for k, names in enumerate(joined) if names not in joined[:k]]
    }
    commands = [c for c in (known.get("command"), about.get("command")) if c]
    facts = about | ({"command": "\n".join(dict.fromkeys(commands))} if commands else {})
    meanings = {**known.get("meanings", {}), **kind.meanings}
    noted = {"meanings": meanings, "metrics": {**known.get("metrics", {}), **kind.measured}}
    kept.note(**{**facts, **noted, "base": base, "parameters": sorted(swept), "files": files})


def _refuse_other(where: Path, now: Record, then: Record) -> None:
    """Raise if what all points share differs from what it was."""
    for name in sorted(now.keys() | then.keys()):
        if now.get(name) != then.get(name):
            got = f"{name} = {now.get(name, 'its default')}, there {then.get(name, 'its default')}"
            remedy = f"Choose another folder with --out, or sweep {name}."
            if name.startswith(f"{TESTED_RUN}."):
                remedy = (
                    f"Delete {where}: its tests are of other chips, or of fewer seeds. "
                    "A sweep can choose another folder with --out instead."
                )
            raise OutputError(message(str(where), "the same settings", got, remedy))


def _constant(base: Record, swept: set[str]) -> Record:
    """Return the settings of ``base`` by dotted name that are not ``swept``."""
    return {name: value for name, value in leaves(base).items() if name not in swept}
