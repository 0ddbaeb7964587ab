"""The record of circuits against behaviour that `crossbar validate --out` leaves."""

from __future__ import annotations

from pathlib import Path

from crossbar.errors import DataError, message
from crossbar.report.records import read_json, require_names
from crossbar.types import Record

VALIDATION = "validation.json"
VALIDATED = ("check", "metric", "error", "tolerance", "passed", "unit", "note")
AGAIN = "Make it again: crossbar validate --out DIR."


def read_validation(folder: Path) -> Record | None:
    """Return what `crossbar validate --out` left in ``folder``, or None if it left nothing."""
    path = folder / VALIDATION
    if not path.exists():
        return None
    record = read_json(path, ("rows", "size", "seed", "versions"), AGAIN)
    rows = record["rows"]
    if not isinstance(rows, list) or not rows:
        raise DataError(message(str(path), "rows of checks", "none", AGAIN))
    for row in rows:
        require_names(path, "rows with", VALIDATED, row if isinstance(row, dict) else (), AGAIN)
    return record
