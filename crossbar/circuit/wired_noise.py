"""Noise of the cells of arrays with line resistance, as the sensed lines get it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from crossbar.circuit.layout import Layout
from crossbar.circuit.plane_noise import of_planes
from crossbar.circuit.planes import Plane, signs_of_each
from crossbar.circuit.reading import CellNoise
from crossbar.circuit.wired import Wired
from crossbar.kernels.noise import LineNoise
from crossbar.types import Doubles, Floats, FloatType, Integers

RANK = 2  # of the couplings between the lines of an array, which are smooth along it


class WiredNoise:
    """The noise that all cells of a line cause in its sensed current.

    A cell whose conductance is off by dg adds dg V W to the current of its bit line, with V the
    voltage across it and W the share of its current that is sensed: two solutions of one network.
    V is the voltage from its own line, minus the part that the other lines take (see
    :meth:`crossbar.wires.Wires.couplings`). Lines have thermal noise as cells have: at rest a line
    senses 4 k T times its own admittance (Nyquist).

    Planes are independent. In a forward read every plane has its own lines; in a transposed read
    it has its turn, in which the cells of all planes add thermal noise.

    Approximate: couplings are those of mean lines, of rank 2 and equal in all arrays side by side.
    Shot noise uses the power of V that holds at the read voltage. Noise common to two lines, which
    is small, is drawn for each. Cells of a plane share the couplings of a transposed read, which
    cancel in pairs.
    """

    def __init__(self, noise: CellNoise, layout: Layout, planes: Sequence[Plane]) -> None:
        self.noise, self.layout = noise, layout
        self.signs = np.array(signs_of_each(planes), float)  # (planes, cells of a weight)
        self.of_plane = [np.flatnonzero(signs) for signs in self.signs]
        self.plane = np.abs(self.signs).argmax(axis=0)  # of each cell
        height, cols, count = layout.copies * layout.rows, layout.cols, len(planes)
        down, across = len(layout.row_slices()), len(layout.col_slices())
        # Of the weights, of the reference bit lines and of the reference word lines.
        shapes = (count, height, cols), (1, height, across), (count, down, cols)
        self.spread, self.shots, self.shots_back = (
            [np.zeros(shape) for shape in shapes] for _ in range(3)
        )
        cells = len(self.plane)  # what passes is kept of each, not of a plane
        singly = zip((cells, 1, cells), shapes, strict=True)
        self.passed = [np.zeros((n, *shape[1:])) for n, shape in singly]
        self.floor = np.zeros((count, down, cols)), np.zeros((1, down, across))
        self.floor_back = np.zeros((1, across, height)), np.zeros((1, across, down))
        self.couplings: list[list[Doubles]] = [[] for _ in range(down)]
        self.couplings_back: list[list[list[Doubles]]] = [
            [[] for _ in range(layout.copies * across)] for _ in planes
        ]

    def add(self, w: Wired) -> None:
        """Enter a physical array, with the exact operator of its cells."""
        r, k = self.layout.row_slices().index(w.rows), self.layout.col_slices().index(w.cols)
        height, width = w.rows.stop - w.rows.start, w.cols.stop - w.cols.start
        lines = self.signs.shape[1] * width
        estimate = w.wires.estimate(w.g)
        through = estimate.attenuation
        power = self.noise.steepness
        variance = self.noise.spread(w.g, np.empty(0))
        singly = [np.array([cell]) for cell in range(len(self.plane))]
        entries = (
            (self.spread, self.of_plane, through**2 * variance),
            (self.passed, singly, through**2),
            (self.shots, self.of_plane, estimate.applied**power * estimate.arriving**2 * w.g),
            (self.shots_back, self.of_plane, estimate.arriving**power * estimate.applied**2 * w.g),
        )
        rows, cols = w.wires.couplings(w.g)
        self.couplings[r].append(rows[:height, :height])
        floor = np.diag(w.back)[:lines].reshape(width, -1)
        at = w.copy * len(self.layout.col_slices()) + k
        for (weights, column, row), groups, values in entries:
            column[0, w.rows, k] = values[:height, -1]
            split = values[:height, :lines].reshape(height, width, -1)
            foot = values[-1, :lines].reshape(width, -1)
            for to, cells in enumerate(groups):
                weights[to, w.rows, w.cols] = split[..., cells].sum(axis=2)
                row[to, r, w.cols] = foot[:, cells].sum(axis=1)
        for p, cells in enumerate(self.of_plane):
            self.floor[0][p, r, w.cols] = floor[:, cells].sum(axis=1)
            fold = np.kron(np.eye(width), self.signs[p])  # (columns, bit lines)
            coupled = fold @ cols[:lines, :lines] @ fold.T / len(cells)
            self.couplings_back[p][at].append(coupled)
        self.floor_back[0][0, k, w.rows] = np.diag(w.forward)[:height]
        self.floor[1][0, r, k], self.floor_back[1][0, k, r] = w.back[-1, -1], w.forward[-1, -1]

    @cached_property
    def bends(self) -> Floats:
        """Couplings of the word lines, (1, 2, RANK, lines)."""
        return _bends(self.couplings)[None]

    @cached_property
    def bends_back(self) -> Floats:
        """Couplings of the bit lines, (planes, 2, RANK, columns of all copies)."""
        return np.stack([_bends(couplings) for couplings in self.couplings_back])

    def lines(
        self, dtype: FloatType, flickers: Sequence[Mapping[int, Floats]], *, forward: bool
    ) -> LineNoise:
        """Return the noise of forward or transposed reads, as the compiled loops take it.

        ``flickers`` are the variances [S^2] of 1/f noise by number of the cell, of the weights, the
        reference bit lines and the reference word lines; empty for none.
        """
        layout, copies, solid = self.layout, self.layout.copies, (len(self.signs), dtype)
        spread = [part.copy() for part in self.spread]
        for part, passed, cells in zip(spread, self.passed, flickers, strict=False):
            for cell, flicker in cells.items():
                part[self.plane[cell]] += passed[cell] * flicker

        def turned(*each: Floats) -> list[Floats]:
            return [a.transpose(0, 2, 1) for a in each]

        def lines(*rows: Floats) -> list[Floats]:  # the word lines of copies follow one another
            return [row.reshape(len(row), 1, -1) if copies > 1 else row for row in rows]

        def edges(slices: list[slice]) -> Integers:
            return np.array([0, *(s.stop for s in slices)])

        weights, column, row = spread
        if forward:
            down = layout.row_slices() if copies == 1 else [slice(0, layout.rows)]
            return of_planes(
                *solid, self.bends, edges(down), *turned(weights, self.shots[0]), self.floor[0],
                *turned(column, self.shots[1]), self.floor[1],
            )  # fmt: skip
        total: Floats = layout.by_copy(self.floor_back[0][0])[None]
        common = self.floor_back[1] if copies == 1 else self.floor_back[1].transpose(0, 2, 1)
        return of_planes(
            *solid, self.bends_back, edges(layout.col_slices()),
            *turned(weights, self.shots_back[0]), total, *lines(row, self.shots_back[2]), common,
        )  # fmt: skip


def _bends(couplings: list[list[Doubles]]) -> Floats:
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
