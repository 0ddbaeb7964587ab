"""The folder of a run: what is written where, and what may not be overwritten.

``run.json`` (settings and state), ``result.json``, ``examples.npz`` (one sample a
class), ``activity.json`` and ``seed-K/`` with ``checkpoint.npz``, ``history.csv``,
``predictions.csv`` and ``cells.npz`` (weights and conductances before and after training). What
is read again carries a checksum; see :mod:`crossbar.seals`.
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
from crossbar.runs import ownership

FORMAT = 1
RECORDS = ("run.json", "result.json", "validation.json", "activity.json", "energy.json",
           "history.csv", "robustness.csv", "examples.npz", "cells.npz",
           "checkpoint.npz")  # fmt: skip
Record = dict[str, Any]


def default_folder(name: str, settings: Record) -> Path:
    """Return ``runs/name-hash``, the same for the same settings and another for others."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    return Path("runs") / f"{name}-{digest[:8]}"


def checkpoint(folder: Path, seed: int) -> Path:
    """Return the place of the checkpoint of ``seed`` in the run ``folder``."""
    return folder / f"seed-{seed}" / "checkpoint.npz"


def finished(folder: Path, settings: Record) -> bool:
    """Return whether ``folder`` holds the finished run with ``settings``; write nothing.

    Raises
    ------
    OutputError
        If the folder cannot be written or holds anything but this run.
    """
    elsewhere = "Choose another folder with --out, or delete this one."
    try:
        files.require_makeable(folder)
        if not folder.exists() or all(_passing(path) for path in folder.iterdir()):
            return False
    except OSError as error:
        reason = str(error.strerror)
        raise OutputError(message(str(folder), "a readable folder", reason, elsewhere)) from None
    if not (folder / "run.json").exists():
        raise OutputError(message(str(folder), "an empty folder", "other files", elsewhere))
    if seals.read_json(folder / "run.json").get("settings") != json.loads(json.dumps(settings)):
        got = "a run with other settings"
        raise OutputError(message(str(folder), "an empty folder or this run", got, elsewhere))
    return (folder / "result.json").exists()


def _passing(path: Path) -> bool:
    """Return whether ``path`` is no record, but what a process needs as long as it lives."""
    return path.name == ownership.NAME or path.match(files.TEMPORARY)


def claim(folder: Path, settings: Record) -> None:
    """Make ``folder``, which is owned, the folder of a run with ``settings``."""
    seals.write_json(folder / "run.json", {"format": FORMAT, "settings": settings})


def accept(folder: Path) -> list[Path]:
    """Give every record in ``folder``, and in those below it, a checksum of what it holds now.

    Return the records that had none, or another content than theirs.

    Raises
    ------
    DataError
        If there is no record, or one cannot be understood at all.
    OutputError
        If one cannot be written.
    """
    paths = [path for name in RECORDS for path in sorted(folder.rglob(name))]
    if not paths:
        remedy = "Give the folder that `crossbar train --out` wrote."
        raise DataError(message(str(folder), "the records of a run", "none", remedy))
    return [path for path in paths if seals.accept(path)]


def abandoned(folder: Path) -> bool:
    """Remove what :func:`claim` and a training without an epoch left; return whether it did."""
    if any(folder.glob("seed-*/checkpoint.npz")):
        return False
    for name in ("run.json", "examples.npz"):
        (folder / name).unlink(missing_ok=True)
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
