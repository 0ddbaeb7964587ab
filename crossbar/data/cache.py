"""Samples kept on disk, so that the second run, and every process of a sweep, starts at once."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from crossbar import files, seals
from crossbar.data.dataset import Dataset, Files
from crossbar.data.words import Words
from crossbar.errors import OutputError

FORMAT = 2  # raise whenever the synthesiser or the front end gives other numbers
ARRAYS = ("x", "y", "groups", "folds")
EXAMPLE = "example "  # begins the names of arrays that pictures need
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
    """Return what tells samples made of ``content`` from any other, also by another front end."""
    return hashlib.sha256(f"{FORMAT}:".encode() + content).hexdigest()[:16]


def stamp(path: Path) -> tuple[str, int, int]:
    """Return path, size and time of modification of a file; 0 where reading it will fail."""
    try:
        status = path.stat()
    except OSError:
        return str(path.absolute()), 0, 0
    return str(path.absolute()), status.st_size, status.st_mtime_ns


def cached(specification: object, make: Callable[[], Dataset]) -> Dataset:
    """Return the samples that ``specification`` describes: those on disk, or else those made now.

    A file that cannot be read is made again, a folder that cannot be written leaves the samples
    uncached; both are logged as warnings. A file appears whole or not at all, so processes that
    make the same samples at once do no harm.

    Parameters
    ----------
    specification
        Its ``repr``, which must hold all of it, and the format version are the key.
    make
        Makes the samples.
    """
    key = hashlib.sha256(f"{FORMAT}:{specification!r}".encode()).hexdigest()[:24]
    path = folder() / f"samples-{key}.npz"
    try:
        if path.is_file():
            return _load(path)
    except (OSError, ValueError, KeyError) as error:
        LOG.warning("%s: cannot be read (%s); the samples are made again", path, error)
    made = make()
    try:
        _save(path, made)
    except OutputError as error:
        LOG.warning("%s The samples are not cached; CROSSBAR_CACHE can name another folder.", error)
    return made


def _load(path: Path) -> Dataset:
    stored = seals.read_arrays(path)
    about: dict[str, Any] = json.loads(str(stored["about"]))
    known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in about.items()}
    known |= {name: stored[name] for name in ARRAYS if name in stored}
    known["words"] = Words(**about["words"])
    known["examples"] = {
        name.removeprefix(EXAMPLE): array
        for name, array in stored.items()
        if name.startswith(EXAMPLE)
    }
    if about["files"]:
        names, digests = map(tuple, about["files"])
        known["files"] = Files(names, digests, stored["files"])
    return Dataset(**known)


def _save(path: Path, made: Dataset) -> None:
    files.make_folder(path.parent)
    about = {one.name: getattr(made, one.name) for one in fields(made)}
    arrays = {name: about.pop(name) for name in ARRAYS}
    arrays |= {f"{EXAMPLE}{name}": array for name, array in about.pop("examples").items()}
    about["words"] = asdict(made.words)
    if made.files is not None:
        about["files"] = made.files[:2]
        arrays["files"] = made.files.owner
    arrays["about"] = np.array(json.dumps(about))
    known = {name: array for name, array in arrays.items() if array is not None}
    seals.write_arrays(path, known, compressed=False)
