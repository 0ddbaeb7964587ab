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
from crossbar.types import Floats, FloatType, Integers

Sums: TypeAlias = tuple[Floats, Floats, Floats]  # spread, shots and floor
NOTHING: Sums = (np.empty((1, 0, 0)), np.empty((1, 0, 0)), np.empty((1, 0, 0)))


def plane_noise(
    noise: CellNoise,
    layout: Layout,
    planes: Sequence[Sequence[Cells]],
    reference: Reference | None,
    dtype: FloatType,
    *,
    forward: bool,
) -> LineNoise:
    """Return the noise that all cells of a line cause in its current, in one direction of reading.

    A line of a plane has the variance

        sum_i v_i^2 sum_c (sigma_a^2 + (sigma_r G_ic)^2 + flicker_ic)
        + sum_i 2 e F |v_i| L(x_i) / (2 t) sum_c G_ic + 4 k T / (2 t) sum_ic G_ic

    over the lines i and the cells c of a weight in the plane, see
    :class:`crossbar.circuit.reading.CellNoise`.
    In a transposed read the last sum is over the cells of all planes, which all end on the word
    line that is sensed.
    """
    (spread, shots), common = _sums(noise, planes), NOTHING
    weights = spread.transpose(0, 2, 1), shots.transpose(0, 2, 1)
    if forward:
        down = [r.start for r in layout.row_slices()]
        floor = np.add.reduceat(shots, down, axis=1)
        if reference is not None:
            spread, shots = (a.transpose(0, 2, 1) for a in _sums(noise, [[reference.column]]))
            common = spread, shots, reference.column_totals[None]
    else:
        across = [c.start for c in layout.col_slices()]
        floor = layout.by_copy(np.add.reduceat(shots.sum(axis=0).T, across, axis=0))[None]
        if reference is not None:
            spread, shots = _sums(noise, reference.of_planes())
            if layout.copies > 1:  # one word line, the copies of which follow one another
                spread, shots = (a.reshape(len(a), 1, -1) for a in (spread, shots))
            common = spread, shots, reference.row_totals[None]
    unbent = np.zeros((1, 2, 0, layout.rows if forward else layout.cols))
    return of_planes(len(planes), dtype, unbent, np.zeros(1, np.intp), *weights, floor, *common)


def of_planes(
    planes: int, dtype: FloatType, bends: Floats, edges: Integers, *parts: Floats
) -> LineNoise:
    """Return noise as the compiled loops take it: ``parts`` of every plane, which may share them.

    They are copies, as loops are compiled anew for arrays that cannot be written to.
    """
    each = (np.broadcast_to(a, (planes, *a.shape[1:])) for a in (bends, *parts))
    solid: list[Floats] = [np.array(a, dtype, order="C") for a in each]
    return LineNoise(solid[0], edges, *solid[1:])


def _sums(noise: CellNoise, groups: Sequence[Sequence[Cells]]) -> tuple[Floats, Floats]:
    """Return variance [S^2] for one volt, and conductance [S], summed over cells by group."""
    shape = next(cells.g.shape for group in groups for cells in group)
    spread, shots = (np.zeros((len(groups), *shape)) for _ in range(2))
    for k, group in enumerate(groups):
        for cells in group:
            g, flicker = cells.g.astype(np.float64), cells.flicker()
            spread[k] += noise.absolute**2 + (noise.relative * g) ** 2
            shots[k] += g
            if flicker.size:
                spread[k] += flicker
    return spread, shots
