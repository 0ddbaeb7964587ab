"""How a weight matrix lies on physical arrays: copies of it, and tiles of a given size."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from crossbar.checks import check_fields
from crossbar.displayed import Displayed
from crossbar.errors import ShapeError, fail, message
from crossbar.types import Floats, FloatType
from crossbar.units import quantity

LARGEST = 10_000_000
"""Lines of an array, or copies of one: more fit no memory."""


@dataclass(frozen=True, kw_only=True)
class Layout(Displayed):
    """Arrays that hold one weight matrix.

    Word lines of copies are stacked: line ``k * rows + i`` is word line i of copy k.

    Parameters
    ----------
    rows, cols
        Shape of the weight matrix.
    copies
        How many arrays hold the same weights, each on its own cells.
    size : (rows, cols)
        Most weights of one array; None for one array of any size.

    Examples
    --------
    >>> Layout(rows=1875, cols=64, size=(128, 64)).arrays
    15
    """

    rows: int = quantity(low=1, high=LARGEST)
    cols: int = quantity(low=1, high=LARGEST)
    copies: int = quantity(1, low=1, high=LARGEST)
    size: tuple[int, int] | None = quantity(None, low=1, high=LARGEST)

    def __post_init__(self) -> None:
        check_fields(self)
        if self.size is None:
            return
        if self.copies > 1 and (self.rows > self.size[0] or self.cols > self.size[1]):
            got = f"{self.rows}x{self.cols} weights in arrays of {self.size[0]}x{self.size[1]}"
            fail("Layout.copies", "copies that fit one array", got, "Raise the tile size.")

    def row_slices(self) -> list[slice]:
        """Return the stacked word lines of each array."""
        step = self.size[0] if self.size and self.copies == 1 else self.rows
        return _slices(self.rows * self.copies, step)

    def col_slices(self) -> list[slice]:
        """Return the columns of each array."""
        return _slices(self.cols, self.size[1] if self.size else self.cols)

    def blocks(self) -> list[tuple[slice, slice, int]]:
        """Return word lines, columns and copy of every physical array."""
        down, across = self.row_slices(), self.col_slices()
        return [(r, c, k if self.copies > 1 else 0) for k, r in enumerate(down) for c in across]

    def whole(self, totals: Floats) -> Floats:
        """Return sums on lines, by array, as (copies, lines)."""
        if len(totals) == self.copies:
            return totals
        whole: Floats = totals.sum(axis=0, keepdims=True)
        return whole

    def by_copy(self, row_total: Floats) -> Floats:
        """Return sums on word lines as (copies, rows), or by array where there are no copies."""
        return row_total if self.copies == 1 else row_total.reshape(self.copies, -1)

    def cycles(self, x: Floats, dtype: FloatType) -> tuple[Floats, Floats]:
        """Return ``x`` as (n, positions, lines) and room for the voltages of all its cycles."""
        lines = x.shape[-1]
        positions = x.shape[1] if x.ndim == 3 else 1
        solid: Floats = np.ascontiguousarray(x, dtype)
        vectors = len(x) * math.ceil(positions / self.copies) * self.copies
        return solid.reshape(len(x), positions, lines), np.empty((vectors, lines), dtype)

    def of_copies(self, v: Floats) -> Floats:
        """Return line voltages ``v`` of :meth:`cycles` as (cycles, copies, lines)."""
        return v.reshape(-1, self.copies, v.shape[1])

    def check_change(self, x: Floats, d: Floats) -> None:
        """Raise unless a change ``x``, ``d`` has a shape that the compiled loops can take."""
        rows, cols = self.rows, self.cols
        fits = x.ndim == 2 and d.ndim == 3 and len(x) == len(d)
        if fits and (x.shape[1], d.shape[1:]) in ((rows, (cols, 1)), (0, (cols, rows))):
            return
        expected = f"x (n, {rows}) and d (n, {cols}, 1), or x (n, 0) and d (n, {cols}, {rows})"
        got = f"{x.shape} and {d.shape}"
        raise ShapeError(message("Array.change", expected, got, "The batch axis is first."))

    @property
    def arrays(self) -> int:
        """Number of physical arrays."""
        return len(self.row_slices()) * len(self.col_slices())


def _slices(length: int, step: int) -> list[slice]:
    """Return consecutive slices of ``step`` that cover ``length``."""
    return [slice(k, min(k + step, length)) for k in range(0, length, step)]
