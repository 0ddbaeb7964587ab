"""The chips of points of a sweep, and which points a limit holds for."""

from __future__ import annotations

from crossbar.report.records import Run
from crossbar.report.sweeps.levels import levels, plain
from crossbar.report.sweeps.quantities import level_text, short
from crossbar.report.sweeps.records import Sweep
from crossbar.report.wording import listing
from crossbar.runs.store.result import ABOUT, CONDITIONS, result_of
from crossbar.types import Record

FEW = 12  # values of a parameter, above which the lowest and the highest stand for all


def chips(sweep: Sweep, runs: dict[str, int]) -> list[Run]:
    """Return the chips of the ``runs``, by name; none of a sweep that is of no experiment.

    Each is read from one run and has the seeds of the whole sweep.
    """
    records = sweep.runs(runs.values())
    rows = sweep.done.set_index("run")
    seeds = [int(seed) for seed in sorted(sweep.done["seed"].unique())]
    chips = []
    for name, number in runs.items():
        record = records[number]
        if not set(ABOUT) <= record["detail"].keys() or "tile" not in record["resolved"]:
            continue
        result, settings, tested = result_of(sweep.about, [record])
        point = {n: plain(rows.at[number, n]) for n in sweep.parameters}
        chips.append(
            Run(name, result | {"seeds": seeds}, _tested(settings), tuple(tested), point=point)
        )
    return chips


def _tested(settings: Record) -> Record:
    """Return ``settings`` with those of the test in the places of those of the training."""
    trained = {name: value for name, value in settings.items() if name != "test"}
    changes = settings.get("test", {})
    return _laid({k: v for k, v in changes.items() if k not in CONDITIONS}, trained)


def _laid(over: Record, under: Record) -> Record:
    merged = dict(under)
    for name, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = _laid(value, merged[name]) if both else value
    return merged


def examples(sweep: Sweep) -> dict[str, int]:
    """Return runs in which every value of every parameter occurs, or its lowest and highest."""
    numbers: set[int] = set()
    for name in sweep.parameters:
        seen = sweep.done.drop_duplicates(name)
        if len(seen) > FEW:
            seen = seen.sort_values(name).iloc[[0, -1]]
        numbers.update(int(number) for number in seen["run"])
    numbers.add(int(sweep.done["run"].iloc[0]))
    return {f"run {number}": number for number in sorted(numbers)}


def where(sweep: Sweep, holding: list[Run], known: list[Run]) -> str:
    """Return which points are ``holding``: those with some values of one parameter, or some."""
    others = [one for one in known if one not in holding]
    for name in sweep.parameters:
        inside = {str(one.point[name]) for one in holding}
        if inside.isdisjoint(str(one.point[name]) for one in others):
            values = [v for v in levels(sweep.done[name]) if str(v) in inside]
            texts = [level_text(sweep, name, value) for value in values]
            return f"{short(sweep, name)} {listing(texts)}"
    return "some points"
