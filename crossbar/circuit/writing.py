"""How weights are written into the cells of an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crossbar.devices import Programming, Tally
from crossbar.types import Floats, Rng

if TYPE_CHECKING:
    from crossbar.circuit.array import Array


def write(array: Array, weights: Floats, *, rng: Rng, way: Programming | None) -> Tally:
    """Write ``weights`` (rows, cols) into every copy of ``array``, group of cells after group."""
    targets = array.mapping.targets(weights, array.device.window)
    tally = Tally()
    for cells, target in zip(array.cells, targets, strict=True):
        tally.add(cells.program(np.tile(target, (array.layout.copies, 1)), rng=rng, way=way))
    if array.reference is not None:
        tally.add(array.reference.program(array.device.window[1], rng=rng, way=way))
    array.renew()
    return tally
