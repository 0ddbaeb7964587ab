"""The contract of conduction: the current of a cell against its voltage."""

from __future__ import annotations

import math
from abc import abstractmethod

import numpy as np

from crossbar.contracts import answer, named, require_numbers
from crossbar.errors import fail, shown
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Floats

STEP = 1e-5  # of a conductance, for a derivative by central differences
V_TRIED = 0.1  # V, where a law from outside is tried
ALMOST = 1e-9  # of the largest current, which counts as none
LEAST = 1e-3  # of the largest conductance, below which the step no longer shrinks


class Conduction(Specification):
    """Current of a cell with conductance g at voltage v: i(g, 0) = 0, never falling in v.

    Voltage and current point from the word line to the bit line. Only :meth:`current` has to be
    written. Where the current is g h(v), :class:`Factorised` needs h alone, and is read much
    faster.
    """

    @abstractmethod
    def current(self, g: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return the currents [A] and their derivatives di/dv [S], cell by cell.

        Parameters
        ----------
        g
            Conductances of the cells [S].
        v
            Voltages across them, of the same shape or of one that broadcasts with it [V].
        """

    def prove(self) -> None:
        """Raise unless it gives a current and a slope for each cell, and none at 0 V."""
        super().prove()
        v = min(V_TRIED, self.v_max) * np.array([-1.0, 0.0, 1.0])
        i, slope = self._pair("current", (2, 3), np.array([[1e-6], [1e-5]]), v)
        where = named(self, "current")
        if np.abs(i[:, 1]).max() > ALMOST * np.abs(i).max():
            fail(where, "no current at 0 V", f"{i[0, 1]:g} A", "A conductance makes no voltage.")
        if slope.min() < 0:
            fail(where, "slopes >= 0", f"{slope.min():g} S", "A current never falls with v.")

    def _pair(self, name: str, shape: tuple[int, ...], *given: Floats) -> tuple[Floats, Floats]:
        """Return the pair of a function of v and its slope that the method ``name`` gives."""
        where, both = named(self, name), answer(self, name, *given)
        if not isinstance(both, tuple) or len(both) != 2:
            fail(where, "a pair, with the slope against v", shown(both), "Return both.")
        return require_numbers(where, both[0], shape), require_numbers(where, both[1], shape)

    def by_conductance(self, g: Floats, v: Floats) -> Floats:
        """Return the derivatives di/dg [V], by which noise of a conductance becomes that of i.

        By central differences, unless a law knows better.
        """
        step = STEP * np.maximum(g, LEAST * np.max(g))
        below = np.maximum(g - step, 0.0)
        rise = self.current(g + step, v)[0] - self.current(below, v)[0]
        return np.divide(rise, g + step - below, out=np.zeros_like(rise), where=step > 0)

    def shape(self, v: Floats) -> tuple[Floats, Floats] | None:
        """Return h(v) [V] and dh/dv of a current g h(v); None where it is no such product."""
        return None

    def reach(self, low: float, high: float, v: float) -> float:
        """Return by how much the current grows from ``low`` to ``high`` [S] at ``v``, by siemens.

        It is ``v`` for an ohmic cell [V].
        """
        i, _ = self.current(np.array([low, high]), np.array([v, v]))
        return float(i[1] - i[0]) / (high - low)

    def squared(self, g: float, v: float) -> float:
        """Return v i / g [V^2], what a pulse of ``v`` draws by siemens and second.

        Beyond :attr:`v_max` a law says nothing, and it is v^2.
        """
        if abs(v) > self.v_max:
            return v * v
        return v * float(self.current(np.array([g]), np.array([v]))[0][0]) / g

    @property
    def ohmic(self) -> bool:
        """Whether i = g v, so that an array is a matrix product."""
        return False

    @property
    def v_max(self) -> float:
        """Largest voltage of either sign that the law holds for [V]."""
        return math.inf

    def expression(self, g: str, v: str) -> str | None:
        """Return the current in the syntax of ngspice, of a conductance and a voltage.

        None where there is none: such cells are refused in a netlist.
        """
        return None


class Factorised(Conduction):
    """A current that is the conductance times a function of the voltage, i = g h(v)."""

    @abstractmethod
    def shape(self, v: Floats) -> tuple[Floats, Floats]:
        """Return h(v) [V] and its derivative dh/dv, of the shape of ``v``."""

    def prove(self) -> None:
        """Raise unless it gives h and its slope for each voltage."""
        self._pair("shape", (2,), min(V_TRIED, self.v_max) * np.array([0.0, 1.0]))
        super().prove()

    def current(self, g: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return g h(v) and g dh/dv."""
        h, slope = self.shape(v)
        return g * h, g * slope

    def by_conductance(self, g: Floats, v: Floats) -> Floats:
        """Return h(v)."""
        h: Floats = np.broadcast_to(self.shape(v)[0], np.broadcast_shapes(g.shape, v.shape))
        return h

    def reach(self, low: float, high: float, v: float) -> float:
        """Return h(v)."""
        return float(self.shape(np.array([v]))[0][0])

    def squared(self, g: float, v: float) -> float:
        """Return v h(v)."""
        return v * float(self.shape(np.array([v]))[0][0])


CONDUCTIONS = Registry(
    Conduction, "conductions", "current of a cell against its voltage", setting="device.conduction"
)
