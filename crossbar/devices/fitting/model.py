"""The likelihood of trains: cells of one law that differ, are read with noise and meet bounds.

In the units of :class:`Observations`, a cell has four numbers (``CELL``): the logarithm of its step
at mid-range, what a set step is larger and a reset step smaller by, and its two bounds. All cells
share the shape of the law, the spread from pulse to pulse and the noise of reads. Over cells the
four numbers are normal: ``mu`` are their means, ``s`` their standard deviations, of which both
bounds share one. As in :class:`LogNormal`, a lower bound is at least a tenth of ``g_min``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from crossbar.devices.fitting.candidate import Candidate
from crossbar.devices.fitting.observations import Observations
from crossbar.kernels.tracking import RARE, Lanes, evidence, predictions
from crossbar.types import Doubles, Integers

CELL = ("log_step", "tilt", "low", "high")
GROUPS = ((0,), (1,), (2, 3))  # of the four that share a spread
ALONE = 1e-4  # spread where there is one device: none
NUDGE = 1e-4  # change of a number for a derivative
STEEPEST = 0.999  # tilt of a cell
LOWEST, WIDEST = 1e-6, 20.0  # bounds of the mean cell, relative to the largest read


class Lane(NamedTuple):
    """Log-likelihood, and mean and variance of every read before it is known."""

    log: Doubles
    mean: Doubles
    variance: Doubles


@dataclass(frozen=True, eq=False)
class Model:
    """A law over observations.

    A vector ``theta`` holds, in this order, what all cells share (shape, logarithms of the spread
    from pulse to pulse and of the read noise), ``mu``, and the logarithms of ``s`` if cells are
    ``varied``, which one device alone cannot tell. ``rare`` is the share of reads that may be
    wrong.
    """

    data: Observations
    law: Candidate
    varied: bool
    rare: float = RARE

    @property
    def shared(self) -> int:
        """How many numbers all cells share."""
        return len(self.law.shapes) + 2

    @property
    def spreads(self) -> int:
        """How many spreads over cells are fitted."""
        return len(GROUPS) if self.varied else 0

    @property
    def size(self) -> int:
        """Length of ``theta``."""
        return self.shared + len(CELL) + self.spreads

    def strict(self) -> Model:
        """Return the model without wrong reads, from which a search finds its way."""
        return replace(self, rare=1e-30)

    def split(self, theta: Doubles) -> tuple[Doubles, Doubles, Doubles]:
        """Return what all share, ``mu`` and ``s`` (..., 3) of ``theta`` (..., size)."""
        k = self.shared
        if not self.spreads:
            return theta[..., :k], theta[..., k:], np.full((*theta.shape[:-1], 3), ALONE)
        return theta[..., :k], theta[..., k : k + 4], np.exp(theta[..., k + 4 :])

    @property
    def limits(self) -> tuple[Doubles, Doubles]:
        """Least and largest ``theta``: of the shape, and of the bounds of the mean cell."""
        low, high = np.full((2, self.size), [[-np.inf], [np.inf]])
        q, k, ground = len(self.law.shapes), self.shared, self.data.ground
        low[:q], high[:q] = self.law.low, self.law.high
        low[k + 2] = ground + LOWEST * (1 - ground)
        high[k + 3] = ground + WIDEST * (1 - ground)
        return low, high

    def edge(self, mu: Doubles) -> Doubles:
        """Return the least lower bound of a cell: a tenth of ``g_min``."""
        ground = self.data.ground
        edge: Doubles = ground + 0.1 * (mu[..., 2] - ground)
        return edge

    def tables(self, shapes: Doubles) -> Doubles:
        """Return the tables of steps for ``shapes`` (tables, shapes)."""
        return np.stack([self.law.table(shape) for shape in shapes])

    def lanes(
        self, cell: Integers, phi: Doubles, noise: Doubles, mu: Doubles, table: Integers
    ) -> Lanes:
        """Return lanes of cells ``phi`` (lanes, 4) with logarithms of spread and noise (lanes, 2).

        Bounds are cut as :meth:`LogNormal.draw` cuts them.
        """
        step, tilt = np.exp(phi[:, 0]), np.clip(phi[:, 1], -STEEPEST, STEEPEST)
        middle, margin = 0.5 * (mu[:, 2] + mu[:, 3]), 0.1 * (mu[:, 3] - mu[:, 2])
        low = np.clip(phi[:, 2], self.edge(mu), middle - margin)
        high = np.maximum(phi[:, 3], middle + margin)
        up, down, sigma, read = step * (1 + tilt), step * (1 - tilt), *np.exp(noise.T)
        return Lanes(cell, up, down, low, high, np.ascontiguousarray(sigma), read**2, table)

    def log_likelihood(
        self, phi: Doubles, shared: Doubles, mu: Doubles, tables: Doubles
    ) -> Doubles:
        """Return that of cells ``phi`` (sets, cells, 4), one ``shared`` and ``mu`` a set.

        ``tables`` are those of the shapes in ``shared``, see :meth:`tables_of`.
        """
        sets, cells = phi.shape[:2]
        q = len(self.law.shapes)
        table = np.repeat(np.arange(sets) if q else np.zeros(sets, np.int64), cells)
        cell = np.tile(np.arange(cells), sets)
        noise, means = (np.repeat(one, cells, axis=0) for one in (shared[:, q:], mu))
        lanes = self.lanes(cell, phi.reshape(-1, 4), noise, means, table)
        log = np.empty(sets * cells)
        evidence(self.data.reads, lanes, tables, self.rare, log)
        return log.reshape(sets, cells)

    def tables_of(self, shared: Doubles) -> Doubles:
        """Return the tables of steps for ``shared`` (sets, shared): one where all are the same."""
        q = len(self.law.shapes)
        return self.tables(shared[:, :q] if q else shared[:1, :0])

    def predicted(self, lanes: Lanes, tables: Doubles) -> Lane:
        """Return what is known of the reads of ``lanes`` before each of them."""
        count = len(lanes.cell)
        ahead = np.full((count, 2, self.data.longest), np.inf)
        log = np.empty(count)
        predictions(self.data.reads, lanes, tables, self.rare, ahead, log)
        return Lane(log, ahead[:, 0], ahead[:, 1])
