"""Line resistance of all physical arrays of a weight matrix, and the noise of their lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from crossbar.circuit.layout import Layout
from crossbar.circuit.planes import Plane, signs_of_each
from crossbar.circuit.reading import CellNoise
from crossbar.circuit.reference import Reference
from crossbar.circuit.wired import Wired
from crossbar.circuit.wired_noise import WiredNoise
from crossbar.types import Doubles, Floats
from crossbar.wires import Wires


@dataclass
class Wiring:
    """The wired arrays of one weight matrix.

    Attributes
    ----------
    arrays
        One operator a physical array; none before the first :meth:`refresh`.
    line_noise
        Noise of the cells, as the lines sense it; None if there is none.
    """

    wires: Wires
    layout: Layout
    noise: CellNoise
    planes: tuple[Plane, ...]
    arrays: list[Wired] = field(default_factory=list)
    line_noise: WiredNoise | None = None

    def refresh(self, conductances: Sequence[Doubles], *, noisy: bool) -> float | None:
        """Calculate the exact operators of ``conductances`` [S], array by array.

        ``noisy`` states whether the cells have noise beside that of :attr:`noise`. Returns the rms
        error [S] of the estimated operators, for the worst array; None if no cell had moved.
        """
        moved = [w.follow(g) for w, g in zip(self.arrays, conductances, strict=False)]
        before = [w.transfer for w in self.arrays]
        blocks = zip(self.layout.blocks(), conductances, strict=True)
        self.arrays = [Wired.exact(self.wires, *block, g) for block, g in blocks]
        self.line_noise = None
        if noisy or not self.noise.silent:
            self.line_noise = WiredNoise(self.noise, self.layout, self.planes)
            for w in self.arrays:
                self.line_noise.add(w)
        if not any(moved):
            return None
        gaps = [w.transfer - t for w, t in zip(self.arrays, before, strict=True)]
        return max(float(np.sqrt(np.mean(gap**2))) for gap in gaps)

    def follow(self, conductances: Sequence[Doubles]) -> float:
        """Let the operators follow the cells; return the rms change of the cells [S]."""
        moved = [w.follow(g) for w, g in zip(self.arrays, conductances, strict=True)]
        return float(np.sqrt(np.mean(np.square(moved))))

    def show(self, seen: Sequence[Floats], reference: Reference | None) -> None:
        """Enter the transfer conductances [S] into ``seen``, by plane, and into ``reference``."""
        each = np.array(signs_of_each(self.planes), float)
        for w in self.arrays:
            height, width = w.rows.stop - w.rows.start, w.cols.stop - w.cols.start
            cells = each.shape[1] * width
            split = w.transfer[:height, :cells].reshape(height, width, -1)
            for plane, signs in zip(seen, each, strict=True):
                plane[w.rows, w.cols] = split @ signs
            if reference is not None:
                r = self.layout.row_slices().index(w.rows)
                k = self.layout.col_slices().index(w.cols)
                reference.column_seen[w.rows, k] = w.transfer[:height, -1]
                foot = w.transfer[-1, :cells].reshape(width, -1)
                reference.row_seen[:, r, w.cols] = each @ foot.T

    def power(self, v: Floats) -> float:
        """Return the power [W] of reads with word-line voltages ``v`` (n, lines), summed."""
        return sum(w.power(v[:, w.rows]) for w in self.arrays)

    def power_back(self, v: Floats) -> float:
        """Return the power [W] of transposed reads with ``v`` (n, copies, cols), summed."""
        turns = signs_of_each(self.planes)
        return sum(w.power_back(v[:, w.copy, w.cols], t) for w in self.arrays for t in turns)
