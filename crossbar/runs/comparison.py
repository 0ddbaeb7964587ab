"""Comparisons such as ``accuracy>=90%``: the one grammar of ``--where`` and ``--subject-to``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pandas as pd

from crossbar.errors import fail, nearest, shown
from crossbar.units import comparable, measured

WRITTEN = re.compile(r"\s*([^<>=!≤≥\s]+)\s*(<=|>=|!=|==|=|<|>|≤|≥)\s*([^<>=!\s].*?)\s*")
ALSO = {"==": "=", "≤": "<=", "≥": ">="}
REMEDY = 'Write it in quotes, such as "accuracy>=90%" or "energy_inference<=2nJ".'
SAME = 1e-12  # relative: numbers that differ by rounding alone
SIGNS = ("<=", ">=", "<", ">", "=", "!=")


class Comparison(NamedTuple):
    """A name, how it stands to a value, and the value as it is written."""

    option: str
    name: str
    sign: str
    text: str

    def number(self, unit: str | None) -> float:
        """Return the value in the SI ``unit``; see :func:`crossbar.units.comparable`."""
        return comparable(self.text, unit, f"{self.option} {self.name}{self.sign}", REMEDY)


def comparison(text: str, option: str, signs: Sequence[str] = SIGNS) -> Comparison:
    """Return what ``text``, a value of ``option``, says.

    Parameters
    ----------
    signs
        Those that the option takes.

    Raises
    ------
    ConfigError
        If it cannot be read, or has another sign.

    Examples
    --------
    >>> comparison("energy_inference <= 2 nJ", "--where")
    Comparison(option='--where', name='energy_inference', sign='<=', text='2 nJ')
    """
    match = WRITTEN.fullmatch(text)
    sign = "" if match is None else ALSO.get(match[2], match[2])
    if match is None or sign not in signs:
        *forms, last = [f"NAME{sign}VALUE" for sign in signs]
        fail(option, f"{', '.join(forms)} or {last}", shown(text), REMEDY)
    return Comparison(option, match[1], sign, match[3])


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
