"""Rows of a table that meet conditions such as ``device.bits>=6``."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd
from quantiphy import QuantiPhyError, Quantity

from crossbar.errors import fail, nearest

CONDITION = re.compile(r"\s*([^<>=!\s]+)\s*(<=|>=|!=|=|<|>)\s*(.+?)\s*")


def selected(frame: pd.DataFrame, conditions: Sequence[str]) -> pd.DataFrame:
    """Return the rows of ``frame`` that meet all ``conditions``.

    Parameters
    ----------
    conditions
        ``NAME=VALUE``, with ``!=``, ``<``, ``<=``, ``>`` or ``>=`` too; the last four for numbers.

    Raises
    ------
    ConfigError
        If a condition cannot be read, or names no column.

    Examples
    --------
    >>> table = pd.DataFrame({"bits": [4, 6, 8], "status": ["done", "failed", "done"]})
    >>> selected(table, ["bits>=6", "status=done"]).bits.tolist()
    [8]
    """
    for condition in conditions:
        found = CONDITION.fullmatch(condition)
        if found is None:
            fail("--where", "NAME=VALUE", repr(condition), "Write status=failed or accuracy>=0.9.")
        name, sign, text = found.groups()
        if name not in frame.columns:
            fail("--where", "a column", repr(name), nearest(name, map(str, frame.columns)))
        frame = frame[_meets(frame[name], name, sign, text)]
    return frame


def _meets(column: pd.Series, name: str, sign: str, text: str) -> pd.Series:
    """Return whether each value of ``column`` stands to ``text`` as ``sign`` says."""
    if sign in ("=", "!="):
        numbers = pd.to_numeric(column, errors="coerce")
        try:
            equal = (numbers == float(text)) | (column.astype(str) == text)
        except ValueError:
            equal = column.astype(str) == text
        return equal if sign == "=" else ~equal
    try:
        bound = float(Quantity(text))
        values = pd.to_numeric(column)
    except (QuantiPhyError, ValueError, TypeError):
        remedy = "Write accuracy>=0.9, energy_inference<2nJ, or use = and != for texts."
        fail("--where", f"numbers on both sides of {sign}", f"{name}{sign}{text}", remedy)
    return {"<": values < bound, "<=": values <= bound, ">": values > bound,
            ">=": values >= bound}[sign]  # fmt: skip
