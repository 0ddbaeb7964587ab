"""Tables in text files as editors and spreadsheets write them: rows of cells.

Cells are separated by ``;``, tab, ``,`` or blank: the first of these, in this order, that the
first line contains. Cells may be quoted. Lines that begin with ``#``, ``%`` or ``//`` are comments.
Where a reader knows its columns, lines above the header that name none are a preamble, as software
of laboratories writes it. Every error names file and line.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from crossbar.errors import DataError, message
from crossbar.textfiles import read
from crossbar.types import Floats

SEPARATORS = (";", "\t", ",")  # else blanks
BESIDE_DECIMAL_COMMAS = (";", "\t", " ")
COMMENTS = ("#", "%", "//")
PREAMBLE = 500  # lines among which a header is looked for
_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?|[+-]?\d+,([eE][+-]?\d+)?")
_POINT = re.compile(r"[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Row:
    """A row of a table: its file, the number of its line, and its cells."""

    path: Path
    number: int
    cells: tuple[str, ...]

    def fail(self, expected: str, got: str, remedy: str, column: int | None = None) -> DataError:
        """Return the error that names this line, and the ``column`` (from 0) if given."""
        place = "" if column is None else f", column {column + 1}"
        return DataError(message(f"{self.path}:{self.number}{place}", expected, got, remedy))


@dataclass(frozen=True)
class Table:
    """Rows of cells, each with as many as the first; ``comments`` are the lines above them."""

    path: Path
    separator: str
    comments: tuple[Row, ...]
    rows: tuple[Row, ...]

    def titled(self) -> tuple[Row, tuple[Row, ...]]:
        """Return the header and the rows below it.

        The header is the first row. If that row has only numbers, the header is the last comment
        above it, where ``numpy.savetxt`` writes it, provided that it has as many cells.

        Raises
        ------
        DataError
            If two columns have one name.
        """
        first, rows = self.rows[0], self.rows[1:]
        if self.comments and all(number(cell) is not None for cell in first.cells):
            above = self.comments[-1]
            line = _header(above.cells[0].lstrip("#%/ \t"), self.separator)
            cells = next(_cells([line], self.separator, self.path)).cells
            if len(cells) == len(first.cells) and all(number(cell) is None for cell in cells):
                first, rows = replace(above, cells=cells), self.rows
        for k, name in enumerate(first.cells):
            if name and name in first.cells[:k]:
                raise first.fail("columns of different names", f"{name!r} twice", "Rename one.", k)
        return first, rows

    def with_points(self) -> Table:
        """Return the table with decimal points if all its decimals are written with commas.

        Raises
        ------
        DataError
            If some decimals are written with commas and some with points.
        """
        if self.separator not in BESIDE_DECIMAL_COMMAS:
            return self
        commas, points = (
            [(row, k) for row in self.rows for k, cell in enumerate(row.cells)
             if form.fullmatch(cell)]
            for form in (_COMMA, _POINT)
        )  # fmt: skip
        if commas and points:
            (row, k), (other, j) = sorted(
                (commas[0], points[0]), key=lambda place: (place[0].number, place[1])
            )
            got = f"{other.cells[j]!r} after {row.cells[k]!r} of line {row.number}"
            remedy = "Write all with points, and no thousands separators."
            raise other.fail("decimals of one kind, points or commas", got, remedy, j)
        rows = tuple(
            replace(row, cells=tuple(
                cell.replace(",", ".") if _COMMA.fullmatch(cell) else cell for cell in row.cells
            ))
            for row in self.rows
        )  # fmt: skip
        return replace(self, rows=rows)


def number(cell: str) -> float | None:
    """Return the number that a cell holds, NaN and infinity among them, or None."""
    try:
        return float(cell) if "_" not in cell else None
    except ValueError:
        return None


def table(
    path: Path,
    expected: str,
    remedy: str,
    *,
    comments_below: bool = True,
    known: Callable[[Sequence[str]], int] | None = None,
) -> Table:
    """Return the table in the text file ``path``, its cells without blanks around them.

    Parameters
    ----------
    expected, remedy
        What the file should be and what to do, for errors.
    comments_below
        Whether comments stand below the first row too; if not, a row may begin with ``#``.
    known
        How many of some cells are names of columns. The first line with most of them, two at
        least, is the header, and lines above it are comments. Without it, or without such a line,
        the first line is the first row.

    Raises
    ------
    DataError
        If the file cannot be read, holds no row, has a quote that is not closed, or rows differ in
        the number of cells.
    """
    lines = read(path, expected, remedy).split("\n")
    comments, above = [], True
    begun, separator = (0, None) if known is None else _begun(lines, known)
    for k, line in enumerate(lines):
        comment = line.lstrip().startswith(COMMENTS)
        if k < begun or (comment and (above or comments_below)):
            if above and line.strip():
                comments.append(Row(path, k + 1, (line.strip(),)))
            lines[k] = ""
        elif line.strip():
            if above:
                separator = separator or _separator(line)
                lines[k] = _header(line, separator)
            above = False
    if separator is None:
        raise DataError(message(str(path), expected, "an empty file", remedy))
    every = list(_cells(lines, separator, path))
    width = len(every[0].cells)
    for k, row in enumerate(every):
        if len(row.cells) > width and not any(row.cells[width:]):
            every[k] = replace(row, cells=row.cells[:width])  # separators at the end of a line
    rows = tuple(every)
    for row in rows:
        if len(row.cells) != width:
            remedy = "Fill every cell; decimals with commas need ; or tab between cells."
            got = f"{len(row.cells)}"
            raise row.fail(f"{width} cells", got, remedy)
    return Table(path, separator, tuple(comments), rows)


def _separator(line: str) -> str:
    """Return what separates the cells of the first row ``line``."""
    unquoted = re.sub(r'"[^"]*"', "", line)
    return next((s for s in SEPARATORS if s in unquoted), " ")


def _begun(lines: list[str], known: Callable[[Sequence[str]], int]) -> tuple[int, str | None]:
    """Return place and separator of the line that has most cells ``known``; 0 and None if none."""
    most, place, separator = 1, 0, None
    for k, line in enumerate(lines[:PREAMBLE]):
        for each in (*SEPARATORS, " "):
            if each not in line or line.lstrip().startswith(COMMENTS):
                continue
            cells = _header(line.strip(), each).split(None if each == " " else each)
            count = known([cell.strip().strip('"') for cell in cells])
            if count > most:
                most, place, separator = count, k, each
    return place, separator


def _header(line: str, separator: str) -> str:
    """Return ``line`` with units in brackets joined to their names, if blanks separate cells."""
    return re.sub(r" +(?=[\[(])", "", line) if separator == " " else line


def _cells(lines: list[str], separator: str, path: Path) -> Iterator[Row]:
    """Yield the rows of ``lines``; empty lines are skipped."""
    stripped = (line.strip(" ") + "\n" if separator == " " else line + "\n" for line in lines)
    reader = csv.reader(stripped, delimiter=separator, skipinitialspace=True, strict=True)
    begun = 1
    try:
        for cells in reader:
            begun = reader.line_num + 1
            if cells and cells != [""]:
                yield Row(path, reader.line_num, tuple(cell.strip() for cell in cells))
    except csv.Error as error:
        place = f"{path}:{begun}"
        remedy = "Close the quote, and double quotes inside a cell."
        raise DataError(message(place, "cells of a table", str(error), remedy)) from None


def matrix(path: Path, expected: str, remedy: str) -> tuple[Floats, tuple[Row, ...]]:
    """Return the finite numbers (rows, columns) in ``path`` and their rows; a header is skipped.

    A header is a first row without a number.

    Raises
    ------
    DataError
        If the file holds no table, or a cell is not a finite number; the message names line and
        column.
    """
    rows = table(path, expected, remedy).with_points().rows
    if len(rows) > 1 and all(number(cell) is None for cell in rows[0].cells):
        rows = rows[1:]
    return numbers(rows, range(len(rows[0].cells)), "Correct the cell."), rows


def numbers(rows: Sequence[Row], columns: Sequence[int], remedy: str) -> Floats:
    """Return the finite numbers (rows, columns) in some ``columns``, or raise naming the cell."""
    values = np.empty((len(rows), len(columns)))
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            value = number(row.cells[column])
            if value is None or not math.isfinite(value):
                raise row.fail("a finite number", repr(row.cells[column]), remedy, column)
            values[i, j] = value
    return values
