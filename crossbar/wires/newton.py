"""Damped Newton's method for an array whose cells are not ohmic."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np

from crossbar.errors import SolverError, message
from crossbar.types import Doubles, Floats
from crossbar.wires.mesh import Drops, Mesh

STEPS = 200
HALVINGS = 40
ROUNDING = 1e-15


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


def solve(mesh: Mesh, law: CellLaw, g: Doubles, u: Doubles, accuracy: float) -> Drops:
    """Return the drops of an array of cells that follow ``law``.

    The co-content of the network is convex in the drops. A Newton step of the drops is halved until
    the slope of the co-content along it is negative or less than half of its slope at the start.
    ``balance`` is what the lines carry away from every node. ``steps`` are those that were taken.

    Parameters
    ----------
    g
        (rows, cols) Conductances of the cells [S].
    u
        (rows, cols) Voltages of the cells at ideal wires [V].
    accuracy
        Error allowed in any current, relative to the largest one of a bit line.

    Raises
    ------
    SolverError
        If it is not reached, or a current overflows.
    """
    drop, rise, balance = np.zeros_like(u), np.zeros_like(u), np.zeros_like(u)
    current, slope = _currents(law, g, u)
    if not (np.isfinite(current).all() and np.isfinite(slope).all()):
        raise _failed(u, "currents that overflow")
    missing, allowed = np.inf, 0.0
    for step in range(STEPS):
        h = current + slope * (drop + rise)
        new = mesh.linear(slope, h, rise.copy(), 0.5 * accuracy)
        carried = h - slope * (new.word + new.bit)
        at_new = _currents(law, g, u - new.word - new.bit)
        missing = float(np.abs(at_new[0] - carried).sum())
        rounding = ROUNDING * float((np.abs(at_new[0]) + at_new[1] * np.abs(u)).sum())
        allowed = max(new.allowed, rounding)
        if missing <= allowed:
            error, most = missing + new.error, allowed + new.allowed
            return replace(new, error=error, allowed=most, steps=step + 1)
        to_word, to_bit, to_balance = new.word - drop, new.bit - rise, carried - balance
        steps = (current, at_new[0], balance, to_balance, to_word + to_bit)
        part = _part(law, g, u - drop - rise, *steps)
        drop, rise = drop + part * to_word, rise + part * to_bit
        balance = balance + part * to_balance
        current, slope = at_new if part == 1.0 else _currents(law, g, u - drop - rise)
    got = f"a residual of {missing:.3g} A where {allowed:.3g} A is allowed after {STEPS} steps"
    raise _failed(u, got)


def _part(
    law: CellLaw,
    g: Doubles,
    v: Doubles,
    current: Doubles,
    passed: Doubles,
    balance: Doubles,
    to_balance: Doubles,
    step: Doubles,
) -> float:
    """Return the part of a ``step`` of the drops to take from cell voltages ``v``.

    Cells pass ``current`` at its start, and ``passed`` after all of it.
    """
    start = float(((balance - current) * step).sum())
    part = 1.0
    for _ in range(HALVINGS):
        along = float(((balance + part * to_balance - passed) * step).sum())
        if along <= 0.5 * abs(start):  # not so where currents overflow
            return part
        part *= 0.5
        passed = _currents(law, g, v - part * step)[0]
    raise _failed(v, "no step that lowers the co-content")


def _currents(law: CellLaw, g: Doubles, v: Doubles) -> tuple[Doubles, Doubles]:
    """Return currents and slopes, infinite or not a number where they overflow."""
    with np.errstate(over="ignore", invalid="ignore"):
        i, slope = law.current(g, v)
    return np.asarray(i, np.float64), np.asarray(slope, np.float64)


def _failed(v: Doubles, got: str) -> SolverError:
    """Return the error of an array whose cells have up to ``v`` [V]."""
    size = " x ".join(map(str, v.shape))
    got = f"{got}, in {size} cells at up to {np.abs(v).max():.3g} V"
    remedy = "Lower the voltages, the resistances or the accuracy."
    return SolverError(message("Wires.solve", "Newton's method to converge", got, remedy))
