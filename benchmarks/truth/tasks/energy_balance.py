"""The power that sources give is the heat of cells and lines."""

from __future__ import annotations

import numpy as np

from truth.nodal import Array, Read, cells, solve, voltages
from truth.task import Task


def error(read: Read, answers: list[Array]) -> float:
    """Return the largest relative error of the powers (n,) drawn."""
    heat = solve(read).heat
    return float(np.abs(answers[0] / heat - 1).max())


TASK = Task(
    title="Energy balance: power drawn by a read of 32 x 32 cells, 2 ohm a segment",
    truth="heat of every resistor by Kirchhoff's laws, SciPy sparse LU",
    bound=1e-6,
    why="largest relative error of the power of a read; energy is conserved to rounding",
    asked=lambda: Read(g=cells(32, 32, 9), v=voltages(4, 32, 10), r_wl=2.0, r_bl=2.0),
    error=error,
)
