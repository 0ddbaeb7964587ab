"""Placement of cells on physical arrays: from groups of cells to matrices, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crossbar.circuit.layout import Layout
from crossbar.circuit.physical import Matrix
from crossbar.circuit.planes import Plane
from crossbar.devices import Cells
from crossbar.types import Doubles


class Stuck(NamedTuple):
    """How many of the ``cells`` of a physical array are stuck on and off."""

    on: int
    off: int
    cells: int


@dataclass(frozen=True)
class Placement:
    """The cells of one weight matrix on its physical arrays (see :mod:`crossbar.circuit.physical`).

    Values of cells are given in groups: (lines, cols) for each cell of a weight. If there are
    reference lines, (lines, arrays across) of the reference bit lines follow, and of the reference
    word lines (arrays down, cols) for each cell of a weight in a plane with a reference.
    """

    layout: Layout
    planes: tuple[Plane, ...]
    reference: bool

    @property
    def cells(self) -> int:
        """Cells of a weight."""
        return sum(len(plane.signs) for plane in self.planes)

    @property
    def beside(self) -> list[int]:
        """Cells of a weight whose bit lines cross the reference word line with a cell."""
        beside = [plane.reference for plane in self.planes for _ in plane.signs]
        return [k for k, one in enumerate(beside) if one]

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """Word and bit lines of every physical array, without reference lines."""
        return [
            (rows.stop - rows.start, self.cells * (cols.stop - cols.start))
            for rows, cols, _ in self.layout.blocks()
        ]

    def edges(self, conductance: float) -> list[Doubles]:
        """Return the groups of the reference lines, if there are some, all at ``conductance``."""
        down, across = self.layout.row_slices(), self.layout.col_slices()
        column = self.layout.copies * self.layout.rows, len(across)
        shapes = [column, *((len(down), self.layout.cols) for _ in self.beside)]
        return [np.full(shape, conductance) for shape in shapes] if self.reference else []

    def gather(self, block: int, groups: Sequence[Matrix]) -> Matrix:
        """Return the values (word lines, bit lines) of a physical array, reference lines last.

        There is no cell where the two reference lines cross: the value there is zero.
        """
        rows, cols, _ = self.layout.blocks()[block]
        own = [group[rows, cols] for group in groups[: self.cells]]
        values: Matrix = np.stack(own, axis=2).reshape(len(own[0]), -1)
        if not self.reference:
            return values
        column, *feet = groups[self.cells :]
        across = len(self.layout.col_slices())
        edge = column[rows, [block % across]]
        foot = np.zeros(values.shape[1] + 1, edge.dtype)
        for k, row in zip(self.beside, feet, strict=True):
            foot[k : -1 : self.cells] = row[block // across, cols]
        return np.vstack([np.hstack([values, edge]), foot])

    def scatter(self, block: int, values: Matrix, groups: Sequence[Matrix]) -> None:
        """Enter the values of a physical array, as :meth:`gather` returns them, into ``groups``.

        Values without reference lines leave the reference lines unchanged.
        """
        rows, cols, _ = self.layout.blocks()[block]
        height, width = self.shapes[block]
        for k, group in enumerate(groups[: self.cells]):
            group[rows, cols] = values[:height, k : width : self.cells]
        if self.reference and values.shape != (height, width):
            column, *feet = groups[self.cells :]
            across = len(self.layout.col_slices())
            column[rows, block % across] = values[:height, -1]
            for k, row in zip(self.beside, feet, strict=True):
                row[block // across, cols] = values[-1, k : width : self.cells]

    def collect(self, groups: Sequence[Matrix]) -> list[Matrix]:
        """Return the values of every physical array."""
        return [self.gather(k, groups) for k in range(self.layout.arrays)]

    def spread(self, arrays: Sequence[Matrix], groups: Sequence[Matrix]) -> list[Matrix]:
        """Return copies of ``groups`` with the values of every physical array."""
        spread = [group.copy() for group in groups]
        for k, values in enumerate(arrays):
            self.scatter(k, values, spread)
        return spread

    def load(self, groups: Sequence[Cells], conductances: Sequence[Matrix]) -> None:
        """Load the conductances [S] of every physical array into the cells of ``groups``."""
        values = self.spread(conductances, [c.g for c in groups])
        for cells, g in zip(groups, values, strict=True):
            cells.load(g)

    def pin(
        self, groups: Sequence[Cells], stuck: Sequence[Matrix], low: float, high: float
    ) -> None:
        """Hold cells that are -1 in ``stuck`` at ``low`` [S], and those that are 1 at ``high``."""
        none = [np.zeros(c.g.shape, np.int8) for c in groups]
        for cells, kind in zip(groups, self.spread(stuck, none), strict=True):
            cells.pin(kind > 0, kind < 0, high, low)

    def stuck(self, groups: Sequence[Cells], middle: float) -> list[Stuck]:
        """Return how many cells of each physical array are stuck above and below ``middle`` [S]."""
        kinds = [np.where(c.free, 0, np.where(c.g > middle, 1, -1)) for c in groups]
        arrays = self.collect(kinds)
        return [Stuck(int((m > 0).sum()), int((m < 0).sum()), m.size) for m in arrays]
