"""The chips of one point of a sweep, for the tables and limits that runs have too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crossbar.report.limits import assumed_energy, limits_of
from crossbar.report.records import analog
from crossbar.report.sweeps.levels import Level, levels, plain
from crossbar.report.sweeps.quantities import level_text, short
from crossbar.report.sweeps.records import Sweep
from crossbar.report.wording import listing
from crossbar.types import Record

FEW = 12  # values of a parameter, above which the lowest and the highest stand for all
KEPT = ("device_source", "data_source", "data", "split", "drifts", "ohmic")
CONDITIONS = ("age", "chip", "compensate")  # of the test; all others are settings


@dataclass(frozen=True)
class Chips:
    """The chips of one point, by the records of one of its runs.

    Attributes
    ----------
    name
        What figures and tables call them.
    point
        Value of each parameter.
    result, settings, energy
        As of :class:`crossbar.report.subject.Subject`.
    """

    name: str
    point: dict[str, Level]
    result: Record
    settings: Record
    energy: Record | None

    @property
    def analog(self) -> bool:
        """Whether the weights are conductances."""
        return analog(self.result["config"])


def chips(sweep: Sweep, runs: dict[str, int]) -> list[Chips]:
    """Return the chips of the ``runs``, by name; none of a sweep that is of no experiment."""
    records = sweep.runs(runs.values())
    rows = sweep.done.set_index("run")
    seeds = [int(seed) for seed in sorted(sweep.done["seed"].unique())]
    chips = []
    for name, number in runs.items():
        record = records[number]
        config, detail = record["resolved"], record["detail"]
        if not set(KEPT) <= detail.keys() or "tile" not in config:
            continue
        point = {n: plain(rows.at[number, n]) for n in sweep.parameters}
        result = {key: detail[key] for key in KEPT}
        result |= {"config": config, "device": config["kind"], "seeds": seeds}
        settings = _tested(record["settings"])
        chips.append(Chips(name, point, result, settings, detail.get("energy")))
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


def limits(sweep: Sweep, known: Iterable[Chips]) -> tuple[str, ...]:
    """Return the limits of all ``known`` chips, each once, with the points that it holds for."""
    known = list(known)
    counted = [one.energy for one in known if one.analog and one.energy]
    by_sentence: dict[str, list[Chips]] = {}
    for one in known:
        for sentence in limits_of(one):
            by_sentence.setdefault(sentence, []).append(one)
    placed = (
        sentence
        if len(holding) == len(known)
        else f"{_where(sweep, holding, known)}: {sentence[0].lower()}{sentence[1:]}"
        for sentence, holding in by_sentence.items()
    )
    return (*placed, *(assumed_energy(counted) if counted else ()))


def _where(sweep: Sweep, holding: list[Chips], known: list[Chips]) -> str:
    """Return which points are ``holding``: those with some values of one parameter, or some."""
    others = [one for one in known if one not in holding]
    for name in sweep.parameters:
        inside = {str(one.point[name]) for one in holding}
        if inside.isdisjoint(str(one.point[name]) for one in others):
            values = [v for v in levels(sweep.done[name]) if str(v) in inside]
            texts = [level_text(sweep, name, value) for value in values]
            return f"{short(sweep, name)} {listing(texts)}"
    return "some points"
