"""Tables of numbers with a column of classes, or columns of numbers to predict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from crossbar import texttables
from crossbar.array_checks import Array
from crossbar.errors import DataError, fail, message, nearest
from crossbar.memory import require_memory

GROUP, FOLD = "group", "fold"
EXPANSION = 15.0  # bytes in memory a byte of text, at least: every cell is a Python string
CORRECT = "Correct the cell, or remove the line or the column."
REMEDY = "Save it as CSV in UTF-8, its first line with the names of the columns."


def read(path: Path, label: str | None, targets: Sequence[str] | None) -> dict[str, Array]:
    """Return ``x``, ``y`` and, if there are such columns, ``groups`` and ``folds`` of a table.

    Every column besides ``label`` or ``targets``, ``group`` and ``fold`` is a feature.

    Raises
    ------
    DataError
        If a feature, target or fold is not a finite number; the message names line and column.
    ConfigError
        If there is no such column.
    """
    what = f"the cells of {path.name}"
    size = EXPANSION * path.stat().st_size
    require_memory("data.path", size, what, "Save it as .npz, which takes a tenth.")
    table = texttables.table(path, "a table of numbers", REMEDY, comments_below=False)
    header, rows = table.with_points().titled()
    names = header.cells
    for k, name in enumerate(names):
        if not name or texttables.number(name) is not None:
            remedy = "Write names into the first line."
            raise header.fail("the name of a column", repr(name), remedy, k)
    if not rows:
        raise DataError(message(str(path), "a line a sample", "none", "Add samples."))
    chosen = _chosen(path, names, label, targets)
    features = [k for k, name in enumerate(names) if name not in (*chosen, GROUP, FOLD)]
    if not features:
        got = f"columns {', '.join(names)}"
        raise DataError(message(str(path), "a column of numbers beside", got, "Add features."))
    arrays: dict[str, Array] = {"x": texttables.numbers(rows, features, CORRECT)}
    if targets:
        columns = [names.index(name) for name in chosen]
        arrays["y"] = texttables.numbers(rows, columns, CORRECT)
        if len(chosen) == 1:
            arrays["y"] = arrays["y"][:, 0]
    else:
        arrays["y"] = _classes(rows, names.index(chosen[0]))
    if GROUP in names:
        arrays["groups"] = np.array([row.cells[names.index(GROUP)] for row in rows])
    if FOLD in names:
        arrays["folds"] = _whole(rows, names.index(FOLD))
    return arrays


def _chosen(
    path: Path, names: Sequence[str], label: str | None, targets: Sequence[str] | None
) -> tuple[str, ...]:
    """Return the columns of classes or targets, which must be among ``names``."""
    known = ", ".join(names)
    if label is not None and targets is not None:
        fail("Arrays.targets", "none beside data.label", ", ".join(targets), "Leave one out.")
    if label is None and targets is None:
        remedy = f"Name one of: {known}; or name columns of numbers to predict in data.targets."
        fail("Arrays.label", f"the column of {path.name} that holds the classes", "none", remedy)
    chosen = (label,) if label is not None else tuple(targets or ())
    for name in chosen:
        if name not in names:
            where = "Arrays.label" if label is not None else "Arrays.targets"
            fail(where, f"a column of {path.name}", repr(name), nearest(name, names))
    return chosen


def _whole(rows: Sequence[texttables.Row], column: int) -> Array:
    """Return the whole numbers in a ``column``."""
    values = texttables.numbers(rows, [column], CORRECT)[:, 0]
    for row, value in zip(rows, values, strict=True):
        if value < 0 or value != int(value):
            raise row.fail("a whole number from 0", row.cells[column], "Number them.", column)
    return values.astype(np.int64)


def _classes(rows: Sequence[texttables.Row], column: int) -> Array:
    """Return the classes in a ``column``: whole numbers if all are, else texts."""
    cells = [row.cells[column] for row in rows]
    values = [texttables.number(cell) for cell in cells]
    for row, cell, value in zip(rows, cells, values, strict=True):
        if not cell:
            raise row.fail("a class", "an empty cell", "Fill it or remove the line.", column)
        if value is not None and (not math.isfinite(value) or value != int(value)):
            remedy = "Name columns of numbers to predict in data.targets."
            raise row.fail("a class: a text or a whole number", repr(cell), remedy, column)
    known = [value for value in values if value is not None]
    return np.array(known).astype(np.int64) if len(known) == len(cells) else np.array(cells)
