"""Rows of a table that meet conditions such as ``device.bits>=6``."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pandas as pd

from crossbar.errors import fail, nearest
from crossbar.runs.comparison import Comparison, comparison
from crossbar.units import measured

SAME = 1e-12  # relative: numbers that differ by rounding alone


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
        one = comparison(condition, "--where")
        if one.name not in frame.columns:
            names = map(str, frame.columns)
            fail("--where", "a column", repr(one.name), nearest(one.name, names))
        frame = frame[_meets(frame[one.name], one, unit(one.name))]
    return frame


def _meets(column: pd.Series, one: Comparison, unit: str | None) -> pd.Series:
    """Return whether each value of ``column``, in ``unit``, meets the comparison."""
    if one.sign in ("=", "!="):
        equal = column.astype(str) == one.text
        numbers = pd.to_numeric(column, errors="coerce")
        if numbers.notna().any() and _is_number(one.text):
            bound = one.number(unit)
            equal |= (numbers - bound).abs() <= SAME * abs(bound)
        return equal if one.sign == "=" else ~equal
    bound = one.number(unit)
    try:
        values = pd.to_numeric(column)
    except (ValueError, TypeError):
        expected = "a column of numbers"
        fail(f"--where {one.name}", expected, "one with texts", "Use = and != for texts.")
    return {"<": values < bound, "<=": values <= bound, ">": values > bound,
            ">=": values >= bound}[one.sign]  # fmt: skip


def _is_number(text: str) -> bool:
    """Return whether ``text`` is a number, perhaps with a unit."""
    try:
        return math.isfinite(measured(text)[0])
    except ValueError:
        return False
