"""A read of the same wires in the other direction."""

from __future__ import annotations

from truth.nodal import BOUND, WHY, Array, Read, cells, deviation, solve, voltages
from truth.task import Task


def asked() -> Read:
    """Return the array; ``v`` (n, cols) drives the sensed ends of the bit lines."""
    return Read(g=cells(48, 32, 5), v=voltages(4, 32, 6), r_wl=2.0, r_bl=2.0)


def mirrored(read: Read) -> Read:
    """Return the forward read of the array turned over: its word lines are our bit lines."""
    return Read(g=read.g.T[::-1, ::-1], v=read.v[:, ::-1], r_wl=read.r_bl, r_bl=read.r_wl,
                r_driver=read.r_sense, r_sense=read.r_driver)  # fmt: skip


def error(read: Read, answers: list[Array]) -> float:
    """Return the error of the currents (n, rows) out of the word lines at their drivers."""
    return deviation(answers[0], solve(mirrored(read)).currents[:, ::-1])


TASK = Task(
    title="Transposed read: 48 x 32 cells, driven at the sense nodes, sensed at the drivers",
    truth="Kirchhoff's laws, SciPy sparse LU",
    bound=BOUND,
    why=WHY,
    asked=asked,
    error=error,
)
