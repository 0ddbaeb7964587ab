"""The folder of a run: where it is, and what may not be overwritten.

``runs.db`` is the store, with settings, metrics and details of every chip; ``seed-K/`` holds the
chip of a seed, see :mod:`crossbar.runs.chip_files`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crossbar import files, seals
from crossbar.errors import DataError, OutputError, message
from crossbar.runs.store import hashes, places
from crossbar.runs.store.schema import connect, explained, transaction
from crossbar.runs.store.store import NAME, Store, located

RECORDS = (places.CHECKPOINT, places.CELLS, places.EXAMPLES, "validation.json")


def default_folder(name: str, settings: dict[str, Any]) -> Path:
    """Return ``runs/name-hash``, the same for the same settings and another for others."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    return Path("runs") / f"{name}-{digest[:8]}"


def require_free(folder: Path) -> None:
    """Raise unless ``folder`` is that of a run, is empty, or can be made; write nothing.

    Raises
    ------
    OutputError
        If it cannot be written or holds anything else.
    """
    elsewhere = "Choose another folder with --out, or delete this one."
    try:
        files.require_makeable(folder)
        if not folder.exists() or all(path.match(files.TEMPORARY) for path in folder.iterdir()):
            return
    except OSError as error:
        reason = str(error.strerror)
        raise OutputError(message(str(folder), "a readable folder", reason, elsewhere)) from None
    if not (folder / NAME).exists():
        raise OutputError(message(str(folder), "an empty folder", "other files", elsewhere))


def accept(folder: Path) -> tuple[list[Path], int]:
    """Give every record in ``folder``, and in those below it, a checksum of what it holds now.

    Returns
    -------
    files, rows
        The files that had no checksum, or another content than theirs, and how many rows of stores
        were edited.

    Raises
    ------
    DataError
        If there is no record, or one cannot be understood at all.
    OutputError
        If one cannot be written.
    """
    paths = [path for name in RECORDS for path in sorted(folder.rglob(name))]
    stores = [folder] if folder.is_file() else sorted(folder.rglob(NAME))
    if not paths and not stores:
        remedy = "Give the folder that `crossbar train --out` or `crossbar sweep --out` wrote."
        raise DataError(message(str(folder), "the records of a run", "none", remedy))
    return [path for path in paths if seals.accept(path)], sum(map(accept_rows, stores))


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
    with (
        contextlib.closing(connect(place, write=True, accept=True)) as here,
        explained(place),
        transaction(here),
    ):
        return sum(hashes.seal(here, table) for table in hashes.ROWS)


def abandoned(folder: Path) -> bool:
    """Remove what a training without an epoch left; return whether it did.

    Nothing is removed where a chip is done, or another process trains one.
    """
    if any(folder.glob(f"seed-*/{places.CHECKPOINT}")):
        return False
    if (folder / NAME).exists():
        with Store(folder) as kept:
            if kept.counts().keys() & {"done", "running"}:
                return False
    for part in ("", "-wal", "-shm", "-journal"):
        (folder / f"{NAME}{part}").unlink(missing_ok=True)
    for place in folder.glob("seed-*"):
        with contextlib.suppress(OSError):  # what somebody else has put there stays
            place.rmdir()
    return True


@contextlib.contextmanager
def unless_empty(folder: Path) -> Iterator[None]:
    """Keep ``folder`` at the end unless it is empty then."""
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            folder.rmdir()
