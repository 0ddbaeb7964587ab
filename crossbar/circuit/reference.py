"""Reference lines: what an array with one live cell a weight subtracts from its line currents."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crossbar.brief import brief
from crossbar.circuit.layout import Layout
from crossbar.circuit.planes import Plane
from crossbar.devices import Cells, Device, Programming, Tally
from crossbar.types import Floats, FloatType, Rng


@dataclass
class Reference:
    """Cells at the middle conductance, one bit line and one word line more on every array.

    A forward read drives the reference cells of the word lines along with them and subtracts the
    current of the reference bit line from that of every bit line; a transposed read drives the
    reference cells of the bit lines and subtracts the current of the reference word line. Neither
    read exceeds the read voltage, and the line not in use stays at 0 V. The two references differ
    by the spread of their cells, so a transposed read is the transpose only to that accuracy.

    Attributes
    ----------
    column : (lines, arrays across)
        Cells of the reference bit lines.
    rows : (arrays down, cols) each
        Cells of the reference word lines: one for each cell of a weight in a plane with a
        reference, on whose bit line it hangs.
    column_seen : (lines, arrays across)
        Conductances of the bit lines as the lines see them, line resistance included [S].
    row_seen : (planes, arrays down, cols)
        Those of the word lines, summed with the signs of the cells of each plane [S].
    column_load : (lines,)
        Conductance of the reference cells on each word line [S].
    column_totals, row_totals : (copies or arrays, reference lines)
        Sums of the conductances on each reference line, array by array [S].
    column_edges, row_edges
        First line that each reference line serves, and the number of lines.
    """

    layout: Layout
    planes: tuple[Plane, ...]
    column: Cells
    rows: list[Cells]
    column_seen: Floats = field(init=False)
    row_seen: Floats = field(init=False)
    column_load: Floats = field(init=False)
    column_totals: Floats = field(init=False)
    row_totals: Floats = field(init=False)

    __repr__ = brief

    def __post_init__(self) -> None:
        heights = [r.stop - r.start for r in self.layout.row_slices()]
        heights = heights if self.layout.copies == 1 else heights[:1]
        self.widths = [c.stop - c.start for c in self.layout.col_slices()]
        # Lines that each reference line serves begin at the edges; each copy has a word line.
        self.column_edges = np.append(0, np.cumsum(self.widths))
        self.row_edges = np.append(0, np.cumsum(heights))
        self.refresh()

    @classmethod
    def fabricate(
        cls,
        device: Device,
        layout: Layout,
        planes: tuple[Plane, ...],
        *,
        rng: Rng,
        dtype: FloatType,
    ) -> Reference:
        """Return new reference cells with their spread."""
        down, across = layout.row_slices(), layout.col_slices()
        beside = sum(len(plane.signs) for plane in planes if plane.reference)
        for_column, *for_rows = rng.spawn(1 + beside)
        height = layout.copies * layout.rows
        column = device.fabricate((height, len(across)), rng=for_column, dtype=dtype)
        rows = [device.fabricate((len(down), layout.cols), rng=r, dtype=dtype) for r in for_rows]
        return cls(layout, planes, column, rows)

    @property
    def cells(self) -> list[Cells]:
        """All groups of cells."""
        return [self.column, *self.rows]

    def of_planes(self) -> list[list[Cells]]:
        """Return the cells of the word lines plane by plane."""
        rows = iter(self.rows)
        return [[next(rows) for _ in p.signs] if p.reference else [] for p in self.planes]

    def program(self, middle: float, *, rng: Rng, way: Programming | None = None) -> Tally:
        """Write the conductance ``middle`` [S]; see :meth:`Cells.program`."""
        tally = Tally()
        for cells in self.cells:
            tally.add(cells.program(np.full(cells.g.shape, middle), rng=rng, way=way))
        self.refresh()
        return tally

    def refresh(self) -> None:
        """Take what the lines see from the cells, for ideal lines."""
        down, across = self.layout.row_slices(), self.layout.col_slices()
        column = self.column.g
        row = self.row_load
        self.column_seen = np.asfortranarray(column.copy())
        self.row_seen = np.zeros((len(self.planes), *row.shape), row.dtype)
        for seen, plane, cells in zip(self.row_seen, self.planes, self.of_planes(), strict=True):
            for sign, c in zip(plane.signs, cells, strict=False):
                seen += sign * c.g
        self.column_load = column.sum(axis=1)
        self.column_totals = np.stack([column[r].sum(axis=0) for r in down])
        self.row_totals = np.stack([row[:, k].sum(axis=1) for k in across])
        if self.layout.copies > 1:
            self.row_totals = np.ascontiguousarray(self.row_totals.T)

    @property
    def row_load(self) -> Floats:
        """Conductance of the cells on each bit line of a weight, (arrays down, cols) [S]."""
        load: Floats = np.sum([c.g for c in self.rows], axis=0, dtype=self.column.g.dtype)
        return load

    def columns_of(self, g: Floats) -> Floats:
        """Return ``g`` (lines, arrays across) at every column that it serves, (lines, cols)."""
        return np.repeat(g, self.widths, axis=1)
