"""Who works on a store, and whether they still do."""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from crossbar.errors import CrossbarError
from crossbar.runs.store.schema import connect, transaction

LEASE = 120.0  # s without a sign of life, after which a session on another machine counts as dead
BEAT = 5.0  # s between signs of life


def enter(connection: sqlite3.Connection) -> int:
    """Enter this process as a session and return its number."""
    pid = os.getpid()
    row = (socket.gethostname(), boot(), pid, started(pid), time.time())
    cursor = connection.execute(
        "INSERT INTO sessions (host, boot, pid, started, beat) VALUES (?, ?, ?, ?, ?)", row
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


@contextlib.contextmanager
def alive(path: Path, session: int) -> Iterator[None]:
    """Give signs of life of ``session`` to the store ``path``, however long a run takes."""
    ended = threading.Event()
    beat = threading.Thread(target=_live, args=(path, session, ended), daemon=True)
    beat.start()
    try:
        yield
    finally:
        ended.set()
        beat.join()


def _live(path: Path, session: int, ended: threading.Event) -> None:
    """Renew the lease of ``session`` until it has ended; a busy store is tried again."""
    while not ended.wait(BEAT):
        with (
            contextlib.suppress(CrossbarError, sqlite3.Error),
            contextlib.closing(connect(path, write=True)) as here,
            transaction(here),
        ):
            here.execute("UPDATE sessions SET beat = ? WHERE id = ?", (time.time(), session))


def dead(connection: sqlite3.Connection) -> list[int]:
    """Return the sessions that hold runs and do not live any more.

    A process of this machine lives while one with its number and start time runs; one of another
    machine, or of another start of this one, while it gave a sign of life within the lease.
    """
    rows = connection.execute(
        "SELECT id, host, boot, pid, started, beat FROM sessions WHERE id IN "
        "(SELECT DISTINCT session FROM runs WHERE status = 'running')"
    ).fetchall()
    here = (socket.gethostname(), boot())
    gone = []
    for number, host, booted, pid, begun, beat in rows:
        here_now = (host, booted) == here
        if started(pid) != begun if here_now else time.time() - beat >= LEASE:
            gone.append(number)
    return gone


def boot() -> str:
    """Return what tells this start of the machine from others."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def started(pid: int) -> str:
    """Return when process ``pid`` started, as the system counts it; empty if it does not run."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return ""
    except OSError:
        return ""
    try:  # systems without /proc tell only whether it runs
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "running"
