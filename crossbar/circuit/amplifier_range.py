"""The part of the range of the line amplifiers that signals use, read by read."""

from __future__ import annotations

import math

import numpy as np

from crossbar.circuit.array import Array
from crossbar.circuit.blocks import peak
from crossbar.types import Floats


class Watch:
    """The largest line currents of the reads of an array, relative to full scale.

    |i| / (full sqrt(cells)), over every line of every array that is sensed on its own.

    Parameters
    ----------
    array
        The arrays.
    full : [A]
        Full scale of the amplifier of a line with one cell.
    v_read : [V]
        Largest line voltage.

    Valid for: the currents of the cells, with their noise; without static errors of normaliser and
    amplifiers, and without the steps of a DAC.
    """

    def __init__(self, array: Array, full: float, v_read: float) -> None:
        self.array, self.full, self.v_read = array, full, v_read
        self.largest = [0.0, 0.0]
        """In forward and in transposed reads."""

    def see(self, x: Floats, *, forward: bool, rng: np.random.Generator) -> None:
        """Take in a read of ``x`` (n, positions, lines)."""
        layout = self.array.layout
        n, positions, lines = x.shape
        cycles = math.ceil(positions / layout.copies)
        v = np.zeros((n, cycles * layout.copies, lines), self.array.dtype)
        v[:, :positions] = x * (self.v_read / peak(x))
        v = v.reshape(n * cycles, layout.copies, lines)
        slices = layout.row_slices() if forward else layout.col_slices()
        whole = layout.copies > 1 or len(slices) == 1
        for part in [slice(0, lines)] if whole else slices:
            driven = np.zeros_like(v)
            driven[..., part] = v[..., part]
            currents = self.array.reads.sensed(driven, forward=forward, rng=rng)
            top = max(float(np.abs(i).max()) for i in currents)
            share = top / (self.full * math.sqrt(part.stop - part.start))
            side = 0 if forward else 1
            self.largest[side] = max(self.largest[side], share)
