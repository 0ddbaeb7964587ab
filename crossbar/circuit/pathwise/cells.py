"""From derivatives by what a read depends on to those by the conductance of every cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crossbar.circuit.pathwise.state import ReadState
from crossbar.circuit.planes import signs_of_each
from crossbar.types import Doubles, Floats

if TYPE_CHECKING:
    from crossbar.circuit.array import Array


def by_cells(array: Array, by: ReadState) -> list[Doubles]:
    """Return derivatives (lines, cols) [1/S] by the conductances of the cells of weights.

    One matrix for each cell of a weight, plane by plane. Noise by the age of cells is held; on
    wired arrays the noise of all cells is.
    """
    if array.wiring is not None:
        return _by_wired(array, by)
    layout, planes, noise = array.layout, array.mapping.planes, by.noise
    whole: list[Doubles] = []
    for p, (plane, cells) in enumerate(zip(planes, array.by_plane, strict=True)):
        for k, (sign, one) in enumerate(zip(plane.signs, cells, strict=True)):
            each = sign * by.planes.seen[p].T
            single = (by.planes.plus, by.planes.minus)[k] if k < 2 else by.planes.plus[:0]
            each += single.T if single.size else 0.0
            each += _down(array, noise.floor[p] if noise.floor.size else by.planes.totals)
            if noise.spread.size:
                g = one.g.astype(np.float64)
                each += noise.shots[p].T + 2 * array.noise.relative**2 * g * noise.spread[p].T
            loads = by.loads.totals.reshape(len(planes), -1, len(each))[p]
            for columns, load in zip(layout.col_slices(), loads, strict=True):
                each[:, columns] += load[:, None]
            whole.append(each)
    return whole


def _down(array: Array, totals: Floats) -> Floats:
    """Return the derivatives by the sums on sensed lines, (parts, cols), at every word line."""
    if len(totals) == 1:
        return totals
    heights = [rows.stop - rows.start for rows in array.layout.row_slices()]
    return np.repeat(totals, heights, axis=0)


def _by_wired(array: Array, by: ReadState) -> list[Doubles]:
    """Return the derivatives by the adjoint of every array, see :meth:`Wires.gradient`."""
    assert array.wiring is not None
    each = np.array(signs_of_each(array.mapping.planes), float)
    groups = [np.zeros(cells.g.shape) for cells in array.groups]
    pairs = zip(array.wiring.arrays, by.admittances, strict=True)
    for number, (w, by_forward) in enumerate(pairs):
        by_transfer = np.zeros_like(w.g)
        height = w.rows.stop - w.rows.start
        seen = by.planes.seen[:, w.cols, w.rows].transpose(2, 1, 0) @ each
        by_transfer[:height, : seen[0].size] = seen.reshape(height, -1)
        if array.reference is not None:
            k = array.layout.col_slices().index(w.cols)
            by_transfer[:height, -1] = by.common.seen[:, k, w.rows].sum(axis=0)
        read = w.wires.gradient(w.g, np.eye(len(w.g)), weights=by_transfer, weights_wl=by_forward)
        array.placement.scatter(number, read.g, groups)
    return groups[: len(array.cells)]
