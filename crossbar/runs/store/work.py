"""The life of a run: entered once with its point, claimed by a session, finished, or free again.

Each function is part of a transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from crossbar.runs.store import hashes
from crossbar.runs.store.rows import TRAINING, Claimed, Finished, Point, level, packed, unpacked
from crossbar.runs.store.table import points

CLAIMED = (
    "SELECT runs.id, role, points.settings, points.parameters, seed "
    "FROM runs JOIN points ON points.id = runs.point WHERE "
)


def enter_point(connection: sqlite3.Connection, new: Point) -> int:
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


def enter_run(
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


def claim(connection: sqlite3.Connection, session: int, count: int) -> list[Claimed]:
    """Claim up to ``count`` runs whose training, if they need one, is done."""
    rows = connection.execute(
        CLAIMED + "status = 'waiting' AND "
        "(needs IS NULL OR (SELECT status FROM runs AS t WHERE t.id = runs.needs) = 'done') "
        "ORDER BY runs.id LIMIT ?",
        (count,),
    ).fetchall()
    connection.executemany(
        "UPDATE runs SET status = 'running', session = ?, attempt = attempt + 1 WHERE id = ?",
        [(session, row[0]) for row in rows],
    )
    return [claimed(*row) for row in rows]


def claimed(run: int, role: str, settings: str, parameters: str, seed: int) -> Claimed:
    """Return the run of a row that ``CLAIMED`` selects."""
    return Claimed(run, role, json.loads(settings), json.loads(parameters), seed)


def finish(connection: sqlite3.Connection, session: int, one: Finished) -> None:
    """Write how a run ended, unless ``session`` does not hold it any more."""
    record = json.dumps(one.versions, sort_keys=True)
    connection.execute("INSERT OR IGNORE INTO versions (record) VALUES (?)", (record,))
    known = connection.execute("SELECT id FROM versions WHERE record = ?", (record,))
    (version,) = known.fetchone()
    done = one.metrics is not None
    metrics = json.dumps(one.metrics) if done else None
    row = ("done" if done else "failed", metrics, one.error, one.traceback, one.began,
           one.duration, one.host, version, one.memory, one.run, session)  # fmt: skip
    ours = connection.execute(
        "UPDATE runs SET status = ?, metrics = ?, error = ?, traceback = ?, began = ?, "
        "duration = ?, host = ?, versions = ?, memory = ?, session = NULL "
        "WHERE id = ? AND session = ? AND status = 'running'",
        row,
    ).rowcount
    if not ours:
        return
    if one.detail is not None:
        detail = (one.run, packed(one.detail))
        connection.execute("INSERT OR REPLACE INTO details (run, record) VALUES (?, ?)", detail)
        hashes.seal(connection, "details", one.run)
    hashes.seal(connection, "runs", one.run)
    if not done:
        fail_untrained(connection)


def fail_untrained(connection: sqlite3.Connection) -> None:
    """Let runs fail whose training has failed."""
    connection.execute(
        "UPDATE runs SET status = 'failed', error = 'the training that it needs failed: ' || "
        "(SELECT error FROM runs AS t WHERE t.id = runs.needs) WHERE status = 'waiting' AND "
        "needs IN (SELECT id FROM runs WHERE role = ? AND status = 'failed')",
        (TRAINING,),
    )


def free(connection: sqlite3.Connection, session: int) -> int:
    """Free what ``session`` has claimed and not finished; return how many runs."""
    return connection.execute(
        "UPDATE runs SET status = 'waiting', session = NULL "
        "WHERE status = 'running' AND session = ?",
        (session,),
    ).rowcount
