"""A measured curve, or one for each of several conductances."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crossbar import textfiles, texttables
from crossbar.checks import check_fields
from crossbar.devices.conduction.law import CONDUCTIONS, Conduction
from crossbar.errors import fail
from crossbar.registry import Reader
from crossbar.types import Floats
from crossbar.units import quantity

_ASK = "Give voltages above 0 that rise, and a column of currents for each state of the cell."


@CONDUCTIONS.register("table")
@dataclass(frozen=True, kw_only=True, repr=False)
class IVTable(Conduction):
    """Measured currents at given voltages, for one state of a cell or for several.

    Between the points the current is linear in the voltage, from 0 at 0 V; the curve is odd. Each
    curve has the conductance i / v at ``v_ref``. A cell between the conductances of two curves
    has a current between theirs, linear in its conductance; below the lowest and above the highest
    its current is proportional to that curve. With one curve the current is g h(v).

    Parameters
    ----------
    v : (points,) [V]
        Voltages above 0, rising.
    i : (states, points) [A]
        Currents of every state, never falling, their conductances rising from state to state.
    v_ref : [V]
        Voltage at which conductances are i / v; the first one of the table by default.

    Source: the user's measurement. Valid for: voltages up to the last one, of either sign; a tile
    that reads at more is refused. An input that errors of the drivers take beyond it follows the
    last segment.
    """

    v: tuple[float, ...] = quantity(unit="V", above=0, high=100, remedy=_ASK)
    i: tuple[tuple[float, ...], ...] = quantity(unit="A", above=0, high=1, remedy=_ASK)
    v_ref: float | None = quantity(None, unit="V", above=0, high=100, remedy=_ASK)

    def __post_init__(self) -> None:
        check_fields(self)
        if len(self.v) < 1 or any(np.diff(self.v) <= 0):
            fail("IVTable.v", "voltages that rise", str(self.v), _ASK)
        if not self.i or any(len(row) != len(self.v) for row in self.i):
            lengths = str([len(row) for row in self.i])
            fail("IVTable.i", f"rows of {len(self.v)} currents", lengths, _ASK)
        if any((np.diff(row) < 0).any() for row in self.i):
            fail("IVTable.i", "currents that never fall", "one that falls", _ASK)
        if self.v_ref is not None and self.v_ref > self.v[-1]:
            expected = f"at most {self.v[-1]:g} V, the last voltage"
            fail("IVTable.v_ref", expected, f"{self.v_ref:g} V", _ASK)
        if any(np.diff(self.levels) <= 0):
            got = ", ".join(f"{g:.3g} S" for g in self.levels)
            fail("IVTable.i", "conductances at v_ref that rise from row to row", got, _ASK)

    def __repr__(self) -> str:
        states = "1 state" if len(self.i) == 1 else f"{len(self.i)} states"
        return f"<IVTable: {len(self.v)} points up to {self.v[-1]:g} V, {states}>"

    @classmethod
    def from_csv(cls, path: str | Path) -> IVTable:
        """Read a table with a column of voltages [V] and one or more of currents [A]."""
        values, _ = texttables.matrix(Path(path), "voltages and currents", _ASK)
        if values.shape[1] < 2:
            fail(str(path), "two columns or more", f"{values.shape[1]}", _ASK)
        return cls(v=tuple(values[:, 0]), i=tuple(map(tuple, values[:, 1:].T)))

    @property
    def levels(self) -> Floats:
        """Conductances of the states [S]."""
        v = self.v[0] if self.v_ref is None else self.v_ref
        return np.array([np.interp(v, (0.0, *self.v), (0.0, *row)) for row in self.i]) / v

    @property
    def v_max(self) -> float:
        """The last voltage of the table."""
        return self.v[-1]

    def _curves(self, v: Floats) -> tuple[Floats, Floats]:
        """Return currents [A] and slopes [S] of every state, (states, ...)."""
        knots, rows = np.array([0.0, *self.v]), np.array([(0.0, *row) for row in self.i])
        slopes = np.diff(rows, axis=1) / np.diff(knots)
        at = np.searchsorted(knots[1:-1], np.abs(v), side="right")
        size = rows[:, at] + slopes[:, at] * (np.abs(v) - knots[at])
        return np.copysign(size, v), slopes[:, at]

    def shape(self, v: Floats) -> tuple[Floats, Floats] | None:
        """Return h(v) and its derivative where there is one curve, else None."""
        if len(self.i) > 1:
            return None
        (i,), (slope,) = self._curves(v)
        return i / self.levels[0], slope / self.levels[0]

    def current(self, g: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return the currents between those of the states, and their derivatives."""
        i, slope = self._curves(v)
        return self._between(g, i), self._between(g, slope)

    def by_conductance(self, g: Floats, v: Floats) -> Floats:
        """Return how the current grows from one state to the next."""
        i, _ = self._curves(v)
        return self._states(g, i)[2]

    def _between(self, g: Floats, of: Floats) -> Floats:
        """Return what cells of conductance ``g`` have, where the states have ``of``."""
        low, start, rise = self._states(g, of)
        return start + (g - low) * rise

    def _states(self, g: Floats, of: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the conductance below each cell, what it has there, and how that grows."""
        levels = np.array([0.0, *self.levels, 2.0 * self.levels[-1]])
        at = np.searchsorted(levels[1:-1], g, side="right")
        shape = np.broadcast_shapes(g.shape, of.shape[1:])
        of = of.reshape(len(of), *(1,) * (len(shape) - of.ndim + 1), *of.shape[1:])
        ends = (0.0 * of[:1], of, 2.0 * of[-1:])
        each = np.concatenate([np.broadcast_to(part, (len(part), *shape)) for part in ends])
        index = np.broadcast_to(at, shape)[None]
        start, end = (np.take_along_axis(each, index + k, axis=0)[0] for k in (0, 1))
        rise = (end - start) / (levels[at + 1] - levels[at])
        return levels[at], start, rise

    def expression(self, g: str, v: str) -> str | None:
        """Return the current through the points of one curve; None for several."""
        if len(self.i) > 1:
            return None
        knots = [(-a, -b) for a, b in zip(self.v[::-1], self.i[0][::-1], strict=True)]
        knots += [(0.0, 0.0), *zip(self.v, self.i[0], strict=True)]
        points = ",".join(f"{a!r},{float(b / self.levels[0])!r}" for a, b in knots)
        return f"{g}*pwl({v},{points})"


CONDUCTIONS.reader = Reader("PATH.csv", textfiles.names_table, IVTable.from_csv, (IVTable,))
