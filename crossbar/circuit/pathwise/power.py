"""The power that a read draws, and the way back from it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from crossbar.circuit.pathwise.laws import across_cells
from crossbar.circuit.pathwise.state import ReadState
from crossbar.converters import Switched
from crossbar.kernels.settings import FULL
from crossbar.types import Doubles

Back = Callable[[float, ReadState], Doubles]
"""From the derivative by the power to that by the voltages; those by the state are added."""


def drawn(state: ReadState, volts: Doubles) -> tuple[float, Back]:
    """Return the power [W] of all cycles ``volts`` (cycles, copies, inputs), and the way back.

    Where a DAC drives lines for a time, the number of its steps follows a number by its mean slope
    over all codes on the way back, as far as lines are ideal, and not at all on wired lines.
    """
    return _of_lines(state, volts) if state.admittances else _of_cells(state, volts)


def _of_cells(state: ReadState, volts: Doubles) -> tuple[float, Back]:
    """Return the power of cells on ideal lines."""
    loads, drive, full = state.loads, state.drive, state.settings[FULL]
    hanging = loads.load + loads.totals.sum(axis=0).reshape(loads.load.shape)
    cell = across_cells(volts, state.settings, state.law)
    driven = volts * cell.current if drive is None else full**2 * drive.on(volts / full)
    squares = driven.sum(axis=0)
    power = float((squares * hanging).sum())

    def back(d: float, into: ReadState) -> Doubles:
        into.loads.load[...] += d * squares
        into.loads.totals[...] += d * squares.ravel()
        if drive is None:
            by: Doubles = d * (cell.current + volts * cell.slope) * hanging
            return by
        by = d * full * _slope(drive) * np.sign(volts) * hanging
        into.settings[FULL] += (2 * d * power - float((by * volts).sum())) / full
        return by

    return power, back


def _of_lines(state: ReadState, volts: Doubles) -> tuple[float, Back]:
    """Return the power of arrays with line resistance."""
    drive, full, flat = state.drive, state.settings[FULL], volts.reshape(len(volts), -1)
    steps = [(1.0, flat)]
    if drive is not None:
        steps = [(float(step.long), full * step.x) for step in drive.steps(flat / full)]
    lines = [(on, on.stop - on.start) for on in state.word_lines]
    power = sum(
        long * float(np.vdot(v[:, on] @ y[:n, :n], v[:, on]))
        for long, v in steps
        for (on, n), y in zip(lines, state.admittances, strict=True)
    )

    def back(d: float, into: ReadState) -> Doubles:
        by = np.zeros_like(flat)
        for (on, n), y, by_y in zip(lines, state.admittances, into.admittances, strict=True):
            for long, v in steps:
                by_y[:n, :n] += d * long * (v[:, on].T @ v[:, on])
            if drive is None:
                by[:, on] += d * flat[:, on] @ (y + y.T)[:n, :n]
        if drive is not None:
            into.settings[FULL] += 2 * d * power / full
        return by.reshape(volts.shape)

    return power, back


def _slope(drive: Switched) -> float:
    """Return the slope of the steps of a line against its number, by least squares."""
    steps = drive.on_by_code
    x = np.linspace(0.0, 1.0, len(steps)) - 0.5
    return float((x * (steps - steps.mean())).sum() / (x * x).sum())
