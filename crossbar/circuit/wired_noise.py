"""Noise of the cells of arrays with line resistance, as the sensed lines get it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from crossbar.circuit.layout import Layout
from crossbar.circuit.reading import CellNoise
from crossbar.circuit.wired import Matrix, Wired
from crossbar.kernels.noise import LineNoise
from crossbar.types import Floats, FloatType, Integers

RANK = 2  # of the couplings between the lines of an array, which are smooth along it


class WiredNoise:
    """The noise that all cells of a line cause in its sensed current.

    A cell whose conductance is off by dg adds dg V W to the current of its bit line, with V the
    voltage across it and W the share of its current that is sensed: two solutions of one network.
    V is the voltage from its own line, minus the part that the other lines take (see
    :meth:`crossbar.wires.Wires.couplings`). Lines have thermal noise as cells have: at rest a line
    senses 4 k T times its own admittance (Nyquist).

    Approximate: couplings are those of mean lines, of rank 2 and equal in all arrays side by side.
    Shot noise uses the power of V that holds at the read voltage. 1/f noise uses the mean share of
    the cells of a weight. Noise common to two lines, which is small, is drawn for each. Cells of a
    weight share the couplings of a transposed read, which cancel in pairs.
    """

    def __init__(self, noise: CellNoise, layout: Layout, signs: Sequence[float]) -> None:
        self.noise, self.layout, self.signs = noise, layout, np.array(signs)
        height, cols = layout.copies * layout.rows, layout.cols
        down, across = len(layout.row_slices()), len(layout.col_slices())
        # Of the weights, of the reference bit lines and of the reference word lines.
        shapes = (height, cols), (height, across), (down, cols)
        self.spread, self.passed, self.shots, self.shots_back = (
            [np.zeros(shape) for shape in shapes] for _ in range(4)
        )
        self.floor = np.zeros((down, cols)), np.zeros((down, across))
        self.floor_back = np.zeros((across, height)), np.zeros((across, down))
        self.couplings: list[list[Matrix]] = [[] for _ in range(down)]
        self.couplings_back: list[list[Matrix]] = [[] for _ in range(layout.copies * across)]

    def add(self, w: Wired) -> None:
        """Enter a physical array, with the exact operator of its cells."""
        r, k = self.layout.row_slices().index(w.rows), self.layout.col_slices().index(w.cols)
        height, width = w.rows.stop - w.rows.start, w.cols.stop - w.cols.start
        cells = len(self.signs) * width
        estimate = w.wires.estimate(w.g)
        through = estimate.attenuation
        power = self.noise.steepness
        sigma = self.noise.absolute**2 + (self.noise.relative * w.g) ** 2
        planes = (
            (self.spread, through**2 * sigma),
            (self.passed, through**2 / len(self.signs)),
            (self.shots, estimate.applied**power * estimate.arriving**2 * w.g),
            (self.shots_back, estimate.arriving**power * estimate.applied**2 * w.g),
        )
        for (weights, column, row), plane in planes:
            weights[w.rows, w.cols] = plane[:height, :cells].reshape(height, width, -1).sum(axis=2)
            column[w.rows, k], row[r, w.cols] = plane[:height, -1], plane[-1, :width]
        self.floor[0][r, w.cols] = np.diag(w.back)[:cells].reshape(width, -1).sum(axis=1)
        self.floor_back[0][k, w.rows] = np.diag(w.forward)[:height]
        self.floor[1][r, k], self.floor_back[1][k, r] = w.back[-1, -1], w.forward[-1, -1]
        rows, cols = w.wires.couplings(w.g)
        self.couplings[r].append(rows[:height, :height])
        fold = np.kron(np.eye(width), self.signs)  # (columns, bit lines)
        at = w.copy * len(self.layout.col_slices()) + k
        self.couplings_back[at].append(fold @ cols[:cells, :cells] @ fold.T / len(self.signs))

    @cached_property
    def bends(self) -> Floats:
        """Couplings of the word lines, (2, RANK, lines)."""
        return _bends(self.couplings)

    @cached_property
    def bends_back(self) -> Floats:
        """Couplings of the bit lines, (2, RANK, columns of all copies)."""
        return _bends(self.couplings_back)

    def lines(self, dtype: FloatType, flickers: Sequence[Floats]) -> tuple[LineNoise, LineNoise]:
        """Return the noise of forward and transposed reads, as the compiled loops take it.

        ``flickers`` are the variances [S^2] of 1/f noise of the weights, the reference bit lines
        and the reference word lines, or empty.
        """
        layout, copies = self.layout, self.layout.copies
        spread = [plane.copy() for plane in self.spread]
        for plane, passed, flicker in zip(spread, self.passed, flickers, strict=False):
            if flicker.size:
                plane += passed * flicker

        def solid(a: Floats) -> Floats:
            return np.ascontiguousarray(a, dtype)

        def line(row: Floats) -> Floats:  # the word lines of copies follow one another
            return solid(row.reshape(1, -1) if copies > 1 else row)

        def edges(slices: list[slice]) -> Integers:
            return np.array([0, *(s.stop for s in slices)])

        down = layout.row_slices() if copies == 1 else [slice(0, layout.rows)]
        weights, column, row = ([spread[k], self.shots[k], self.shots_back[k]] for k in range(3))
        total: Floats = layout.by_copy(self.floor_back[0])
        common: Floats = self.floor_back[1] if copies == 1 else self.floor_back[1].T
        forward = LineNoise(
            solid(self.bends), edges(down),
            solid(weights[0].T), solid(weights[1].T), solid(self.floor[0]),
            solid(column[0].T), solid(column[1].T), solid(self.floor[1]),
        )  # fmt: skip
        back = LineNoise(
            solid(self.bends_back), edges(layout.col_slices()),
            solid(weights[0].T), solid(weights[2].T), solid(total),
            line(row[0]), line(row[2]), solid(common),
        )  # fmt: skip
        return forward, back


def _bends(couplings: list[list[Matrix]]) -> Floats:
    """Return ``b`` (2, RANK, lines): the couplings of each array are about b[0].T @ b[1].

    Their means over the arrays side by side are projected on the space of their largest parts.
    """
    parts = []
    for several in couplings:
        c = np.mean(several, axis=0)
        start = np.stack([np.ones(len(c)), np.linspace(-1.0, 1.0, len(c))], axis=1)
        basis, _ = np.linalg.qr(c @ start)
        for _ in range(2):
            basis, _ = np.linalg.qr(c @ (c.T @ basis))
        part = np.zeros((2, RANK, len(c)))
        part[0, : basis.shape[1]], part[1, : basis.shape[1]] = basis.T, basis.T @ c
        parts.append(part)
    whole: Floats = np.concatenate(parts, axis=2)
    return whole
