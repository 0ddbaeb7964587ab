"""Currents of an array behind drivers that have resistance."""

from __future__ import annotations

from truth.nodal import BOUND, WHY, Read, cells, of_currents, voltages
from truth.task import Task


def asked() -> Read:
    """Return reads of an array that is not square, so that sides cannot be mistaken."""
    return Read(g=cells(12, 10, 3), v=voltages(4, 12, 4), r_wl=1.0, r_bl=1.0, r_driver=200.0)


TASK = Task(
    title="Terminals: 200 ohm at every driver, 12 x 10 cells",
    truth="Kirchhoff's laws, SciPy sparse LU",
    bound=BOUND,
    why=WHY,
    asked=asked,
    error=of_currents,
)
