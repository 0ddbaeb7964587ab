"""Reads that the wires of an array are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from crossbar.brief import brief
from crossbar.checks import require_part
from crossbar.errors import require_number
from crossbar.types import Doubles
from crossbar.wires.inputs import conductances, each_read, floating_lines, voltages
from crossbar.wires.mesh import Mesh
from crossbar.wires.newton import CellLaw
from crossbar.wires.sides import Line


@dataclass(frozen=True, kw_only=True)
class Reads:
    """An array with the voltages of n reads, all of them checked."""

    mesh: Mesh
    cell: CellLaw | None
    g: Doubles
    """(rows, cols) Conductances of the cells [S]."""
    v: Doubles
    """(n, rows) Voltages of the word lines [V]."""
    v_bl: Doubles
    """(n, cols) Voltages of the bit lines [V]."""
    accuracy: float

    __repr__ = brief

    @classmethod
    def of(
        cls,
        where: str,
        lines: tuple[Line, Line],
        g: ArrayLike,
        v: ArrayLike,
        v_bl: ArrayLike | None,
        floating: tuple[ArrayLike | None, ArrayLike | None],
        cell: CellLaw | None,
        accuracy: float,
        law: type[CellLaw],
    ) -> Reads:
        """Return reads as the method ``where`` of wires takes them, or raise."""
        require_number(f"{where}.accuracy", accuracy, low=1e-15, below=1.0)
        if cell is not None:
            require_part(f"{where}.cell", cell, law)
        g = conductances(g)
        word = floating_lines(f"{where}.floating_wl", floating[0], g.shape[0])
        bit = floating_lines(f"{where}.floating_bl", floating[1], g.shape[1])
        v = voltages(f"{where}.v", v, len(g), word)
        return cls(
            mesh=Mesh.of(g, *lines, word, bit),
            cell=cell,
            g=g,
            v=v,
            v_bl=each_read(f"{where}.v_bl", v_bl, len(v), bit),
            accuracy=accuracy,
        )

    def weights(
        self, where: str, weights: ArrayLike | None, weights_wl: ArrayLike | None
    ) -> tuple[Doubles, Doubles]:
        """Return weights (n, cols) and (n, rows) of the currents, 0 by default, or raise.

        They are 0 where lines float, which have no current.
        """
        n, mesh = len(self.v), self.mesh
        bit = each_read(f"{where}.weights", weights, n, mesh.bit_floating, kept=True)
        word = each_read(f"{where}.weights_wl", weights_wl, n, mesh.word_floating, kept=True)
        return bit, word
