"""The page about a device: figures of what its cells do, and its numbers with their sources."""

from __future__ import annotations

from pathlib import Path

from crossbar.report.document import Figures, Section, Tabular, Text
from crossbar.report.fields import value_text
from crossbar.report.figures.canvas import Picture
from crossbar.report.page import write_page
from crossbar.report.tables.table import Column, Table, Tag
from crossbar.types import Record

LEAD = "What the cells of a device do, drawn from its numbers, each with its unit and source."


def write_sheet(out: Path, record: Record, pictures: tuple[Picture, ...]) -> Path:
    """Write the page about a device into the folder ``out``; return its file.

    Parameters
    ----------
    record
        ``device`` (its kind), ``class``, ``about`` (where it is valid) and ``numbers``, each with
        ``name``, ``words``, ``value``, ``unit``, and ``kind`` and text of its ``source``.
    pictures
        What its cells do.
    """
    columns = (Column("number"), Column("setting"), Column("value"), Column("is"),
               Column("source", wrap=True))  # fmt: skip
    rows = tuple(
        (row["words"], f"device.{row['name']}", number_text(row), Tag(row["kind"]), row["source"])
        for row in record["numbers"]
    )
    caption = f"Numbers of {record['device']}, a {record['class']}. {record['about']}"
    parts = [
        Section("figures", "What its cells do", (Figures(pictures),)),
        Section("numbers", "Numbers and sources", (
            Text(record["about"]), Tabular(Table("numbers", caption, columns, rows)))),
    ]  # fmt: skip
    return write_page(out, f"Device: {record['device']}", LEAD, parts)


def number_text(row: Record) -> str:
    """Return the value of one of the ``numbers`` of a record with its unit."""
    value = row["value"]
    if isinstance(value, tuple):
        return ", ".join(f"{one:.5g}" for one in value)
    return value_text(value, row["unit"])
