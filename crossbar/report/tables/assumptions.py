"""Tables of everything that the numbers rest on, with where each comes from."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from crossbar.energy import CONVENTIONS
from crossbar.meaning import CHOICE
from crossbar.report.fields import Fields, flat
from crossbar.report.records import Run
from crossbar.report.tables.table import Cell, Column, Table, Tag, columns
from crossbar.sources import Source, is_assumed, kind_of, unlisted
from crossbar.types import Record
from crossbar.units import METHOD

SECTIONS = ("device", "tile", "layers", "faults", "blocks", "energy")
IDEAL = {"gain_error": 0.0, "offset": 0.0, "noise": 0.0, "saturation": float("inf")}


def sources(run: Run) -> Table:
    """Return every source that ``run`` names: of its device, and of every cost of energy."""
    clauses = [c.strip() for c in run.result["device_source"].split(";")]
    rows: list[tuple[Cell, ...]] = [("device model", standing(c), c) for c in clauses]
    rows.append(("data", run.result["data"]["made"], run.result["data_source"]))
    energy = run.energy or {}
    conventions = list(CONVENTIONS) if run.analog else ["digital"]
    listed_before = set(energy["physical"]["sources"]) if energy else set()
    for convention in (name for name in conventions if name in energy):
        for source in energy[convention]["sources"]:
            if convention == "circuit" and source in listed_before:
                continue
            rows.append((f"energy, {convention}", standing(source), source))
    return Table(
        name=f"{run.name}-sources",
        caption=f"Sources of {run.name}. Published: the source names the number. Derived: it "
        "follows from what the text names. Assumed: our choice. Given: yours.",
        columns=(*columns("of", "number is"), Column("source", wrap=True)),
        rows=tuple(rows),
    )


def standing(source: str) -> Cell:
    """Return the kind of the number of ``source``; what is assumed is marked."""
    return Tag("assumed") if is_assumed(source) else kind_of(source)


def settings(run: Run) -> Table:
    """Return every setting of the hardware of ``run`` with its value and where it comes from."""
    return Table(
        name=f"{run.name}-settings",
        caption=f"Hardware of {run.name}. Published, derived, assumed, given: the source of the "
        "number is in the table above. Default: of the numerical method.",
        columns=(*columns("setting", "value", "origin"), Column("meaning", wrap=True)),
        rows=tuple(_settings(run)),
    )


def _settings(run: Run) -> Iterator[tuple[Cell, ...]]:
    given, kinds = dict(flat(run.settings)), unlisted(run.result["device_source"])
    known = Fields.of(run.result)
    config = run.result["config"]
    chip = dict(flat({name: config.get(name) or {} for name in ("device", "tile")}))
    for section in SECTIONS:
        numbers = flat(_without_ideal(config.get(section) or {}), section)
        if section == "layers":
            numbers = [(path, value) for path, value in numbers if chip.get(_shared(path)) != value]
        for path, value in numbers:
            parent = any(other.startswith(f"{path}.") for other, _ in numbers)
            if path == section or (parent and known.of_name(path).role != CHOICE):
                continue
            shown = known.text(path, value)
            yield path, shown, _origin(path, given, kinds, known), known.words(path)


def _shared(path: str) -> str:
    """Return the setting of the chip that ``path``, of a layer, lies over.

    Examples
    --------
    >>> _shared("layers.fc.device.g_max"), _shared("layers.fc.adc.bits")
    ('device.g_max', 'tile.adc.bits')
    """
    name = path.split(".", 2)[-1]
    return name if name.split(".")[0] == "device" else f"tile.{name}"


def _origin(path: str, given: dict[str, Any], kinds: dict[str, Source], known: Fields) -> Cell:
    """Return where a setting comes from: the user, or the kind of its number.

    Examples
    --------
    >>> _origin("device.step.up", {"device.step": "pulses.csv"}, {}, Fields())
    'file set for this run'
    >>> _origin("device.step.up", {"device.step": "my_lab.steps:Mine"}, {}, Fields()).text
    'assumed'
    """
    if path in given or f"{path}.kind" in given:
        return "set for this run"
    parents = itertools.accumulate(path.split("."), "{}.{}".format)
    above = [str(given.get(name, "")) for name in parents]
    if any("." in kind and ":" not in kind for kind in above):  # a path, no module:Class
        return "file set for this run"
    if path in kinds:
        return standing(str(kinds[path]))
    return "default" if known.of_name(path).role == METHOD else Tag("assumed")


def _without_ideal(record: Record) -> Record:
    """Return ``record`` with the errors of each ideal block in one word."""
    short = dict(record)
    for name, value in record.items():
        if not isinstance(value, dict):
            continue
        ideal = {k: v for k, v in value.items() if k != "type"} == IDEAL
        short[name] = "none (ideal)" if ideal else _without_ideal(value)
    return short
