"""The page about a fitted device: its law, parameters with intervals, and figures."""

from __future__ import annotations

from pathlib import Path

from crossbar.report.document import Bullets, Figures, Section, Tabular, Text
from crossbar.report.figures.canvas import Picture
from crossbar.report.page import write_page
from crossbar.report.tables.table import Cell, Column, Number, Table
from crossbar.types import Record
from crossbar.units import text

LEAD = "A device fitted to measured pulses: its law, and how certain each of its parameters is."


def write_fit(out: Path, record: Record, source: str, pictures: tuple[Picture, ...]) -> Path:
    """Write the page about a fit into the folder ``out``; return its file.

    Parameters
    ----------
    record
        That of the fit: ``law``, ``reason``, ``goodness``, ``notes``, ``level``, ``parameters`` and
        ``spread``.
    source
        What it was fitted to.
    pictures
        Of its pulses and what they leave open.
    """
    good, reason = record["goodness"], record["reason"]
    errors = (
        "If the law is right, mean errors as large as these have a probability of "
        f"{good['steps']:.2g}, their squares of {good['spread']:.2g}. Reads further off than "
        f"chance explains: {100 * good['wrong']:.2g} %."
    )
    notes = (Bullets(tuple(record["notes"])),) if record["notes"] else ()
    words = Text(f"{reason[0].upper()}{reason[1:]}.")
    parts = [
        Section("law", "The law", (words, Text(errors), *notes)),
        Section("parameters", "Parameters", (Tabular(_table(record, source)),)),
        Section("figures", "Figures", (Figures(pictures),)),
    ]
    return write_page(out, f"Fitted device: {record['law']}", LEAD, parts)


def _table(record: Record, source: str) -> Table:
    """Return the parameters with their intervals."""
    columns = (Column("setting"), Column("value"), Column("from"), Column("to"), Column("unit"))
    rows: list[tuple[Cell, ...]] = []
    for name, one in {**record["parameters"], **record["spread"]}.items():
        cells = (_number(one[of], one["unit"]) for of in ("value", "low", "high"))
        rows.append((f"device.{name}", *cells, one["unit"]))
    caption = (
        f"Median of the posterior and interval of {100 * record['level']:g} % of every parameter. "
        f"Fitted to {source or 'measured pulses'}."
    )
    return Table("parameters", caption, columns, tuple(rows))


def _number(value: float, unit: str) -> Number:
    return Number(value, text(value, unit, 3) if unit else f"{value:.3g}")
