"""Whether files are still those that a sweep began with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path


def stamp(path: Path) -> str:
    """Return a digest of names, sizes and times of the files at ``path``; empty for none."""
    digest = hashlib.sha256()
    for file in _files(path):
        status = file.stat()
        digest.update(f"{file}:{status.st_size}:{status.st_mtime_ns}".encode())
    return digest.hexdigest()[:16] if path.exists() else ""


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(file for file in path.rglob("*") if file.is_file())
    elif path.is_file():
        yield path
