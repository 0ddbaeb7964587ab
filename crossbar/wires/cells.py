"""Cells that are not ohmic, as the solver of an array sees them."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from crossbar.types import Floats


@runtime_checkable
class CellLaw(Protocol):
    """Current of a cell with conductance g at voltage v: i(0) = 0, never falling.

    Every :class:`crossbar.devices.Conduction` is one.
    """

    def current(self, g: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return the currents [A] and their derivatives di/dv [S].

        Parameters
        ----------
        g
            (rows, cols) Conductances of the cells [S].
        v
            (rows, cols) Voltages of the word-line nodes above those of the bit-line nodes [V].
        """
