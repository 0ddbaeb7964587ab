"""Entering points and runs: each once, with a value of every parameter."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from crossbar.runs.store import hashes
from crossbar.runs.store.rows import Point, level, packed, unpacked
from crossbar.runs.store.table import points


def point(connection: sqlite3.Connection, new: Point) -> int:
    """Return the number of the point ``new``, which is entered unless it is there."""
    stored = connection.execute("SELECT id FROM points WHERE key = ?", (new.key,))
    if known := stored.fetchone():
        return int(known[0])
    row = (new.key, json.dumps(new.parameters), json.dumps(new.settings), packed(new.resolved))
    cursor = connection.execute(
        "INSERT INTO points (key, parameters, settings, resolved) VALUES (?, ?, ?, ?)", row
    )
    number = int(cursor.lastrowid or 0)
    hashes.seal(connection, "points", number)
    return number


def run(
    connection: sqlite3.Connection, role: str, point: int, seed: int, needs: int | None = None
) -> int:
    """Return the number of a run, which is entered unless it is there."""
    row = connection.execute(
        "SELECT id FROM runs WHERE role = ? AND point = ? AND seed = ?", (role, point, seed)
    )
    if known := row.fetchone():
        return int(known[0])
    cursor = connection.execute(
        "INSERT INTO runs (role, point, seed, needs, status) VALUES (?, ?, ?, ?, 'waiting')",
        (role, point, seed, needs),
    )
    return int(cursor.lastrowid or 0)


def complete(connection: sqlite3.Connection, names: Iterable[str]) -> None:
    """Let every point have a value of each of ``names``, also of those it was not swept over."""
    wanted = dict.fromkeys(names)
    known = points(lambda statement, *values: connection.execute(statement, values).fetchall())
    for number, text in known:
        parameters = json.loads(text)
        if wanted.keys() <= parameters.keys():
            continue
        settings, resolved = connection.execute(
            "SELECT settings, resolved FROM points WHERE id = ?", (number,)
        ).fetchone()
        given, whole = json.loads(settings), unpacked(resolved)
        filled = {name: parameters.get(name, level(name, given, whole)) for name in wanted}
        connection.execute(
            "UPDATE points SET parameters = ? WHERE id = ?", (json.dumps(filled), number)
        )
        hashes.seal(connection, "points", number)
