"""Currents of an array whose lines have resistance."""

from __future__ import annotations

from truth.nodal import BOUND, WHY, Read, cells, of_currents, voltages
from truth.task import Task

TASK = Task(
    title="IR drop: 64 x 64 cells of 1 to 100 uS, 2 ohm a segment",
    truth="Kirchhoff's laws, SciPy sparse LU",
    bound=BOUND,
    why=WHY,
    asked=lambda: Read(g=cells(64, 64, 1), v=voltages(2, 64, 2), r_wl=2.0, r_bl=2.0),
    error=of_currents,
)
