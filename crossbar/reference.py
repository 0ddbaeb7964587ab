"""Reference lines: what an array with one live cell a weight subtracts from its line currents."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crossbar.devices import Cells, Device
from crossbar.layout import Layout
from crossbar.noise import CellNoise, draw, product
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
    """

    layout: Layout
    column: Cells
    row: Cells
    column_seen: Floats = field(init=False)
    row_seen: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.widths = [c.stop - c.start for c in self.layout.col_slices()]
        self.heights = [r.stop - r.start for r in self.layout.row_slices()]
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

    def program(self, middle: float, *, rng: np.random.Generator) -> None:
        """Write the conductance ``middle`` [S], with the device's programming error."""
        for cells in self.cells:
            cells.program(np.full(cells.g.shape, middle), rng=rng)
        self.refresh()

    def refresh(self) -> None:
        """Take the conductances as the lines see them from the cells, for ideal lines."""
        self.column_seen = self.column.g.astype(np.float64)
        self.row_seen = self.row.g.astype(np.float64)

    def columns_of(self, g: Floats) -> Floats:
        """Return ``g`` (lines, arrays across) at every column that it serves, (lines, cols)."""
        return np.repeat(g, self.widths, axis=1)

    def back(self, v: Floats, cols: slice) -> Floats:
        """Return what a transposed read adds to v @ signed.T, (n, copies, rows) [A].

        Subtracting the reference word line in place of the reference column that is part of
        ``signed``: plus sum_j v_j g_col[i], minus sum_j v_j g_row[j].
        """
        if len(self.widths) == 1:
            columns = self.column_seen.reshape(self.layout.copies, -1)
            restored = v.sum(axis=2, keepdims=True) * columns
        else:
            columns = self.columns_of(self.column_seen)[:, cols]
            restored = product(v, columns.T[None])  # copies fit one array, so there is only one
        current = restored - self._to_rows(product(v, self._row_planes(self.row_seen, cols)))
        result: Floats = current.astype(v.dtype)
        return result

    def noise(
        self, v: Floats, noise: CellNoise, rows: slice, *, rng: np.random.Generator
    ) -> Floats:
        """Return the noise current of the reference bit lines at every column [A]."""
        part = self.column.g[rows]
        planes = [part.reshape(self.layout.copies, -1, part.shape[1])]
        shape = (*v.shape[:2], part.shape[1])
        common = draw(noise.variance(v, planes), shape, rng=rng)
        return common if part.shape[1] == 1 else np.repeat(common, self.widths, axis=2)

    def noise_back(
        self, v: Floats, noise: CellNoise, cols: slice, *, rng: np.random.Generator
    ) -> Floats:
        """Return the noise current of the reference word lines at every row [A]."""
        planes = self._row_planes(self.row.g, cols)
        shape = (*v.shape[:2], planes.shape[2])
        return self._to_rows(draw(noise.variance(v, [planes]), shape, rng=rng))

    def _row_planes(self, g: Floats, cols: slice) -> Floats:
        """Return ``g`` (arrays down, cols) as (copies, cols, arrays of a copy)."""
        part = g[:, cols]
        return part[:, :, None] if self.layout.copies > 1 else part.T[None]

    def _to_rows(self, current: Floats) -> Floats:
        """Return currents (n, copies, arrays of a copy) at every word line that they serve."""
        if current.shape[2] == 1:
            return current  # one array: the same for all its word lines
        return np.repeat(current, self.heights, axis=2)
