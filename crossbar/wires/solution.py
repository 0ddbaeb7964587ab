"""Reads of an array with line resistance: every current and node voltage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossbar.brief import brief
from crossbar.displayed import Displayed
from crossbar.types import Doubles
from crossbar.wires import newton
from crossbar.wires.mesh import Drops, Mesh
from crossbar.wires.newton import CellLaw
from crossbar.wires.reads import Reads

Counts = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Solution(Displayed):
    """Currents and voltages of n reads."""

    currents: Doubles
    """(n, cols) Currents into the virtual grounds of the bit lines [A]."""
    drawn: Doubles
    """(n, rows) Currents out of the sources of the word lines [A]."""
    v_wl: Doubles
    """(n, rows, cols) Voltages of the word-line nodes, where the cells are [V]."""
    v_bl: Doubles
    """(n, rows, cols) Voltages of the bit-line nodes, where the cells are [V]."""
    power: Doubles
    """(n,) Power drawn from the sources of word lines and bit lines [W]."""
    error: Doubles
    """(n,) Bound of the sum of the errors of all bit-line currents [A]."""
    steps: Counts
    """(n,) Steps of Newton's method; 1 where cells are ohmic."""

    __repr__ = brief


def solve_reads(reads: Reads) -> Solution:
    """Return the solution of ``reads``, one after the other."""
    mesh, g, v, v_bl = reads.mesh, reads.g, reads.v, reads.v_bl
    n, (rows, cols) = len(v), g.shape
    wl, bl = np.empty((n, rows, cols)), np.empty((n, rows, cols))
    currents, drawn, error = np.empty((n, cols)), np.empty((n, rows)), np.empty(n)
    steps = np.empty(n, np.intp)
    for k in range(n):
        drops = find_drops(mesh, reads.cell, g, v[k, :, np.newaxis] - v_bl[k], reads.accuracy)
        np.subtract(v[k, :, np.newaxis], drops.word, out=wl[k])
        np.add(v_bl[k], drops.bit, out=bl[k])
        drawn[k], currents[k], error[k] = drops.drawn, drops.sensed, drops.error
        steps[k] = drops.steps
    currents[:, mesh.bit_floating] = 0.0
    drawn[:, mesh.word_floating] = 0.0
    power = (v * drawn).sum(axis=1) - (v_bl * currents).sum(axis=1)
    return Solution(
        currents=currents, drawn=drawn, v_wl=wl, v_bl=bl, power=power, error=error, steps=steps
    )


def find_drops(
    mesh: Mesh, law: CellLaw | None, g: Doubles, ideal: Doubles, accuracy: float
) -> Drops:
    """Return the drops of one read, in one step where the cells are ohmic."""
    if law is None:
        return mesh.linear(g, g * ideal, np.zeros_like(g), accuracy)
    return newton.solve(mesh, law, g, ideal, accuracy)
