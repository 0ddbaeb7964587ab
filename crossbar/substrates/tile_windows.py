"""How the arrays of a tile read windows of samples that are not laid out before."""

from __future__ import annotations

from functools import partial

import numpy as np

from crossbar.circuit.array import Array
from crossbar.circuit.array_reads import CutReads, WindowReads
from crossbar.circuit.sensing import FORWARD, Edge, Sensing
from crossbar.kernels.cuts import cuts_of
from crossbar.kernels.reads import ENERGY
from crossbar.substrates.port import Weights
from crossbar.substrates.windows import Cutting, Sliding
from crossbar.types import Floats, Integers, Rng


class ByWindow(Weights):
    """Weights on arrays, which read windows as they find them in samples."""

    array: Array
    sensing: Sensing
    apart: bool

    @property
    def sliding(self) -> Sliding | None:
        """The compiled read of windows, where the array and its noise allow it."""
        read = self.array.reads.windows
        return None if self.sensing.laid_out or read is None else partial(self._slide, read)

    def _slide(self, read: WindowReads, x: Floats, kernel: int, *, rng: Rng) -> Floats:
        """Return the products of all windows; see :class:`Sliding`."""
        settings, counts = self.sensing.forward.settings, self.activity.of(self.name)
        counts[FORWARD[ENERGY]] += self.sensing.metered_windows(x, kernel)
        return read(x, kernel, settings, FORWARD, counts, rng=rng)

    @property
    def cutting(self) -> Cutting | None:
        """The compiled read that cuts windows from samples, where converters allow it."""
        cut, around = self.array.reads.cut, self.sensing.cutting
        return None if cut is None or around is None else partial(self._cut, cut, *around)

    def _cut(
        self, cut: CutReads, edge: Edge, steps: Floats, x: Floats, index: Integers, *,
        values: int, rng: Rng,
    ) -> Floats:  # fmt: skip
        """Return the products of windows that are cut from ``x``; see :class:`Cutting`."""
        counts, n = self.activity.of(self.name), len(x)
        solid: Floats = np.ascontiguousarray(x, self.dtype)
        v = np.empty((n * len(index), self.shape[0]), self.dtype)
        out = np.empty((n, len(index), self.shape[1]), self.dtype)
        count = (values, FORWARD, counts)
        cut((solid, v, out), cuts_of(index, steps), edge, count, apart=self.apart, rng=rng)
        if self.array.wiring is not None:
            counts[FORWARD[ENERGY]] += self.sensing.metered(v, forward=True, once=False)
        return out
