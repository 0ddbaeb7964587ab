"""Currents of an array behind drivers that have resistance."""

from __future__ import annotations

from truth.nodal import BOUND, WHY, Read, cells, of_currents, voltages
from truth.task import Task


def terminals(where: str, **resistance: float) -> Task:
    """Return the task of an array with ``resistance`` at its terminals.

    It is not square, so that sides cannot be mistaken.
    """
    return Task(
        title=f"Terminals: 200 ohm at every {where}, 12 x 10 cells",
        truth="Kirchhoff's laws, SciPy sparse LU",
        bound=BOUND,
        why=WHY,
        asked=lambda: Read(
            g=cells(12, 10, 3), v=voltages(4, 12, 4), r_wl=1.0, r_bl=1.0, **resistance
        ),
        error=of_currents,
    )


TASK = terminals("driver", r_driver=200.0)
