"""A table for people on the page, and for programs as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from crossbar.report.wording import quantity_text
from crossbar.spreadsheet import guarded, guarded_frame


@dataclass(frozen=True)
class Number:
    """A number, and how the page writes it. CSV keeps all digits."""

    value: float
    text: str


@dataclass(frozen=True)
class Tag:
    """A word that the page marks, such as "assumed"."""

    text: str


@dataclass(frozen=True)
class Reference:
    """A text that the page writes once below the table, as note ``number``. CSV keeps the text."""

    number: int
    text: str


Cell: TypeAlias = str | Number | Tag | Reference


@dataclass(frozen=True)
class Column:
    """Title of a column, and the unit of its numbers in the CSV file.

    Attributes
    ----------
    wrap
        Whether long text may break over lines.
    """

    title: str
    unit: str = ""
    wrap: bool = False

    @property
    def heading(self) -> str:
        """Title with unit, for CSV."""
        return f"{self.title} [{self.unit}]" if self.unit else self.title


@dataclass(frozen=True)
class Table:
    """Rows of cells under columns.

    Attributes
    ----------
    name
        File name without ending.
    caption
        What it says, with the conditions that it holds under.
    leading
        How many rows at the top stand out.
    full
        What the CSV file holds where that is more than the rows.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    leading: int = 0
    full: pd.DataFrame | None = None

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Whether each column holds numbers, which stand to the right."""
        return tuple(
            any(isinstance(row[k], Number) for row in self.rows) for k in range(len(self.columns))
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """The texts that cells refer to, by rising number."""
        cells = [cell for row in self.rows for cell in row if isinstance(cell, Reference)]
        return tuple(dict.fromkeys(c.text for c in sorted(cells, key=lambda c: c.number)))

    def csv(self) -> str:
        """Return the table as CSV, numbers in SI units with all digits."""
        if self.full is not None:
            return guarded_frame(self.full).to_csv(index=False, lineterminator="\n")
        rows = [
            [c.value if isinstance(c, Number) else guarded(c if isinstance(c, str) else c.text)
             for c in row]
            for row in self.rows
        ]  # fmt: skip
        titles = [guarded(column.heading) for column in self.columns]
        frame = pd.DataFrame(rows, columns=titles, dtype=object)
        return frame.to_csv(index=False, lineterminator="\n")


def shown(cell: Cell) -> str:
    """Return what a page shows of ``cell``; of a reference its number."""
    if isinstance(cell, Reference):
        return f"({cell.number})"
    return cell if isinstance(cell, str) else cell.text


def columns(*titles: str, unit: str = "", wrap: bool = False) -> tuple[Column, ...]:
    """Return columns of text or of numbers in ``unit``."""
    return tuple(Column(title, unit, wrap) for title in titles)


def number(value: float) -> Number:
    """Return a pure number with three decimals."""
    return Number(value, f"{value:.3f}")


def count(value: float) -> Number:
    """Return a count, with its thousands apart."""
    return Number(value, f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}"))


def quantity(value: float, unit: str, digits: int = 4) -> Number:
    """Return a number in the SI unit ``unit``, in engineering notation on the page."""
    return Number(value, quantity_text(value, unit, digits))


def references(texts: Sequence[str]) -> list[Reference]:
    """Return a reference for each text; equal texts have the same number."""
    numbers = {text: k for k, text in enumerate(dict.fromkeys(texts), 1)}
    return [Reference(numbers[text], text) for text in texts]
