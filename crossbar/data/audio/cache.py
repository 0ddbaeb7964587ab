"""Windows kept on disk, so that the second run, and every process of a sweep, starts at once."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from crossbar import files, seals
from crossbar.data.audio.dataset import WindowSet
from crossbar.errors import OutputError

FORMAT = 2  # raise whenever the synthesiser or the front end gives other numbers
LOG = logging.getLogger(__name__)


def folder() -> Path:
    """Return the cache folder: ``$CROSSBAR_CACHE``, or ``crossbar`` in the user's cache folder."""
    own = os.environ.get("CROSSBAR_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else _home() / ".cache") / "crossbar"


def _home() -> Path:
    """Return the home of the user, or the name that systems give to the home of one without."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/nonexistent")


def digest(content: bytes) -> str:
    """Return what tells sound made of ``content`` from any other, also by another front end."""
    return hashlib.sha256(f"{FORMAT}:".encode() + content).hexdigest()[:16]


def cached(specification: object, make: Callable[[], WindowSet]) -> WindowSet:
    """Return the windows that ``specification`` describes: those on disk, or else those made now.

    A file that cannot be read is made again, a folder that cannot be written leaves the windows
    uncached; both are logged as warnings. A file appears whole or not at all, so processes that
    make the same windows at once do no harm.

    Parameters
    ----------
    specification
        Its ``repr`` and the format version are the key.
    make
        Makes the windows.
    """
    key = hashlib.sha256(f"{FORMAT}:{specification!r}".encode()).hexdigest()[:24]
    path = folder() / f"windows-{key}.npz"
    try:
        if path.is_file():
            return _load(path)
    except (OSError, ValueError, KeyError) as error:
        LOG.warning("%s: cannot be read (%s); the windows are made again", path, error)
    made = make()
    try:
        _save(path, made)
    except OutputError as error:
        LOG.warning("%s The windows are not cached; CROSSBAR_CACHE can name another folder.", error)
    return made


def _load(path: Path) -> WindowSet:
    file = seals.read_arrays(path)
    folds = file["folds"]
    return WindowSet(
        images=file["images"],
        labels=file["labels"],
        groups=file["groups"],
        classes=tuple(file["classes"].tolist()),
        source=str(file["source"]),
        dropped=int(file["dropped"]),
        examples=file["examples"],
        example_index=file["example_index"],
        files=tuple(file["files"].tolist()),
        digests=tuple(file["digests"].tolist()),
        file_index=file["file_index"],
        skipped=tuple(file["skipped"].tolist()),
        folds=folds if len(folds) else None,
    )


def _save(path: Path, made: WindowSet) -> None:
    files.make_folder(path.parent)
    arrays = {
        "images": made.images,
        "labels": made.labels,
        "groups": made.groups,
        "classes": np.array(made.classes),
        "source": np.array(made.source),
        "dropped": np.array(made.dropped),
        "examples": made.examples,
        "example_index": made.example_index,
        "files": np.array(made.files),
        "digests": np.array(made.digests),
        "file_index": made.file_index,
        "skipped": np.array(made.skipped, dtype=np.str_),
        "folds": np.array([]) if made.folds is None else made.folds,
    }
    seals.write_arrays(path, arrays, compressed=False)
