"""Rows of a store that were edited by hand, taken as they are."""

from __future__ import annotations

from pathlib import Path

from crossbar.errors import DataError, message
from crossbar.runs.store import hashes
from crossbar.runs.store.schema import connect, explained, transaction
from crossbar.runs.store.store import located


def accept_rows(path: Path | str) -> int:
    """Take the rows of the store at ``path`` as they are; return how many were edited.

    Raises
    ------
    DataError
        If it is no store, or damaged beyond its rows.
    OutputError
        If it cannot be written.
    """
    place = located(Path(path))
    if not place.is_file():
        remedy = "Give what `crossbar sweep --out` named."
        raise DataError(message(str(place), "the store of a sweep", "no such file", remedy))
    here = connect(place, write=True, accept=True)
    try:
        with explained(place), transaction(here):
            return sum(hashes.seal(here, table) for table in hashes.ROWS)
    finally:
        here.close()
