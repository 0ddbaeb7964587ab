"""Arrays that settings give: in the file itself, or in a file that it names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from crossbar import textfiles, texttables
from crossbar.array_checks import require_array
from crossbar.data import npz
from crossbar.errors import DataError, ShapeError, message
from crossbar.paths import place
from crossbar.types import Floats
from crossbar.units import si

ARCHIVE = re.compile(r"(?P<path>.+\.npz)(:(?P<name>.+))?", re.IGNORECASE)
Shape = tuple[int, ...]


def array(given: Any, where: str, folder: Path, *shapes: Shape, unit: str = "") -> Floats:
    """Return the numbers that the setting ``where`` gives, in one of ``shapes``.

    Parameters
    ----------
    given
        A number or (nested) lists of them, each with its unit or without; a table in a text file;
        or ``FILE.npz:NAME``, where the name is that of the setting without its section if omitted.
    folder
        What paths are relative to.

    Raises
    ------
    ConfigError, DataError
        If a number or a file cannot be read, or is not finite.
    ShapeError
        If it has another shape.
    """
    archive = ARCHIVE.fullmatch(given) if isinstance(given, str) else None
    if archive is not None:
        name = archive["name"] or where.partition(".")[2]
        stored, _ = npz.read(_file(archive["path"], where, folder), (name,), ())
        numbers = require_array(where, stored[name])
    elif isinstance(given, str) and textfiles.names_table(given):
        path = _file(given, where, folder)
        numbers, _ = texttables.matrix(path, "a table of numbers", "Write a row a line.")
    else:
        numbers = require_array(where, _plain(given, where, unit))
    if numbers.ndim == 2 and 1 in numbers.shape and numbers.shape not in shapes:
        numbers = numbers.ravel()  # a row or a column of a table
    if numbers.shape not in shapes:
        expected = " or ".join(map(str, shapes)).replace("()", "one number")
        remedy = "Rows are lines of the source, columns neurons of the target."
        raise ShapeError(message(where, expected, numbers.shape, remedy))
    return numbers.astype(float)


def _plain(given: Any, where: str, unit: str) -> Any:
    """Return numbers, with a unit or without, and lists of them, in SI units."""
    if isinstance(given, list):
        return [_plain(one, where, unit) for one in given]
    return si(given, unit, where=where)


def _file(given: str, where: str, folder: Path) -> Path:
    """Return the path of a file that is there."""
    path = folder / place(given, where)
    if not path.is_file():
        remedy = "A path is relative to the folder of the settings."
        raise DataError(message(where, "a file that is there", str(path), remedy))
    return path
