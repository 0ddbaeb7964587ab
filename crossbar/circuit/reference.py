"""Reference lines: what an array with one live cell a weight subtracts from its line currents."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crossbar.brief import brief
from crossbar.circuit.layout import Layout
from crossbar.devices import Cells, Device, Tally
from crossbar.types import Floats, FloatType


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
    row : (arrays down, cols)
        Cells of the reference word lines.
    column_seen, row_seen
        Their conductances as the lines see them, line resistance included [S].
    column_cells, row_cells
        Conductances of the cells, reference line first [S].
    column_flicker, row_flicker
        Variances of reads of the cells besides, likewise; (0, 0) for none [S^2].
    column_load : (lines,)
        Conductance of the reference cells on each word line [S].
    column_totals, row_totals : (copies or arrays, reference lines)
        Sums of the conductances on each reference line, array by array [S].
    column_edges, row_edges
        First line that each reference line serves, and the number of lines.
    """

    layout: Layout
    column: Cells
    row: Cells
    column_seen: Floats = field(init=False)
    row_seen: Floats = field(init=False)
    column_cells: Floats = field(init=False)
    row_cells: Floats = field(init=False)
    column_flicker: Floats = field(init=False)
    row_flicker: Floats = field(init=False)
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
        cls, device: Device, layout: Layout, *, rng: np.random.Generator, dtype: FloatType
    ) -> Reference:
        """Return new reference cells with their spread."""
        down, across = layout.row_slices(), layout.col_slices()
        for_column, for_row = rng.spawn(2)
        height = layout.copies * layout.rows
        column = device.fabricate((height, len(across)), rng=for_column, dtype=dtype)
        row = device.fabricate((len(down), layout.cols), rng=for_row, dtype=dtype)
        return cls(layout, column, row)

    @property
    def cells(self) -> list[Cells]:
        """Both groups of cells."""
        return [self.column, self.row]

    def program(self, middle: float, *, rng: np.random.Generator) -> Tally:
        """Write the conductance ``middle`` [S] in the way of the device."""
        tally = Tally()
        for cells in self.cells:
            tally.add(cells.program(np.full(cells.g.shape, middle), rng=rng))
        self.refresh()
        return tally

    def refresh(self) -> None:
        """Take what the lines see from the cells, for ideal lines."""
        down, across = self.layout.row_slices(), self.layout.col_slices()
        column, row = self.column.g, np.ascontiguousarray(self.row.g)
        self.column_seen, self.row_seen = np.asfortranarray(column.copy()), row.copy()
        self.column_cells, self.row_cells = column.T, row
        self.column_load = column.sum(axis=1)
        self.column_totals = np.stack([column[r].sum(axis=0) for r in down])
        self.row_totals = np.stack([row[:, k].sum(axis=1) for k in across])
        if self.layout.copies > 1:
            self.row_totals = np.ascontiguousarray(self.row_totals.T)

    def refresh_flicker(self) -> None:
        """Take the variances of reads from the cells."""
        self.column_flicker = self.column.flicker().T
        self.row_flicker = np.ascontiguousarray(self.row.flicker())

    def columns_of(self, g: Floats) -> Floats:
        """Return ``g`` (lines, arrays across) at every column that it serves, (lines, cols)."""
        return np.repeat(g, self.widths, axis=1)
