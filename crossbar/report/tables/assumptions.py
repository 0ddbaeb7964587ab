"""Tables of everything that the numbers rest on, with where each comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crossbar.report.fields import flat, meaning, value_text
from crossbar.report.records import Record
from crossbar.report.subject import Subject
from crossbar.report.tables.table import Cell, Column, Table, Tag, columns
from crossbar.report.wording import is_assumed

SECTIONS = ("device", "tile", "faults", "blocks", "energy")
CHOICES = ("mapping", "step")  # settings whose kind says something beside their numbers
NUMERICAL = (
    "tile.refresh",
    "tile.tolerance",
    "tile.follow",
    "tile.precision",
    "energy.rate",
    "energy.images",
)  # no assumptions
IDEAL = {"gain_error": 0.0, "offset": 0.0, "noise": 0.0, "saturation": float("inf")}


def sources(run: Subject) -> Table:
    """Return every source that ``run`` names: of its device, and of every cost of energy."""
    clauses = [c.strip() for c in run.result["device_source"].split(";")]
    rows: list[tuple[Cell, ...]] = [("device model", _standing(c), c) for c in clauses]
    synthetic = run.result["config"]["data"]["path"] is None
    standing = "synthesised" if synthetic else "recorded"
    rows.append(("data", standing, run.result["data_source"]))
    energy = run.energy or {}
    conventions = ("leti-2026", "exact", "physical", "digital") if run.analog else ("digital",)
    for convention in (name for name in conventions if name in energy):
        for source in energy[convention]["sources"]:
            rows.append((f"energy, {convention}", _standing(source), source))
    return Table(
        name=f"{run.name}-sources",
        caption=f"Sources of {run.name}. What no publication or circuit simulation supports is "
        "marked as assumed.",
        columns=(*columns("of", "standing"), Column("source", wrap=True)),
        rows=tuple(rows),
    )


def _standing(source: str) -> Cell:
    return Tag("assumed") if is_assumed(source) else "sourced"


def settings(run: Subject) -> Table:
    """Return every setting of the hardware of ``run`` with its value and where it comes from."""
    return Table(
        name=f"{run.name}-settings",
        caption=f"Hardware of {run.name}. Device: the numbers of the device model, whose sources "
        "stand in the table above. Default: the program's own choice, which no publication "
        "supports.",
        columns=(*columns("setting", "value", "origin"), Column("meaning", wrap=True)),
        rows=tuple(_settings(run)),
    )


def _settings(run: Subject) -> Iterator[tuple[Cell, ...]]:
    given = dict(flat(run.settings))
    for section in SECTIONS:
        found = flat(_without_ideal(run.result["config"].get(section) or {}), section)
        for path, value in found:
            name = path.rsplit(".", 1)[-1]
            parent = any(other.startswith(f"{path}.") for other, _ in found)
            if path == section or (parent and name not in CHOICES):
                continue
            shown = value_text(name, value)
            yield path, shown, _origin(run, path, shown, given), meaning(name)


def _origin(run: Subject, path: str, shown: str, given: dict[str, Any]) -> Cell:
    """Return where a setting comes from: the user, the source of the device, or nowhere."""
    if path in given or f"{path}.kind" in given:
        return "set for this run"
    cited = path.startswith("tile.reading") and shown in run.result["device_source"]
    if path.startswith("device.") or cited:
        return "device model"
    return "default" if path in NUMERICAL else Tag("assumed (default)")


def _without_ideal(record: Record) -> Record:
    """Return ``record`` with the errors of each ideal block in one word."""
    short = dict(record)
    for name, value in record.items():
        if not isinstance(value, dict):
            continue
        ideal = {k: v for k, v in value.items() if k != "type"} == IDEAL
        short[name] = "none (ideal)" if ideal else _without_ideal(value)
    return short
