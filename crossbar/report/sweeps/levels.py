"""The values of what was swept: numbers, truth values or texts, in their order."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from crossbar.errors import ConfigError
from crossbar.units import duration, si

Level: TypeAlias = float | bool | str


def tidy(column: pd.Series[Any], unit: str) -> pd.Series[Any]:
    """Return the values of a parameter in ``unit`` as numbers, truth values or texts alone.

    Numbers with a unit, such as ``"5 uS"`` or ``"1 d"``, become numbers; a column of numbers keeps
    NaN for none. Whatever else is mixed becomes text.
    """
    column = column.infer_objects()
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        return column
    known = column.notna()
    values = column[known]
    if values.map(lambda v: isinstance(v, bool)).any():
        return column.map(_text)
    numbers = {text: _number(text, unit) for text in values.map(_text).unique()}
    if values.empty or any(number is None for number in numbers.values()):
        return column.map(_text)
    return pd.to_numeric(values.map(_text).map(numbers)).reindex(column.index)


def levels(column: pd.Series[Any]) -> list[Level]:
    """Return the different values: numbers and truth values rising, none first; texts as they came.

    Examples
    --------
    >>> levels(pd.Series([3.0, 1.0, 3.0])), levels(pd.Series(["b", "a", "b"]))
    ([1.0, 3.0], ['b', 'a'])
    """
    values = [plain(value) for value in column.unique()]
    if any(isinstance(value, str) for value in values):
        return values
    return sorted(values, key=lambda v: (not missing(v), v))


def plain(value: Any) -> Level:
    """Return ``value`` as Python has it."""
    level: Level = value.item() if isinstance(value, np.generic) else value
    return level


def missing(value: Level) -> bool:
    """Return whether ``value`` stands for none."""
    return isinstance(value, float) and math.isnan(value)


def equal(column: pd.Series[Any], value: Level) -> pd.Series[bool]:
    """Return where ``column`` has ``value``; none equals none."""
    return column.isna() if missing(value) else column == value


def same(one: Level, other: Level) -> bool:
    """Return whether two values are equal; none equals none."""
    return one == other or (missing(one) and missing(other))


def matching(table: pd.DataFrame, values: Mapping[str, Level]) -> pd.Series[bool]:
    """Return which rows of ``table`` have ``values``, by the name of their column."""
    keep = pd.Series(True, index=table.index)
    for name, value in values.items():
        keep &= equal(table[name], value)
    return keep


def numeric(values: list[Level]) -> bool:
    """Return whether ``values`` are numbers, none among them or not, and at least one is."""
    numbers = [v for v in values if not isinstance(v, (bool, str))]
    return len(numbers) == len(values) and not all(missing(v) for v in numbers)


def _number(value: str, unit: str) -> float | None:
    try:
        return duration(value) if unit == "s" else si(value, unit if unit != "%" else "")
    except ConfigError:
        return None


def _text(value: Any) -> str:
    """Return ``value`` as a settings file has it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "none"
    return value if isinstance(value, str) else json.dumps(value)
