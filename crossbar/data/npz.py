"""Archives of NumPy arrays from anywhere: what is wrong with one shows before it is loaded."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.lib import format as npy

from crossbar.array_checks import Array
from crossbar.errors import DataError, message, nearest
from crossbar.memory import require_memory

ENDING = ".npy"
HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
BYTES = 12.0  # of a number of x besides those it is stored in: in single precision, scaled, split
REMEDY = "Save it again with np.savez(path, x=x, y=y)."


class Header(NamedTuple):
    """What the header of an array states."""

    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]


def read(
    path: Path, needed: tuple[str, ...], able: tuple[str, ...]
) -> tuple[dict[str, Array], list[str]]:
    """Return the arrays of ``path`` that are ``needed`` or allowed, and the names of all others.

    No code in it is run.

    Raises
    ------
    DataError
        If it is no archive of arrays, is damaged, lacks an array, or one holds Python objects.
    ConfigError
        If its arrays do not fit in memory.
    """
    headers = _headers(path)
    for name in needed:
        if name not in headers:
            got = ", ".join(headers) or "none"
            remedy = f"{nearest(name, headers)} {REMEDY}" if headers else REMEDY
            raise DataError(message(str(path), f"an array '{name}'", got, remedy))
    names = [name for name in (*needed, *able) if name in headers]
    for name in names:
        _require(path, name, headers[name])
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in names}
    except Exception as error:  # a damaged archive can fail in many ways
        raise _damaged(path, error) from None
    return arrays, [name for name in headers if name not in names]


def _headers(path: Path) -> dict[str, Header | None]:
    """Return the header of every array by name; None for one that no version of ours can read."""
    headers: dict[str, Header | None] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.namelist():
                with archive.open(entry) as file:
                    reader = HEADERS.get(npy.read_magic(file))
                    header = None
                    if reader is not None:
                        shape, _, dtype = reader(file)
                        header = Header(shape, dtype)
                    headers[entry.removesuffix(ENDING)] = header
    except Exception as error:
        raise _damaged(path, error) from None
    return headers


def _require(path: Path, name: str, header: Header | None) -> None:
    """Raise unless the array ``name`` holds plain values that fit in memory."""
    if header is None or header.dtype.hasobject or header.dtype.names is not None:
        got = "Python objects, which could run code" if header else "an array of another format"
        remedy = f"Save plain numbers or texts: {name}.astype(float), or {name}.astype(str)."
        raise DataError(message(f"{path}, {name}", "numbers or texts", got, remedy))
    numbers = math.prod(header.shape)
    what = f"the array '{name}' {header.shape} of {path.name}"
    needed = numbers * (header.dtype.itemsize + (BYTES if name == "x" else 0.0))
    require_memory("data.path", needed, what, "Give fewer or smaller samples.")


def _damaged(path: Path, error: Exception) -> DataError:
    first, *_ = str(error).splitlines() or [type(error).__name__]
    got = f"a damaged file ({first.strip(' .')})"
    return DataError(message(str(path), "an archive of NumPy arrays", got, REMEDY))
