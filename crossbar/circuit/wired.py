"""Arrays with line resistance: what the lines see of the cells, exact now and then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crossbar.brief import brief
from crossbar.types import Doubles, Floats
from crossbar.wires import Wires


@dataclass
class Wired:
    """One physical array whose cells change between exact operators.

    Between them, the operator follows by the difference of two estimates (see
    :meth:`crossbar.wires.Wires.estimate`); the admittances, from which the energy of a read
    follows, stay those of the last exact one.

    Attributes
    ----------
    rows, cols
        Stacked word lines, and columns of weights.
    g : (word lines, bit lines) [S]
        Conductances at the last exact operator, reference lines last.
    transfer : (word lines, bit lines) [S]
        The operator as it follows the cells.
    forward, back
        Admittances of the word lines and of the bit lines [S].
    offset : (word lines, bit lines) [S]
        Last exact operator, less the estimate for the same cells.
    """

    wires: Wires
    rows: slice
    cols: slice
    copy: int
    g: Doubles
    transfer: Doubles
    forward: Doubles
    back: Doubles
    offset: Doubles

    __repr__ = brief

    @classmethod
    def exact(cls, wires: Wires, rows: slice, cols: slice, copy: int, g: Doubles) -> Wired:
        """Return the array with the exact operator of the cells ``g``."""
        reduced = wires.reduce(g)
        offset = reduced.transfer - wires.estimate(g).transfer
        return cls(
            wires, rows, cols, copy, g, reduced.transfer, reduced.forward, reduced.back, offset
        )

    def follow(self, g: Doubles) -> float:
        """Let the operator follow the cells to ``g``; return by how much they moved, rms [S]."""
        self.transfer = self.offset + self.wires.estimate(g).transfer
        return float(np.sqrt(np.mean((g - self.g) ** 2)))

    def power(self, v: Floats) -> float:
        """Return the power [W] of reads with word-line voltages ``v`` (n, rows), summed."""
        return _drawn(v, self.forward[: v.shape[1], : v.shape[1]])

    def power_back(self, v: Floats, signs: Sequence[float]) -> float:
        """Return the power [W] of transposed reads with ``v`` (n, cols), summed.

        ``signs`` are those of the cells of a weight, whose bit lines see plus or minus v; 0 for
        cells of planes that have no turn.
        """
        wide = np.repeat(v, len(signs), axis=1) * np.tile(signs, v.shape[1])
        return _drawn(wide, self.back[: wide.shape[1], : wide.shape[1]])


@dataclass
class Refreshes:
    """How well the operator followed the cells, checked at every exact recalculation.

    Attributes
    ----------
    count
        Exact recalculations of all arrays, after cells had changed.
    largest
        Largest error of the followed operator before one of them: root of the mean square over
        an array, relative to the range of the device.
    """

    count: int = 0
    largest: float = 0.0

    def add(self, error: float) -> None:
        """Count one more, with its ``error``."""
        self.count += 1
        self.largest = max(self.largest, error)


def _drawn(v: Floats, y: Doubles) -> float:
    """Return the power [W] that voltages ``v`` (n, lines) draw from admittances ``y``, summed."""
    return float(np.vdot(v @ y, v))
