"""One read of an array, and its cells as a linear network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from crossbar.types import Doubles, Floats
from crossbar.wires.mesh import Drops, Mesh
from crossbar.wires.newton import CellLaw
from crossbar.wires.reads import Reads
from crossbar.wires.segments import Flows
from crossbar.wires.solution import find_drops


@runtime_checkable
class DifferentiableLaw(CellLaw, Protocol):
    """A law of cells that also says how the current follows the conductance.

    Every :class:`crossbar.devices.Conduction` is one.
    """

    def by_conductance(self, g: Floats, v: Floats) -> Floats:
        """Return the derivatives di/dg (rows, cols) [V] of the currents of cells."""


class Point(NamedTuple):
    """One read, and its cells as a linear network."""

    flows: Flows
    sensed: Doubles
    """(cols,) Currents into the virtual grounds of the bit lines [A]."""
    drawn: Doubles
    """(rows,) Currents out of the sources of the word lines [A]."""
    slope: Doubles
    """(rows, cols) Derivatives of the currents of the cells by their voltages [S]."""
    by_g: Doubles
    """(rows, cols) And by their conductances [V]."""

    @classmethod
    def of(cls, reads: Reads, k: int) -> Point:
        """Return the read ``k`` of ``reads``."""
        g, law = reads.g, reads.cell
        ideal = reads.v[k, :, np.newaxis] - reads.v_bl[k]
        drops = find_drops(reads.mesh, law, g, ideal, reads.accuracy)
        u = ideal - drops.word - drops.bit
        if law is None:
            current, slope, by_g = g * u, g, u
        else:
            assert isinstance(law, DifferentiableLaw)
            current, slope = (np.ascontiguousarray(one, np.float64) for one in law.current(g, u))
            by_g = np.array(law.by_conductance(g, u), np.float64)
        alone_wl, alone_bl = reads.mesh.alone()
        by_g[alone_wl], by_g[:, alone_bl] = 0.0, 0.0  # which carry nothing with any neighbour
        flows = Flows.of(reads.mesh, current, drops)
        return cls(flows, *ended(reads.mesh, drops), slope, by_g)


def points(reads: Reads) -> Iterator[Point]:
    """Yield all reads, each when it is asked for."""
    return (Point.of(reads, k) for k in range(len(reads.v)))


def ended(mesh: Mesh, drops: Drops) -> tuple[Doubles, Doubles]:
    """Return the currents into virtual grounds and out of sources, 0 where lines float [A]."""
    sensed = np.where(mesh.bit_floating, 0.0, drops.sensed)
    return sensed, np.where(mesh.word_floating, 0.0, drops.drawn)
