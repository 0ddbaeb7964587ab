"""Currents of an array whose cells are not ohmic."""

from __future__ import annotations

import numpy as np

from truth.nodal import BOUND, WHY, Array, Read, cells, deviation, solve, voltages
from truth.task import Task

V0 = 0.1  # V


def sinh(g: Array, u: Array) -> tuple[Array, Array]:
    """Return the current g V0 sinh(u / V0) of cells and its slope."""
    return g * V0 * np.sinh(u / V0), g * np.cosh(u / V0)


def error(read: Read, answers: list[Array]) -> float:
    """Return the error of the currents (n, cols)."""
    return deviation(answers[0], solve(read, sinh).currents)


TASK = Task(
    title="Nonlinear cells: i = g v0 sinh(v / v0), v0 = 0.1 V, 16 x 16, 5 ohm a segment",
    truth="Kirchhoff's laws, Newton's method with SciPy sparse LU",
    bound=BOUND,
    why=WHY,
    asked=lambda: Read(g=cells(16, 16, 7), v=voltages(4, 16, 8), r_wl=5.0, r_bl=5.0),
    error=error,
)
