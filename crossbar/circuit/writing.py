"""How weights are written into the cells of an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crossbar.array_checks import require_array
from crossbar.checks import require_generator
from crossbar.circuit.clipping import cut
from crossbar.circuit.line_compensation import LineCompensation
from crossbar.circuit.remap import Remap, made_up
from crossbar.devices import Programming, Tally
from crossbar.types import Floats, Masks, Rng

if TYPE_CHECKING:
    from crossbar.circuit.array import Array


ROUNDING = 1e-12  # of the largest conductance: a sum of doubles that is 0 S comes out within it


def targets_of(array: Array, weights: Floats) -> list[Floats]:
    """Return the conductances [S] of every cell of ``weights`` (rows, cols), all copies."""
    targets = array.mapping.targets(weights.astype(np.float64), array.device.window)
    none = -ROUNDING * array.device.window[2]
    whole = [np.where((g < 0) & (g > none), 0.0, g) for g in targets]
    return [np.tile(target, (array.layout.copies, 1)) for target in whole]


def write(
    array: Array, weights: Floats, *, rng: Rng, way: Programming | None, remap: Remap | None,
    lines: LineCompensation | None,
) -> Tally:  # fmt: skip
    """Write ``weights`` (rows, cols) into every copy of ``array``, group of cells after group.

    ``way`` is how (see :meth:`Cells.program`). With ``remap`` cells are read back, and other cells
    make up for faulty ones. With ``lines`` all make up for line resistance.
    """
    require_generator("Array.program", rng)
    shape = (array.layout.rows, array.layout.cols)
    weights = require_array("Array.program.weights", weights, shape)
    held, tally = cut(weights, array.mapping), Tally()
    tally.clipped = float(np.count_nonzero(held != weights))
    targets = targets_of(array, held)
    targets = ideal = array.mapping.settled(array.cells, targets, tally, rng=rng)
    if lines is not None:
        targets = lines.targets(array, ideal)
    for cells, target in zip(array.cells, targets, strict=True):
        tally.add(cells.program(target, rng=rng, way=way))
    if array.reference is not None:
        tally.add(array.reference.program(array.device.window[1], rng=rng, way=way))
    if lines is not None:
        lines.close(array, ideal, tally, rng=rng, way=way)
    if remap is not None:
        tally.add(make_up(array, targets, remap, rng=rng, way=way))
    array.renew()
    return tally


def make_up(
    array: Array, targets: list[Floats], remap: Remap, *, rng: Rng, way: Programming | None,
    only: Masks | None = None,
) -> Tally:  # fmt: skip
    """Read the cells of the weights ``only`` back (None: all), and let others make up for faulty.

    ``targets`` [S] are what the cells of every weight were written to.
    """
    tally = Tally()
    inspection = remap.inspect(array.cells, targets, tally, rng=rng, only=only)
    better, _ = made_up(targets, inspection, array.mapping.planes, array.device.window)
    for cells, target, new in zip(array.cells, targets, better, strict=True):
        if (other := new != target).any():
            tally.add(cells.program(new, rng=rng, way=way, only=other))
    return tally
