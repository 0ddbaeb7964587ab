"""Currents along the segments of lines, and what their resistances do."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crossbar.kernels.lines import segment_products
from crossbar.types import Doubles
from crossbar.wires.mesh import Drops, Mesh
from crossbar.wires.sides import Line


class Ends(NamedTuple):
    """Currents at both ends of lines, away from their near end [A]."""

    near: Doubles
    """(lines,) Between the near terminal and the first cell."""
    far: Doubles
    """(lines,) Between the last cell and the far terminal."""

    @classmethod
    def of(cls, line: Line, conductances: Doubles, total: Doubles, last: Doubles) -> Ends:
        """Return the currents by Kirchhoff's law, so that no resistance is too small.

        Parameters
        ----------
        conductances
            (lines,) Of the far ends [S].
        total
            (lines,) Currents from the lines into all cells [A].
        last
            (lines,) Drops at the cells at the far end [V].
        """
        if line.near and line.far:
            far = -conductances * last
        else:
            far = np.zeros_like(total) if line.near else -total
        return cls(total + far, far)


class Flows(NamedTuple):
    """Currents along all lines of an array."""

    cells: Doubles
    """(rows, cols) Currents from the word lines into the cells [A]."""
    word: Ends
    bit: Ends

    @classmethod
    def of(cls, mesh: Mesh, cells: Doubles, drops: Drops) -> Flows:
        """Return the currents with those of the ``cells``."""
        word = Ends.of(mesh.word, mesh.word_ends[1], cells.sum(axis=1), drops.word[:, -1])
        bit = Ends.of(mesh.bit, mesh.bit_ends[1], cells.sum(axis=0), drops.bit[0])
        return cls(cells, word, bit)

    def by_resistances(self, adjoint: Flows) -> Doubles:
        """Return the derivatives by r_wl, r_bl, r_driver and r_sense (4,) [A^2].

        Each resistance counts as minus the product of its current and of its adjoint current.
        """
        ends = [
            float(own.near @ other.near + own.far @ other.far)
            for own, other in ((self.word, adjoint.word), (self.bit, adjoint.bit))
        ]
        inner = segment_products(
            self.cells,
            adjoint.cells,
            (self.word.near, adjoint.word.near),
            (self.bit.near, adjoint.bit.near),
        )
        return -np.array([inner[0] + ends[0], inner[1] + ends[1], *ends])

    def extra_drops(
        self, mesh: Mesh, word: tuple[float, float], bit: tuple[float, float]
    ) -> Doubles:
        """Return what growing resistances take from all cells (rows, cols), at the same currents.

        ``word`` and ``bit`` are by how much segments and terminals grow [ohm], the result is in
        volt.
        """
        along = _extra(mesh.word, mesh.word_ends[1], self.cells.T, self.word, word).T
        return along + _extra(mesh.bit, mesh.bit_ends[1], self.cells[::-1], self.bit, bit)[::-1]


def _extra(
    line: Line, conductances: Doubles, cells: Doubles, ends: Ends, by: tuple[float, float]
) -> Doubles:
    """Return the extra drops (cells, lines) of lines that run along the first axis."""
    segment, terminal = by
    drops = np.empty_like(cells)
    drops[0] = (segment + terminal) * ends.near
    drops[1:] = segment * (ends.near - np.cumsum(cells[:-1], axis=0))
    np.cumsum(drops, axis=0, out=drops)
    if not line.far:
        return drops
    last = drops[-1] + (segment + terminal) * ends.far
    if not line.near:
        drops -= last
        return drops
    around = np.where(conductances > 0.0, last, 0.0)  # no current runs around in a floating line
    n = len(drops)
    share = (line.end + line.segment * np.arange(n)) / (2.0 * line.end + line.segment * (n - 1))
    drops -= around * share[:, np.newaxis]
    return drops
