"""Reads of an array with the derivatives of their currents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from crossbar.brief import brief
from crossbar.displayed import Displayed
from crossbar.errors import require_number
from crossbar.types import Doubles
from crossbar.wires.combined import combined, currents, many
from crossbar.wires.gradient import RESISTANCES, Gradient, Tangent, pulled
from crossbar.wires.inputs import changes, each_read
from crossbar.wires.point import Point, ended, points
from crossbar.wires.reads import Reads
from crossbar.wires.reduction import Reduced, reduce_array


@dataclass(frozen=True, kw_only=True)
class Linearised(Displayed):
    """Reads of an array with their derivatives; :meth:`crossbar.wires.Wires.linearise` makes it.

    It keeps three matrices of the size of the array for each read, four where cells are not ohmic;
    none of ohmic reads that are combined, see :meth:`crossbar.wires.Wires.gradient`.
    """

    reads: Reads = field(repr=False)
    points: tuple[Point, ...] | None = field(repr=False)
    reduced: Reduced | None = field(repr=False)
    currents: Doubles
    """(n, cols) Currents into the virtual grounds of the bit lines [A]."""
    drawn: Doubles
    """(n, rows) Currents out of the sources of the word lines [A]."""

    __repr__ = brief

    @classmethod
    def of(cls, reads: Reads) -> Linearised:
        """Return ``reads``, solved one after the other, or all of them where they are many."""
        if many(reads):
            reduced = reduce_array(reads.g, reads.mesh.word, reads.mesh.bit)
            sensed, drawn = currents(reads, reduced)
            return cls(reads=reads, points=None, reduced=reduced, currents=sensed, drawn=drawn)
        each = tuple(points(reads))
        sensed = np.array([point.sensed for point in each]).reshape(reads.v_bl.shape)
        drawn = np.array([point.drawn for point in each]).reshape(reads.v.shape)
        return cls(reads=reads, points=each, reduced=None, currents=sensed, drawn=drawn)

    def vjp(
        self, weights: ArrayLike | None = None, weights_wl: ArrayLike | None = None
    ) -> Gradient:
        """Return the derivatives of ``sum(weights * currents) + sum(weights_wl * drawn)``.

        Each read takes one linear solution more.

        Parameters
        ----------
        weights
            (n, cols) Weights of the currents into the bit lines; None for zeros.
        weights_wl
            (n, rows) Weights of the currents out of the word lines; None for zeros.

        Raises
        ------
        ShapeError
            If weights do not fit.
        ConfigError
            If weights are not finite.
        SolverError
            If the accuracy is not reached.
        """
        given = self.reads.weights("Linearised.vjp", weights, weights_wl)
        if self.reduced is not None:
            return combined(self.reads, self.reduced, *given)
        return pulled(self.reads, self._points(), *given)

    def jvp(
        self,
        *,
        g: ArrayLike | None = None,
        v: ArrayLike | None = None,
        v_bl: ArrayLike | None = None,
        r_wl: float = 0.0,
        r_bl: float = 0.0,
        r_driver: float = 0.0,
        r_sense: float = 0.0,
    ) -> Tangent:
        """Return the changes of all currents with those of what they depend on, to first order.

        Each read takes one linear solution more, two where reads are combined.

        Parameters
        ----------
        g
            (rows, cols) Changes of the conductances [S].
        v, v_bl
            (n, rows) and (n, cols) Changes of the voltages [V]; 0 where lines float.
        r_wl, r_bl, r_driver, r_sense
            Changes of the resistances [ohm].

        Raises
        ------
        ShapeError
            If changes do not fit.
        ConfigError
            If changes are not finite, or a floating line is given a voltage.
        SolverError
            If the accuracy is not reached.
        """
        n, mesh, where = len(self.reads.v), self.reads.mesh, "Linearised.jvp"
        for name, change in zip(RESISTANCES, (r_wl, r_bl, r_driver, r_sense), strict=True):
            require_number(f"{where}.{name}", change)
        of_cells = changes(f"{where}.g", g, self.reads.g.shape)
        of_wl = each_read(f"{where}.v", v, n, mesh.word_floating)
        of_bl = each_read(f"{where}.v_bl", v_bl, n, mesh.bit_floating)
        currents, drawn = np.empty_like(of_bl), np.empty_like(of_wl)
        for k, point in enumerate(self._points()):
            ideal = of_wl[k, :, np.newaxis] - of_bl[k]
            ideal -= point.flows.extra_drops(mesh, (r_wl, r_driver), (r_bl, r_sense))
            h = point.by_g * of_cells + point.slope * ideal
            drops = mesh.linear(point.slope, h, np.zeros_like(h), self.reads.accuracy)
            currents[k], drawn[k] = ended(mesh, drops)
        return Tangent(currents=currents, drawn=drawn)

    def _points(self) -> Iterable[Point]:
        """Return the reads, solved anew where they were not kept."""
        return points(self.reads) if self.points is None else self.points
