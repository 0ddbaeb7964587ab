"""Hashes of rows, which detect and name rows damaged or edited after their commit."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from crossbar.errors import DataError, message

# For each table: key and hash of a row, then the columns that the hash covers.
ROWS = {
    "about": "SELECT name, hash, value FROM about WHERE 1",
    "points": "SELECT id, hash, key, parameters, settings, resolved FROM points WHERE 1",
    "details": "SELECT run, hash, record FROM details WHERE 1",
    "runs": "SELECT runs.id, runs.hash, role, points.key, seed, needs, attempt, metrics, began, "
    "duration, memory, runs.host, error, versions.record, details.hash FROM runs "
    "LEFT JOIN points ON points.id = point LEFT JOIN versions ON versions.id = versions "
    "LEFT JOIN details ON details.run = runs.id WHERE status = 'done'",
}
KEYS = {"about": "name", "points": "id", "runs": "runs.id", "details": "run"}
STRANGE = (
    "SELECT min(id) FROM runs WHERE role NOT IN ('run', 'training') "
    "OR status NOT IN ('waiting', 'running', 'done', 'failed')"
)
REMEDY = (
    "Restore the file, or drop the run and give the command of the sweep again; "
    "a store that you edited is taken by `crossbar accept`."
)


def seal(connection: sqlite3.Connection, table: str, key: int | str | None = None) -> int:
    """Store the hash of the row ``key`` of ``table``, or of all; return how many changed."""
    changed = [(now, row) for row, then, now in _hashed(connection, table, key) if then != now]
    name = KEYS[table].removeprefix("runs.")
    connection.executemany(f"UPDATE {table} SET hash = ? WHERE {name} = ?", changed)
    return len(changed)


def require(
    connection: sqlite3.Connection, path: Path, table: str, key: int | str | None = None
) -> None:
    """Raise unless the row ``key`` of ``table``, or every row, is as it was committed.

    Raises
    ------
    DataError
        If a row differs; the message names it.
    """
    wrong = [row for row, then, now in _hashed(connection, table, key) if then != now]
    if table == "runs" and not wrong:
        wrong = [row for (row,) in connection.execute(STRANGE) if row is not None]
    if wrong:
        got = f"a damaged or edited one, {table} {wrong[0]}"
        raise DataError(message(str(path), "rows as they were committed", got, REMEDY))


def require_sound(connection: sqlite3.Connection, path: Path) -> None:
    """Raise unless pages, indices and rows of the database are as they were committed.

    Details, which are long, are checked when they are read.
    """
    (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        got = f"a damaged one ({' '.join(verdict.split())})"
        raise DataError(message(str(path), "a whole database", got, REMEDY))
    for table in ("about", "points", "runs"):
        require(connection, path, table)


def _hashed(
    connection: sqlite3.Connection, table: str, key: int | str | None
) -> list[tuple[Any, str, str]]:
    """Return key, stored hash and present hash of rows."""
    statement = ROWS[table] if key is None else f"{ROWS[table]} AND {KEYS[table]} = ?"
    rows = connection.execute(statement, () if key is None else (key,)).fetchall()
    return [(row, then, _digest([row, *covered])) for row, then, *covered in rows]


def _digest(values: list[Any]) -> str:
    """Return the hash of plain values and bytes."""
    return hashlib.sha256(json.dumps(values, default=bytes.hex).encode()).hexdigest()[:32]
