"""The page of a network on a chip."""

from __future__ import annotations

from pathlib import Path

from crossbar.files import make_folder
from crossbar.report.document import Bullets, Figures, Section, Tabular
from crossbar.report.figures.chip_map import pictures
from crossbar.report.page import write_page
from crossbar.report.tables import chip_map as tables
from crossbar.seals import write_json
from crossbar.types import Record

LEAD = "Arrays, cells, time, energy and area of every weight matrix of a network on a chip."


def write_map(record: Record, folder: Path, model: str) -> Path:
    """Write the page about ``record`` of ``model`` and ``map.json`` into ``folder``.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    make_folder(folder)
    write_json(folder / "map.json", record)
    parts = [
        Section("chip", "The chip", (Tabular(tables.totals(record)),)),
        Section("figures", "Where it goes", (Figures(pictures(record)),)),
        Section("matrices", "Matrix by matrix", (Tabular(tables.layers(record)),)),
        Section("sources", "Sources", (Bullets(_sources(record)),)),
        Section("notes", "What the figures contain", (Bullets(_sentences(record["notes"])),)),
    ]
    return write_page(folder, f"{model} on a chip", LEAD, parts)


def _sources(record: Record) -> tuple[str, ...]:
    lines = [f"{kind.capitalize()}, {line}" for kind in ("area", "energy")
             for line in tables.sources(record, kind)]  # fmt: skip
    return tuple(f"{line}." for line in lines)


def _sentences(notes: list[str]) -> tuple[str, ...]:
    return tuple(f"{note[0].upper()}{note[1:]}." for note in notes)
