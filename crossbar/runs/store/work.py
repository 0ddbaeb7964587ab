"""The life of a run: claimed by a session, finished by it, or free again. One transaction each."""

from __future__ import annotations

import json
import sqlite3

from crossbar.runs.store import hashes
from crossbar.runs.store.rows import TRAINING, Claimed, Finished, packed

CLAIMED = (
    "SELECT runs.id, role, points.settings, points.parameters, seed, needs "
    "FROM runs JOIN points ON points.id = runs.point WHERE "
)


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
    return [_claimed(*row) for row in rows]


def trainings(connection: sqlite3.Connection) -> list[Claimed]:
    """Return the shared trainings that are done."""
    rows = connection.execute(CLAIMED + "role = ? AND status = 'done'", (TRAINING,))
    return [_claimed(*row) for row in rows]


def _claimed(
    run: int, role: str, settings: str, parameters: str, seed: int, needs: int | None
) -> Claimed:
    return Claimed(run, role, json.loads(settings), json.loads(parameters), seed, needs)


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
