"""The tables, and how a file is opened, made and brought up to date."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from crossbar.errors import DataError, OutputError, message
from crossbar.runs.store.hashes import ROWS, require_sound, seal

FORMAT = 3
APPLICATION = 0x63726F73  # "cros", by which `file` and we tell a store from another database
LEAST = 1 << 16  # bytes free on a disk on which a store may fail for want of space
PATIENCE = 60.0  # s, that a statement waits for another process to commit
# File systems of several machines.
NETWORKED = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "lustre", "gpfs", "beegfs", "ceph", "glusterfs",
     "fuse.sshfs", "fuse.glusterfs", "9p", "afs", "panfs")
)  # fmt: skip

# What brings a store of each earlier format to the next.
MIGRATIONS = {
    1: ("ALTER TABLE runs ADD COLUMN memory REAL",),
    2: tuple(f"ALTER TABLE {table} ADD COLUMN hash TEXT NOT NULL DEFAULT ''" for table in ROWS),
}
TABLES = """
CREATE TABLE about (
  name TEXT PRIMARY KEY, value TEXT NOT NULL, hash TEXT NOT NULL DEFAULT '');
CREATE TABLE points (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, parameters TEXT NOT NULL,
  settings TEXT NOT NULL, resolved BLOB NOT NULL, hash TEXT NOT NULL DEFAULT '');
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY, host TEXT NOT NULL, boot TEXT NOT NULL, pid INTEGER NOT NULL,
  started TEXT NOT NULL, beat REAL NOT NULL);
CREATE TABLE versions (id INTEGER PRIMARY KEY, record TEXT NOT NULL UNIQUE);
CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, role TEXT NOT NULL,
  point INTEGER NOT NULL REFERENCES points(id), seed INTEGER NOT NULL,
  needs INTEGER REFERENCES runs(id), status TEXT NOT NULL,
  session INTEGER, attempt INTEGER NOT NULL DEFAULT 0, metrics TEXT, error TEXT NOT NULL DEFAULT '',
  traceback TEXT NOT NULL DEFAULT '', began REAL, duration REAL, host TEXT,
  versions INTEGER REFERENCES versions(id), memory REAL, hash TEXT NOT NULL DEFAULT '',
  UNIQUE (role, point, seed));
CREATE INDEX runs_by_status ON runs (status, id);
CREATE TABLE details (
  run INTEGER PRIMARY KEY REFERENCES runs(id), record BLOB NOT NULL,
  hash TEXT NOT NULL DEFAULT '');
"""


def connect(path: Path, *, write: bool, accept: bool = False) -> sqlite3.Connection:
    """Return a connection to the store at ``path``, which is made if ``write`` and missing.

    Changes reach the disk before a run counts as done, so that not even a loss of power undoes
    one. The log is written ahead (WAL); file systems of several machines do not share its index,
    and there a rollback journal takes its place. Rows are checked, unless they are to be accepted
    as they are.

    Raises
    ------
    DataError
        If the file is no store, is damaged, or was written by a newer version.
    OutputError
        If it cannot be made or written.
    """
    if not write and not path.is_file():
        remedy = "Give what `crossbar sweep --out` named."
        raise DataError(message(str(path), "the store of a sweep", "no such file", remedy))
    with explained(path):
        new = write and not path.exists()
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
        mode = "rwc" if write else _reading(path)
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=PATIENCE,
            isolation_level=None,
        )  # fmt: skip
        try:
            _prepare(connection, path, write=write, new=new, accept=accept)
        except BaseException as error:
            connection.close()
            if new and isinstance(error, sqlite3.OperationalError) and "I/O" in str(error):
                for part in path.parent.glob(f"{path.name}*"):  # no store yet, so nothing is lost
                    part.unlink()
            raise
    return connection


def _reading(path: Path) -> str:
    """Return how to open a store for reading alone, also where nothing can be written.

    A log written ahead has an index beside it, which readers make; a file that was closed in
    order can be read without one.
    """
    log = path.with_name(f"{path.name}-wal")
    if os.access(path.parent, os.W_OK) and os.access(path, os.W_OK):
        return "rw"  # so that the index goes when the last reader closes
    if log.exists() and log.stat().st_size:
        remedy = "Copy the folder to a writable place: it holds changes that only a writer reads."
        raise DataError(message(str(path), "a store that was closed in order", log.name, remedy))
    return "ro&immutable=1"


def _set_journal(connection: sqlite3.Connection, journal: str) -> None:
    """Set the ``journal`` of a new store, which another process may be making at once.

    SQLite waits for others at every statement but this.
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute(f"PRAGMA journal_mode={journal}")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.05)


