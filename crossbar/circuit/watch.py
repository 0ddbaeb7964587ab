"""What line currents the reads of an array draw: ranges of converters are set by them."""

from __future__ import annotations

import math

import numpy as np

from crossbar.circuit.array import Array
from crossbar.circuit.blocks import peak
from crossbar.converters import Currents
from crossbar.types import Floats, Rng


class Watch:
    """The line currents of the reads of an array, relative to full scale.

    |i| / (full sqrt(cells)), over every line of every array that is sensed on its own.

    Parameters
    ----------
    full : [A]
        Full scale of the amplifier of a line with one cell.
    v_read : [V]
        Largest line voltage.

    Valid for: the currents of the cells, with their noise; without static errors of normaliser and
    amplifiers, and without the steps of a DAC.
    """

    def __init__(self, array: Array, full: float, v_read: float) -> None:
        self.array, self.full, self.v_read = array, full, v_read
        self.seen = Currents(), Currents()
        """In forward and in transposed reads."""

    def see(self, x: Floats, *, forward: bool, rng: Rng) -> None:
        """Take in a read of ``x`` (n, positions, lines)."""
        layout = self.array.layout
        n, positions, lines = x.shape
        cycles = math.ceil(positions / layout.copies)
        v = np.zeros((n, cycles * layout.copies, lines), self.array.dtype)
        v[:, :positions] = x * (self.v_read / peak(x))
        read = np.tile(np.arange(cycles * layout.copies) < positions, n)  # the others are idle
        v = v.reshape(n * cycles, layout.copies, lines)
        slices = layout.row_slices() if forward else layout.col_slices()
        whole = layout.copies > 1 or len(slices) == 1
        for part in [slice(0, lines)] if whole else slices:
            driven = np.zeros_like(v)
            driven[..., part] = v[..., part]
            currents = self.array.reads.sensed(driven, forward=forward, rng=rng)
            full = self.full * math.sqrt(part.stop - part.start)
            for i in currents:
                driving = np.abs(i).reshape(len(read), -1)[read]
                self.seen[0 if forward else 1].add(driving, full)
