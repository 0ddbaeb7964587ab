"""Cells of CSV files that spreadsheets take as text and never as formulas."""

from __future__ import annotations

import re
from typing import TypeVar

import pandas as pd

Cell = TypeVar("Cell")
FORMULA = re.compile(r"'*[=+\-@\t\r]")


def guarded(cell: Cell) -> Cell | str:
    r"""Return ``cell``, with an apostrophe before a text that may be taken as a formula.

    Such texts begin with = + - @, a tab or a carriage return, also after apostrophes. Numbers, and
    texts that are numbers, stay as they are. To read the text back, remove one apostrophe from a
    cell that matches ``'+[=+\-@\t\r]``.

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
