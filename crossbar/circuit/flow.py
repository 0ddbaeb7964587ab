"""Currents of one physical array whose cells follow a law of their own, with their noise.

Three ways: the law times the conductances, every cell by itself, and Newton's method for lines
with resistance. In all of them ``v`` (n, driven) [V] are the voltages of the driven lines, and all
sensed lines end in virtual grounds.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crossbar.circuit.reading import CellNoise
from crossbar.devices import Conduction
from crossbar.types import Floats
from crossbar.wires import Wires

CHUNK = 2**20
"""Cells of all vectors that are worked on at once: some 100 MB."""


class Flow(NamedTuple):
    """What n reads of a physical array draw and give."""

    currents: Floats
    """(n, sensed) Currents into the virtual grounds [A]."""
    variance: Floats
    """(n, sensed) Variances of their noise [A^2]."""
    power: Floats
    """(n,) Power drawn [W]."""

    @classmethod
    def empty(cls, n: int, sensed: int) -> Flow:
        """Return that of no current."""
        return cls(np.zeros((n, sensed)), np.zeros((n, sensed)), np.zeros(n))


class Cellwise(NamedTuple):
    """The cells of a physical array, (word lines, bit lines) each."""

    g: Floats
    """Conductances [S]."""
    flicker: Floats
    """Variances of reads by their age [S^2]; (0, 0) for none."""

    def seen(self, forward: bool) -> Cellwise:
        """Return them (driven, sensed)."""
        return self if forward else Cellwise(self.g.T, self.flicker.T)


class Flows(ABC):
    """A way to the currents of a physical array."""

    @abstractmethod
    def flow(self, cells: Cellwise, v: Floats, *, forward: bool) -> Flow:
        """Return the currents for ``v``, driving word lines or bit lines."""


@dataclass(frozen=True)
class Products(Flows):
    """Ideal lines and a current i = g h(v): a matrix product of h(v) and the conductances.

    Noise of a conductance counts h(v) times; thermal and shot noise are those of the cells at
    their voltages (:meth:`CellNoise.density`).
    """

    law: Conduction
    noise: CellNoise

    def flow(self, cells: Cellwise, v: Floats, *, forward: bool) -> Flow:
        """Return the currents for ``v``."""
        sign = 1.0 if forward else -1.0  # the law points from word line to bit line
        shape = self.law.shape(sign * v)
        assert shape is not None  # what this way is chosen by
        h, slope = sign * shape[0], shape[1]
        g, flicker = cells.seen(forward)
        square = h * h
        variance = self.noise.density(h, slope, v) @ g
        variance += self.noise.absolute**2 * square.sum(axis=1, keepdims=True)
        if self.noise.relative:
            variance += self.noise.relative**2 * (square @ (g * g))
        if flicker.size:
            variance += square @ flicker
        return Flow(h @ g, variance, (v * h) @ g.sum(axis=1))


@dataclass(frozen=True)
class EachCell(Flows):
    """Ideal lines and any law: the currents of all cells, added up line by line.

    Noise of a conductance counts di/dg times, which is right as long as it is small.
    """

    law: Conduction
    noise: CellNoise

    def flow(self, cells: Cellwise, v: Floats, *, forward: bool) -> Flow:
        """Return the currents for ``v``, some vectors at a time."""
        sign = 1.0 if forward else -1.0
        g, flicker = cells.seen(forward)
        spread = self.noise.spread(g, flicker)
        total = Flow.empty(len(v), g.shape[1])
        for part in _chunks(len(v), g.size):
            volts = sign * v[part][:, :, np.newaxis]
            i, slope = self.law.current(g, volts)
            total.currents[part] = sign * i.sum(axis=1)
            total.power[part] = (volts * i).sum(axis=(1, 2))
            by = self.law.by_conductance(g, volts)
            own = by * by * spread + self.noise.density(i, slope, volts)
            total.variance[part] = own.sum(axis=1)
        return total


@dataclass(frozen=True)
class Solved(Flows):
    """Lines with resistance: every vector by Newton's method.

    Noise follows from the cells at the voltages that they have then. What a line senses of the
    current of a cell is that of the linearised array, without the couplings between lines
    (:meth:`crossbar.wires.Wires.estimate`); the thermal noise of a line is that of its own
    admittance, the resistance of the wires included.
    """

    law: Conduction
    noise: CellNoise
    wires: Wires

    def flow(self, cells: Cellwise, v: Floats, *, forward: bool) -> Flow:
        """Return the currents for ``v``, some vectors at a time."""
        total = Flow.empty(len(v), cells.g.shape[1 if forward else 0])
        for part in _chunks(len(v), cells.g.size):
            self._solve(cells, v, part, forward, total)
        return total

    def _solve(self, cells: Cellwise, v: Floats, part: slice, forward: bool, total: Flow) -> None:
        """Fill the ``part`` of the vectors in ``total``; a voltage that is no number gives none."""
        g, driven = cells.g, v[part]
        if not np.isfinite(driven).all():
            total.currents[part] = np.nan
            return
        spread = self.noise.spread(g, cells.flicker)
        still = np.zeros((len(driven), len(g)))
        word, bit = (driven, None) if forward else (still, driven)
        solution = self.wires.solve(g, word, v_bl=bit, cell=self.law)
        total.currents[part] = solution.currents if forward else -solution.drawn
        total.power[part] = solution.power
        volts = solution.v_wl - solution.v_bl
        i, slope = self.law.current(g, volts)
        thermal = self.noise.thermal * slope
        by = self.law.by_conductance(g, volts)
        own = by * by * spread + self.noise.density(i, slope, volts) - thermal
        for k, row in enumerate(range(len(v))[part]):
            estimate = self.wires.estimate(slope[k])
            share = estimate.arriving if forward else estimate.applied
            each = share * share * own[k] + share * thermal[k]
            total.variance[row] = each.sum(axis=0 if forward else 1)


def _chunks(n: int, cells: int) -> Iterator[slice]:
    """Yield slices of n vectors that take at most :data:`CHUNK` cells, or one vector each."""
    step = max(1, CHUNK // cells)
    return (slice(k, k + step) for k in range(0, n, step))


def flows(law: Conduction, noise: CellNoise, wires: Wires | None) -> Flows:
    """Return the way that suits the law and the lines."""
    if wires is not None:
        return Solved(law, noise, wires)
    if law.shape(np.zeros(1)) is not None:
        return Products(law, noise)
    return EachCell(law, noise)
