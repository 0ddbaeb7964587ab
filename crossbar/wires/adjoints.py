"""Derivatives of the reads of wires, by the adjoint network."""

from __future__ import annotations

from abc import ABC, abstractmethod

from numpy.typing import ArrayLike

from crossbar.errors import fail
from crossbar.wires.combined import combined, many
from crossbar.wires.gradient import Gradient, pulled
from crossbar.wires.linearised import Linearised
from crossbar.wires.point import DifferentiableLaw, points
from crossbar.wires.reads import Reads
from crossbar.wires.reduction import reduce_array
from crossbar.wires.sides import Line


class Adjoints(ABC):
    """What lines can tell about the derivatives of their currents."""

    @abstractmethod
    def _lines(self) -> tuple[Line, Line]:
        """Return the word lines and the bit lines."""

    def gradient(
        self,
        g: ArrayLike,
        v: ArrayLike,
        weights: ArrayLike | None = None,
        *,
        weights_wl: ArrayLike | None = None,
        v_bl: ArrayLike | None = None,
        floating_wl: ArrayLike | None = None,
        floating_bl: ArrayLike | None = None,
        cell: DifferentiableLaw | None = None,
        accuracy: float = 1e-12,
    ) -> Gradient:
        """Return a weighted sum of the currents of reads, and its derivatives by everything.

        Each read takes two solutions, whatever the number of derivatives: that of
        :meth:`~crossbar.wires.Wires.solve`, and a linear one of the adjoint network. Ohmic reads
        that are more than twice the lines of the shorter side are combined first, so that more of
        them take hardly longer, unless lines float. With the derivatives of a loss by the currents
        as weights, the result is the gradient of the loss (a vector-Jacobian product).

        Parameters
        ----------
        g
            (rows, cols) Conductances of the cells [S].
        v
            (n, rows) Voltages of the sources [V]; 0 where a word line floats.
        weights
            (n, cols) Weights of the currents into the bit lines; None for zeros.
        weights_wl
            (n, rows) Weights of the currents out of the word lines; None for zeros. In a transposed
            read ``v`` is zero, the inputs are ``v_bl``, and the sensed currents are minus those.
        v_bl, floating_wl, floating_bl, accuracy
            As in :meth:`~crossbar.wires.Wires.solve`.
        cell
            Current of a cell against voltage and conductance, any of
            :class:`crossbar.devices.Conduction`; None for ohmic cells.

        Returns
        -------
        The sum, all currents, and the derivatives. Those by ``g`` and by resistances are summed
        over the reads. Where a conductance or resistance is 0, they are those of growing ones.

        Raises
        ------
        ShapeError
            If arrays do not fit.
        ConfigError
            As in :meth:`~crossbar.wires.Wires.solve`; or if lines of 0 ohm end at both sides, where
            the derivative by a resistance depends on the others.
        SolverError
            If the accuracy is not reached.
        """
        where, floating = "Wires.gradient", (floating_wl, floating_bl)
        lines = self._differentiable(where)
        reads = Reads.of(where, lines, g, v, v_bl, floating, cell, accuracy, DifferentiableLaw)
        bit, word = reads.weights(where, weights, weights_wl)
        if many(reads):
            return combined(reads, reduce_array(reads.g, *lines), bit, word)
        return pulled(reads, points(reads), bit, word)

    def linearise(
        self,
        g: ArrayLike,
        v: ArrayLike,
        *,
        v_bl: ArrayLike | None = None,
        floating_wl: ArrayLike | None = None,
        floating_bl: ArrayLike | None = None,
        cell: DifferentiableLaw | None = None,
        accuracy: float = 1e-12,
    ) -> Linearised:
        """Return the currents of reads with functions that pull weights back, or push changes on.

        These are vector-Jacobian and Jacobian-vector products, each with one linear solution a
        read. Parameters and errors as in :meth:`gradient`.
        """
        where, floating = "Wires.linearise", (floating_wl, floating_bl)
        lines = self._differentiable(where)
        return Linearised.of(
            Reads.of(where, lines, g, v, v_bl, floating, cell, accuracy, DifferentiableLaw)
        )

    def _differentiable(self, where: str) -> tuple[Line, Line]:
        """Return the lines, or raise where a resistance has no derivative."""
        lines = self._lines()
        for name, line in zip(("driven", "sensed"), lines, strict=True):
            if line.ideal and line.near and line.far:
                expected = "one side, or resistances above 0 ohm"
                remedy = "Without resistance, one side makes the same array."
                fail(f"{where}: Wires.{name}", expected, "both sides of ideal lines", remedy)
        return lines
