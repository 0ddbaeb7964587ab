"""What currents of an array depend on, and by how much.

With u the voltage across a cell, i(g, u) its current and s = di/du, the drops d along the word
lines and e along the bit lines obey::

    T_w d = i,    T_b e = i,    u = V - B - d - e

with the Laplacians T of the lines and the voltages V and B of their terminals. The adjoint read is
that of the same lines with cells of conductance s, and with weights for voltages. With a the
voltages across its cells, the weighted sum L of the terminal currents has::

    dL/dg = a di/dg,    dL/dV = sum_j s a,    dL/dr = -sum (current) (adjoint current)

the last over all resistances of one kind. **Source**: the adjoint network of Director and Rohrer,
IEEE Trans. Circuit Theory 16(3), 318, 1969.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from crossbar.brief import brief
from crossbar.displayed import Displayed
from crossbar.types import Doubles
from crossbar.wires.point import Point, ended
from crossbar.wires.reads import Reads
from crossbar.wires.segments import Flows

RESISTANCES = ("r_wl", "r_bl", "r_driver", "r_sense")


@dataclass(frozen=True, kw_only=True)
class Gradient(Displayed):
    """Derivatives of a weighted sum of the terminal currents of n reads.

    With weights without a unit, the sum is a current.
    """

    value: float
    """The sum [A]."""
    currents: Doubles
    """(n, cols) Currents into the virtual grounds of the bit lines [A]."""
    drawn: Doubles
    """(n, rows) Currents out of the sources of the word lines [A]."""
    g: Doubles
    """(rows, cols) By the conductances of the cells [V]."""
    v: Doubles
    """(n, rows) By the voltages of the word lines [S]; 0 where one floats."""
    v_bl: Doubles
    """(n, cols) By the voltages that bit lines are held at [S]; 0 where one floats."""
    r_wl: float
    """By the resistance of all word-line segments [A/ohm]."""
    r_bl: float
    """By the resistance of all bit-line segments [A/ohm]."""
    r_driver: float
    """By the resistance of all drivers [A/ohm]."""
    r_sense: float
    """By the resistance of all sense nodes [A/ohm]."""

    __repr__ = brief


@dataclass(frozen=True, kw_only=True)
class Tangent(Displayed):
    """Changes of the terminal currents of n reads, to first order."""

    currents: Doubles
    """(n, cols) Of the currents into the virtual grounds of the bit lines [A]."""
    drawn: Doubles
    """(n, rows) Of the currents out of the sources of the word lines [A]."""

    __repr__ = brief


def pulled(
    reads: Reads, points: Iterable[Point], weights: Doubles, weights_wl: Doubles
) -> Gradient:
    """Return the gradient of the sum of weighted currents of ``reads``, which are ``points``.

    ``weights`` (n, cols) and ``weights_wl`` (n, rows) are 0 where lines float.
    """
    mesh, by_g = reads.mesh, np.zeros_like(reads.g)
    currents, drawn = np.empty_like(weights), np.empty_like(weights_wl)
    by_v, by_v_bl = np.empty_like(weights_wl), np.empty_like(weights)
    by_r = np.zeros(4)
    for k, point in enumerate(points):
        across = weights_wl[k, :, np.newaxis] + weights[k]
        h = point.slope * across
        drops = mesh.linear(point.slope, h, np.zeros_like(h), reads.accuracy)
        across -= drops.word
        across -= drops.bit
        adjoint = Flows.of(mesh, np.multiply(point.slope, across, out=h), drops)
        by_r += point.flows.by_resistances(adjoint)
        across *= point.by_g
        by_g += across
        currents[k], drawn[k] = point.sensed, point.drawn
        sensed, by_v[k] = ended(mesh, drops)
        by_v_bl[k] = -sensed
    return Gradient(
        value=float((weights * currents).sum() + (weights_wl * drawn).sum()),
        currents=currents,
        drawn=drawn,
        g=by_g,
        v=by_v,
        v_bl=by_v_bl,
        **dict(zip(RESISTANCES, by_r.tolist(), strict=True)),
    )
