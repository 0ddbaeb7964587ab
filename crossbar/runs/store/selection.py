"""Rows of a table that meet conditions such as ``device.bits>=6``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

import pandas as pd

from crossbar.errors import fail, nearest, shown
from crossbar.units import comparable, measured

CONDITION = re.compile(r"\s*([^<>=!\s]+)\s*(<=|>=|!=|=|<|>)\s*([^<>=!\s].*?)\s*")
SAME = 1e-12  # relative: numbers that differ by rounding alone
REMEDY = 'Write "accuracy>=90%", "energy_inference<2nJ", or use = and != for texts.'


def selected(
    frame: pd.DataFrame, conditions: Sequence[str], unit: Callable[[str], str | None]
) -> pd.DataFrame:
    """Return the rows of ``frame`` that meet all ``conditions``.

    Parameters
    ----------
    conditions
        ``NAME=VALUE``, with ``!=``, ``<``, ``<=``, ``>`` or ``>=`` too; the last four for numbers,
        which may have a unit or be in percent.
    unit
        Returns the SI unit of a column, ``%`` for a share and None where it is not known.

    Raises
    ------
    ConfigError
        If a condition cannot be read, names no column, or has another unit than its column.

    Examples
    --------
    >>> table = pd.DataFrame({"bits": [4, 6, 8], "status": ["done", "failed", "done"]})
    >>> selected(table, ["bits>=6", "status=done"], lambda name: None).bits.tolist()
    [8]
    """
    for condition in conditions:
        match = CONDITION.fullmatch(condition)
        if match is None:
            fail("--where", "NAME=VALUE, NAME>=VALUE ...", shown(condition), REMEDY)
        name, sign, text = match.groups()
        if name not in frame.columns:
            fail("--where", "a column", repr(name), nearest(name, map(str, frame.columns)))
        frame = frame[_meets(frame[name], unit(name), name, sign, text)]
    return frame


def _meets(column: pd.Series, unit: str | None, name: str, sign: str, text: str) -> pd.Series:
    """Return whether each value of ``column`` stands to ``text`` as ``sign`` says."""
    where = f"--where {name}{sign}"
    if sign in ("=", "!="):
        equal = column.astype(str) == text
        numbers = pd.to_numeric(column, errors="coerce")
        if numbers.notna().any() and _is_number(text):
            bound = comparable(text, unit, where, REMEDY)
            equal |= (numbers - bound).abs() <= SAME * abs(bound)
        return equal if sign == "=" else ~equal
    bound = comparable(text, unit, where, REMEDY)
    try:
        values = pd.to_numeric(column)
    except (ValueError, TypeError):
        fail(where, "a column of numbers", "one with texts", REMEDY)
    return {"<": values < bound, "<=": values <= bound, ">": values > bound,
            ">=": values >= bound}[sign]  # fmt: skip


def _is_number(text: str) -> bool:
    """Return whether ``text`` is a number, perhaps with a unit."""
    try:
        return math.isfinite(measured(text)[0])
    except ValueError:
        return False
