"""Noise of the cells of any planes on ideal lines, as the sensed lines get it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from crossbar.circuit.layout import Layout
from crossbar.circuit.reading import CellNoise
from crossbar.circuit.reference import Reference
from crossbar.devices import Cells
from crossbar.kernels.noise import LineNoise
from crossbar.types import Floats, FloatType

Sums: TypeAlias = tuple[Floats, Floats, Floats]  # spread, shots and floor
NOTHING: Sums = (np.empty((1, 0, 0)), np.empty((1, 0, 0)), np.empty((1, 0, 0)))


class PlaneNoise:
    """The noise that all cells of a line cause in its current.

    A line of a plane has the variance

        sum_i v_i^2 sum_c (sigma_a^2 + (sigma_r G_ic)^2 + flicker_ic)
        + sum_i 2 e F |v_i| L(x_i) / (2 t) sum_c G_ic + 4 k T / (2 t) sum_ic G_ic

    over the lines i and the cells c of a weight in the plane, see
    :class:`crossbar.circuit.reading.CellNoise`.
    In a transposed read the last sum is over the cells of all planes, which all end on the word
    line that is sensed.
    """

    def __init__(
        self,
        noise: CellNoise,
        layout: Layout,
        planes: Sequence[Sequence[Cells]],
        reference: Reference | None,
        dtype: FloatType,
    ) -> None:
        self.noise, self.layout, self.planes = noise, layout, planes
        self.reference, self.dtype = reference, dtype

    def forward(self) -> LineNoise:
        """Return the noise of forward reads, as the compiled loops take it."""
        spread, shots = self._of(self.planes)
        down = [r.start for r in self.layout.row_slices()]
        weights = spread.transpose(0, 2, 1), shots.transpose(0, 2, 1)
        floor = np.add.reduceat(shots, down, axis=1)
        column = NOTHING
        if self.reference is not None:
            spread, shots = self._of([[self.reference.column]])
            totals = self.reference.column_totals[None]
            column = spread.transpose(0, 2, 1), shots.transpose(0, 2, 1), totals
        return self._noise(self.layout.rows, (*weights, floor, *column))

    def back(self) -> LineNoise:
        """Return the noise of transposed reads."""
        layout = self.layout
        spread, shots = self._of(self.planes)
        weights = spread.transpose(0, 2, 1), shots.transpose(0, 2, 1)
        across = [c.start for c in layout.col_slices()]
        floor = layout.by_copy(np.add.reduceat(shots.sum(axis=0).T, across, axis=0))[None]
        row = NOTHING
        if self.reference is not None:
            spread, shots = self._of(self.reference.of_planes())
            if layout.copies > 1:  # one word line, the copies of which follow one another
                spread, shots = (a.reshape(len(a), 1, -1) for a in (spread, shots))
            row = spread, shots, self.reference.row_totals[None]
        return self._noise(layout.cols, (*weights, floor, *row))

    def _noise(self, lines: int, parts: Sequence[Floats]) -> LineNoise:
        """Return the noise with ``parts`` for every plane, which may share them."""
        count, dtype = len(self.planes), self.dtype
        unbent = np.zeros((count, 2, 0, lines), dtype)
        each = (np.broadcast_to(a, (count, *a.shape[1:])) for a in parts)
        # Copies, as loops are compiled anew for arrays that cannot be written to.
        solid: list[Floats] = [np.array(a, dtype, order="C") for a in each]
        return LineNoise(unbent, np.zeros(1, np.intp), *solid)

    def _of(self, groups: Sequence[Sequence[Cells]]) -> tuple[Floats, Floats]:
        """Return variance [S^2] for one volt, and conductance [S], summed over cells by group."""
        shape = next(cells.g.shape for group in groups for cells in group)
        spread, shots = (np.zeros((len(groups), *shape)) for _ in range(2))
        for k, group in enumerate(groups):
            for cells in group:
                g, flicker = cells.g.astype(np.float64), cells.flicker()
                spread[k] += self.noise.absolute**2 + (self.noise.relative * g) ** 2
                shots[k] += g
                if flicker.size:
                    spread[k] += flicker
        return spread, shots