def _prepare(
    connection: sqlite3.Connection, path: Path, *, write: bool, new: bool, accept: bool
) -> None:
    """Make the tables of a new store, or check what is there."""
    if write:
        journal = "DELETE" if filesystem(path.resolve()) in NETWORKED else "WAL"
        if new:
            _set_journal(connection, journal)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        with transaction(connection):
            if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                for statement in TABLES.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version={FORMAT}")
                connection.execute(f"PRAGMA application_id={APPLICATION}")
    _check(connection, path)
    if write:
        with transaction(connection):
            _migrate(connection)
    else:
        connection.execute("PRAGMA query_only=ON")
        if _format(connection) < FORMAT:
            got = f"format {_format(connection)}"
            remedy = f"Bring it up to date: crossbar runs migrate {path}."
            raise DataError(message(str(path), f"a store of format {FORMAT}", got, remedy))
    if not accept:
        require_sound(connection, path)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise unless the database is a store of this format."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION:
        remedy = "Give what `crossbar sweep --out` named."
        raise DataError(message(str(path), "the store of a sweep", "another database", remedy))
    version = _format(connection)
    if version > FORMAT:
        got, remedy = f"format {version}", "Install the crossbar that wrote it, or a newer one."
        raise DataError(message(str(path), f"a store of format {FORMAT}", got, remedy))


def _format(connection: sqlite3.Connection) -> int:
    """Return the format that the store says it has."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring an older store to this format; what it holds stays."""
    for earlier in range(_format(connection), FORMAT):
        for statement in MIGRATIONS[earlier]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={earlier + 1}")
        if earlier + 1 == FORMAT:  # rows had no hash before
            for table in ROWS:
                seal(connection, table)


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Do all that follows, or nothing of it; no other process writes meanwhile."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
    except BaseException:
        if connection.in_transaction:  # a full disk has rolled it back already
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite or the system says about ``path`` into an error with its remedy."""
    try:
        yield
    except OSError as error:
        remedy = "Choose another folder with --out."
        text = message(str(path), "a writable folder", str(error.strerror), remedy)
        raise OutputError(text) from None
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # also of its own messages
        reason = " ".join(str(error).split())
        where = str(path)
        full = "I/O" in reason and shutil.disk_usage(path.parent).free < LEAST
        if full or "full" in reason:
            remedy = "Free some and give the command again: what is finished is kept."
            raise OutputError(message(where, "space on the disk", "none", remedy)) from None
        if "readonly" in reason or "unable to open" in reason:
            remedy = "Make it writable, or choose another folder with --out."
            raise OutputError(message(where, "a writable file", reason, remedy)) from None
        if "locked" in reason:
            remedy = "Another process holds it: stop that one, or wait."
            raise OutputError(message(where, "a store that opens", reason, remedy)) from None
        if "I/O" in reason:
            remedy = (
                "Look after the disk and the limit of file sizes (ulimit -f), then give the "
                "command again: what is finished is kept."
            )
            raise OutputError(message(where, "a disk that works", reason, remedy)) from None
        if isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError)):
            raise
        remedy = "Give the store of a sweep; a damaged one may open with `sqlite3 FILE .recover`."
        raise DataError(message(where, "the store of a sweep", reason, remedy)) from None


def filesystem(path: Path) -> str:
    """Return the kind of file system that ``path`` lies on; empty where the system does not say.

    Examples
    --------
    >>> filesystem(Path("/proc/self"))
    'proc'
    """
    try:
        mounts = Path("/proc/self/mounts").read_text().splitlines()
    except OSError:
        return ""
    nearest = ("", "")
    for line in mounts:
        _, mounted, kind, *_ = line.split(" ")
        folder = mounted.replace("\\040", " ")
        if path.is_relative_to(folder) and len(folder) >= len(nearest[0]):
            nearest = (folder, kind)
    return nearest[1]
