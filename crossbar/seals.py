"""Records with a checksum of their content, which detects damage and edits.

The checksum is SHA-256 of all bytes before it. It is at the end of the file: in JSON the last entry
``checksum``, in an archive of arrays the comment of the archive. It does not prove who wrote a
file.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from crossbar import files
from crossbar.errors import DataError, message

Arrays = dict[str, npt.NDArray[Any]]
REMEDY = "Give the folder that `crossbar train --out` wrote."
AGAIN = "Restore it or make it again"
ACCEPT = "or, where you edited it, take it as it is: crossbar accept DIR."
DIGITS = 64


@dataclass(frozen=True)
class Seal:
    """The bytes before and after the digits of a checksum."""

    before: bytes
    after: bytes = b""

    def close(self, body: bytes) -> bytes:
        """Return ``body`` with its checksum."""
        return body + self.before + hashlib.sha256(body).hexdigest().encode() + self.after

    def split(self, content: bytes) -> tuple[bytes, bool]:
        """Return ``content`` without a checksum at its end, and whether there is one."""
        start = len(content) - len(self.before) - DIGITS - len(self.after)
        tail = content[max(start, 0) :]
        sealed = start >= 0 and tail.startswith(self.before) and tail.endswith(self.after)
        return (content[:start], True) if sealed else (content, False)

    def open(self, path: Path, remedy: str = REMEDY, again: str = AGAIN) -> bytes:
        """Return the content of ``path`` without its checksum.

        ``remedy`` is for a missing file, ``again`` for a damaged one.

        Raises
        ------
        DataError
            If the file cannot be read, has no checksum, or does not match it.
        """
        content = bytes_of(path, remedy)
        body, sealed = self.split(content)
        if not sealed:
            got = "none (a damaged or edited file, or one of an older version)"
            raise DataError(message(str(path), "a checksum at its end", got, f"{again}, {ACCEPT}"))
        if self.close(body) != content:
            expected, got = "the content of its checksum", "a damaged or edited one"
            raise DataError(message(str(path), expected, got, f"{again}, {ACCEPT}"))
        return body


def bytes_of(path: Path, remedy: str, expected: str = "a file of a run") -> bytes:
    """Return the bytes of ``path``, or raise :class:`DataError` if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        text = message(str(path), expected, str(error.strerror), remedy)
        raise DataError(text) from None


JSON = Seal(b',\n "checksum": "', b'"\n}\n')
NPZ = Seal(b"sha256 ")


def write_json(path: Path, record: Mapping[str, Any]) -> None:
    """Write ``record``, which is not empty, to ``path`` with its checksum."""
    text = json.dumps(record, indent=1, default=str)
    files.write(path, JSON.close(text.removesuffix("\n}").encode()))


def read_json(path: Path, remedy: str = REMEDY) -> dict[str, Any]:
    """Return the record in ``path``; see :meth:`Seal.open` for what is refused."""
    return _object(path, JSON.open(path, remedy) + b"\n}", remedy)


def write_arrays(path: Path, arrays: Mapping[str, Any], *, compressed: bool = True) -> None:
    """Write ``arrays`` by name to ``path``, an archive of NumPy, with its checksum."""
    content = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(content, allow_pickle=False, **arrays)
    files.write(path, NPZ.close(_commented(content.getvalue())))


def read_arrays(path: Path, remedy: str = REMEDY, again: str = AGAIN) -> Arrays:
    """Return the arrays in ``path``; see :meth:`Seal.open` for what is refused."""
    return unpacked(path, NPZ.close(NPZ.open(path, remedy, again)), remedy)


def accept(path: Path) -> bool:
    """Give the record in ``path`` a checksum of its present content; return whether it changed.

    Raises
    ------
    DataError
        If it cannot be read at all.
    """
    seal, closed = KINDS[path.suffix]
    content = bytes_of(path, REMEDY)
    body, sealed = seal.split(content)
    if sealed and seal.close(body) == content:
        return False
    files.write(path, closed(path, content))
    return True


def _closed_json(path: Path, content: bytes) -> bytes:
    record = _object(path, content, REMEDY)
    record.pop("checksum", None)
    return JSON.close(json.dumps(record, indent=1).removesuffix("\n}").encode())


def _closed_npz(path: Path, content: bytes) -> bytes:
    unpacked(path, content, REMEDY)
    body, sealed = NPZ.split(content)
    return NPZ.close(body if sealed else _commented(content))


KINDS: dict[str, tuple[Seal, Callable[[Path, bytes], bytes]]] = {
    ".json": (JSON, _closed_json),
    ".npz": (NPZ, _closed_npz),
}


def _object(path: Path, text: bytes, remedy: str) -> dict[str, Any]:
    """Return the JSON object ``text``."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(message(str(path), "JSON", f"a damaged file ({error})", remedy)) from None
    if not isinstance(record, dict):
        raise DataError(message(str(path), "a JSON object", type(record).__name__, remedy))
    return record


def unpacked(path: Path, content: bytes, remedy: str, expected: str = "NumPy arrays") -> Arrays:
    """Return the arrays in ``content``, the archive ``path``; no code in it is run.

    Raises
    ------
    DataError
        If it is not an archive, is damaged, or holds Python objects.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except Exception as error:  # a foreign archive can fail in many ways
        first, *_ = str(error).splitlines() or [type(error).__name__]
        raise DataError(message(str(path), expected, f"a damaged file ({first})", remedy)) from None


def _commented(archive: bytes) -> bytes:
    """Return ``archive``, a ZIP file without a comment, announcing one as long as a checksum."""
    length = len(NPZ.before) + DIGITS
    return archive[:-2] + length.to_bytes(2, "little")
