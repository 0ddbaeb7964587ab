"""Table of how far circuits lie from the behaviour that was simulated."""

from __future__ import annotations

from crossbar.report.tables.table import Cell, Number, Table, Tag, columns, quantity, references
from crossbar.types import Record


def circuits(record: Record) -> Table:
    """Return every error beside its tolerance, as `crossbar validate` found them."""
    rows: list[tuple[Cell, ...]] = []
    notes = references([row["note"] for row in record["rows"]])
    for row, note in zip(record["rows"], notes, strict=True):
        verdict: Cell = "within" if row["passed"] else Tag("exceeded")
        rows.append(
            (row["check"], row["metric"], _cell(row["error"], row["unit"]),
             _cell(row["tolerance"], row["unit"]), verdict, row["unit"] or "1", note)
        )  # fmt: skip
    passed = sum(bool(row["passed"]) for row in record["rows"])
    return Table(
        name="circuit-against-behaviour",
        caption=f"Circuit against behaviour: {passed} of {len(rows)} errors within their "
        f"tolerance. ngspice {record['versions']['ngspice']}, arrays of up to {record['size']} "
        f"lines, seed {record['seed']}. Unit: that of the numbers in the CSV file.",
        columns=(
            *columns("check", "metric", wrap=True),
            *columns("error", "tolerance", "verdict", "unit", "note"),
        ),
        rows=tuple(rows),
    )


def _cell(value: float | None, unit: str) -> Cell:
    """Return a number as the page writes it."""
    if value is None:
        return "none"
    if unit == "LSB":
        return Number(value, f"{value:.2g} LSB")
    return quantity(value, unit, 3) if unit else Number(value, f"{value:.2g}")
