"""Jump tables in files: conductance x change x cumulative probability, of set and reset pulses.

- NPZ: for ``set`` and ``reset`` the arrays ``set_axis_level_G`` (levels,) [S] of conductances
  before the pulse, ``set_axis_level_dG`` (changes,) [S] and ``set_cdf`` (levels, changes), the
  probability of a change up to each of these;
- CSV: columns ``polarity,g_uS,dg_uS,cdf``, a row for each of them, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from crossbar import files
from crossbar.devices.measured.rows import Line, require_credible, titled
from crossbar.errors import DataError, message, nearest
from crossbar.types import Doubles

Side: TypeAlias = tuple[Doubles, Doubles, Doubles]
"""Conductances (levels,) [S], changes (changes,) [S] and probabilities (levels, changes)."""

SIDES = ("set", "reset")
ARRAYS = ("axis_level_G", "axis_level_dG", "cdf")
COLUMNS = ("polarity", "g", "dg", "cdf")
EXPECTED = f"columns {','.join(COLUMNS)}"


def names_archive(text: str) -> bool:
    """Return whether ``text`` is the path of an archive of arrays by its ending."""
    return text.lower().endswith(".npz")


def read(path: Path, columns: Mapping[str, str] | None = None) -> dict[str, Side]:
    """Return what ``path`` holds of set and reset pulses.

    Raises
    ------
    DataError
        If it cannot be read, lacks an array, a column or a row, or has a number that is none.
    """
    if names_archive(str(path)):
        return _archive(path)
    _, lines = titled(path, EXPECTED, columns, needed=COLUMNS)
    return {
        name: _side(path, [line for line in lines if line.rising() == rising], name)
        for name, rising in zip(SIDES, (True, False), strict=True)
    }


def write(path: Path, sides: Mapping[str, Side], comments: Sequence[str]) -> None:
    """Write set and reset ``sides`` as CSV, under ``comments``."""
    rows = [f"# {comment}" for comment in comments] + ["polarity,g_S,dg_S,cdf"]
    for name, (levels, changes, cdf) in sides.items():
        rows += [
            f"{name},{g:.9g},{x:.9g},{p:.9g}"
            for g, row in zip(levels, cdf, strict=True)
            for x, p in zip(changes, row, strict=True)
        ]
    files.make_folder(path.parent)
    files.write(path, "\n".join(rows) + "\n")


def _archive(path: Path) -> dict[str, Side]:
    remedy = "Save it with np.savez, numbers alone; the guide names its arrays."
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: np.array(stored[name]) for name in stored.files}
    except Exception as error:  # a damaged archive can fail in many ways
        reason = (str(error).splitlines() or [type(error).__name__])[0].strip(" .")
        text = message(
            str(path), "an archive of NumPy arrays", f"a damaged file ({reason})", remedy
        )
        raise DataError(text) from None
    sides = {}
    for side in SIDES:
        parts = []
        for name in (f"{side}_{array}" for array in ARRAYS):
            where = f"{path}, {name}"
            if name not in arrays:
                raise DataError(message(where, "an array", "none", nearest(name, arrays)))
            if arrays[name].dtype.kind not in "fiu" or not np.isfinite(arrays[name]).all():
                raise DataError(message(where, "finite numbers", "others", remedy))
            parts.append(arrays[name].astype(np.float64))
        if parts[0].size and parts[0].max() > 1.0:
            text = message(f"{path}, {side}_{ARRAYS[0]}", "conductances up to 1 S",
                           f"{parts[0].max():g} S", "Give siemens.")  # fmt: skip
            raise DataError(text)
        sides[side] = (parts[0], parts[1], parts[2])
    return sides


def _side(path: Path, lines: Sequence[Line], name: str) -> Side:
    """Return the rows of one polarity as a table, or raise if there is a gap."""
    if not lines:
        raise DataError(message(str(path), f"rows of {name} pulses", "none", "Measure both."))
    g = [line.conductance() for line in lines]
    require_credible(lines, g)
    x = [line.value("dg") for line in lines]
    (levels, row), (changes, place) = (np.unique(a, return_inverse=True) for a in (g, x))
    cdf = np.full((len(levels), len(changes)), np.nan)
    for line, i, j in zip(lines, row, place, strict=True):
        if not np.isnan(cdf[i, j]):
            raise line.fail("each conductance and change once", "a second row", "Remove one.")
        cdf[i, j] = line.value("cdf", low=0)
    if np.isnan(cdf).any():
        i, j = np.argwhere(np.isnan(cdf))[0]
        expected = f"a {name} row for every conductance and every change"
        got = f"none for {levels[i]:g} S and {changes[j]:g} S"
        raise DataError(message(str(path), expected, got, "Add the row."))
    return levels, changes, cdf
