"""Cells of CSV files that a spreadsheet takes as text, whatever a name in them begins with."""

from __future__ import annotations

import re
from typing import TypeVar

import pandas as pd

Cell = TypeVar("Cell")
FORMULA = re.compile(r"'*[=+\-@\t\r]")


def guarded(cell: Cell) -> Cell | str:
    r"""Return ``cell``, with an apostrophe before a text that may be taken as a formula.

    Texts that begin with = + - @, a tab or a carriage return are such, also behind apostrophes;
    numbers, and texts that are numbers, stay as they are. A reader takes one apostrophe away from
    a cell that matches ``'+[=+\-@\t\r]``, and has what was written.

    Examples
    --------
    >>> [guarded(cell) for cell in ("=1+2", "'-x", "car", "-5", -5, "'car'")]
    ["'=1+2", "''-x", 'car', '-5', -5, "'car'"]
    """
    if not isinstance(cell, str) or FORMULA.match(cell) is None:
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell


def guarded_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return ``frame`` with the titles and the cells of its columns :func:`guarded`."""
    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(**{name: frame[name].map(guarded) for name in texts}).rename(
        columns=guarded
    )
