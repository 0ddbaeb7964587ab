"""Draws from the joint posterior of what all cells share, the population, and every cell.

Markov chains side by side, begun about the most probable parameters. Each sweep moves the cells,
what all share together with the population, the population given its cells, and its spreads with
the cells. Moves follow the quadratic form of the density there, so that most are taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.devices.fitting.curvature import precision
from crossbar.devices.fitting.mode import Mode
from crossbar.devices.fitting.model import GROUPS, STEEPEST
from crossbar.devices.fitting.population import allowed
from crossbar.progress import Progress
from crossbar.types import Doubles, Masks, Rng

CHAINS, SETTLING, SWEEPS = 32, 50, 120
TASK = "posterior"


@dataclass(eq=False)
class _Chains:
    """Where the chains are.

    Cells (chains, cells, 4), what all share and its tables of steps, means and spreads of the
    population, and the log-likelihood of each cell.
    """

    phi: Doubles
    shared: Doubles
    tables: Doubles
    mu: Doubles
    s: Doubles
    log: Doubles


def sampled(mode: Mode, *, rng: Rng, progress: Progress) -> Doubles:
    """Return draws of what all cells share, ``mu`` and ``s``, (sweeps, chains, shared + 7).

    Flat priors of: the shape, the tilt, the bounds and the logarithm of the mean step; every
    standard deviation (over cells, from pulse to pulse, of reads). All within the limits of the
    fields that they become.
    """
    walk = _Walk(mode, rng)
    draws = []
    for sweep in range(SETTLING + SWEEPS):
        walk.sweep(sweep)
        if sweep >= SETTLING:
            at = walk.at
            draws.append(np.concatenate([at.shared, at.mu, at.s], axis=1))
        progress(TASK, sweep + 1, SETTLING + SWEEPS, "")
    return np.stack(draws)


class _Walk:
    """The chains and the moves that they make."""

    def __init__(self, mode: Mode, rng: Rng) -> None:
        self.mode, self.model, self.rng = mode, mode.model, rng
        cells, k = mode.cells, mode.model.shared
        self.centre = mode.theta
        self.roots = np.linalg.cholesky(cells.covariance)
        self.inverse_roots = np.linalg.inv(self.roots)
        covariance = np.linalg.inv(mode.information)
        self.joint = np.linalg.cholesky(covariance[: k + 4, : k + 4])
        self.alone = np.linalg.cholesky(covariance[:k, :k])
        means = mode.information[k : k + 4, k : k + 4]
        self.along = -np.linalg.solve(means, mode.information[k : k + 4, :k])
        self.at = self._begun(k)

    def _begun(self, k: int) -> _Chains:
        """Return chains spread about the mode as its quadratic form says."""
        normal, model = self.rng.standard_normal, self.model
        _, mu, s = model.split(self.centre)
        for _ in range(100):
            shared = self.centre[:k] + normal((CHAINS, k)) @ self.alone.T
            means = mu + normal((CHAINS, 4)) @ self.joint[k:, k:].T
            spreads = s * np.exp(0.25 * normal((CHAINS, 3))) if model.spreads else s
            spreads = np.broadcast_to(spreads, (CHAINS, 3)).copy()
            bad = ~allowed(model, shared, means, spreads)
            if not bad.any():
                break
            shared[bad], means[bad], spreads[bad] = self.centre[:k], mu, s
        phi = self._expected(shared, means)
        phi = phi + np.einsum("dij,cdj->cdi", self.roots, normal(phi.shape))
        phi[..., 1] = np.clip(phi[..., 1], -0.99, 0.99)
        tables = model.tables_of(shared)
        log = model.log_likelihood(phi, shared, means, tables)
        return _Chains(phi, shared, tables, means, spreads, log)

    def _expected(self, shared: Doubles, mu: Doubles) -> Doubles:
        """Return the most probable cells, linear about the mode."""
        k = self.model.shared
        away = shared - self.centre[:k], mu - self.centre[k : k + 4]
        expected: Doubles = self.mode.cells.latent + self._following(*away)
        return expected

    def _following(self, shared: Doubles, mu: Doubles) -> Doubles:
        """Return how cells follow changes of what all share and of the means."""
        change: Doubles = np.einsum("dij,cj->cdi", self.mode.shift, shared)
        change += np.einsum("dij,cj->cdi", self.mode.pull, mu)
        return change

    def sweep(self, number: int) -> None:
        """Make each move once."""
        self._each_cell_anew()
        self._each_cell_nearby()
        self._all(joint=True)
        self._all(joint=False)
        if self.model.spreads:
            self._population()
            self._stretched(number % len(GROUPS))
            self._bounds(2 + number % 2)

    def _prior(self, phi: Doubles, mu: Doubles, s: Doubles) -> Doubles:
        """Return the log-density of cells (chains, cells) in their population."""
        weight = precision(s)[:, None]
        squares = weight * (phi - mu[:, None]) ** 2 - np.log(weight)
        density: Doubles = -0.5 * squares.sum(axis=-1)
        return np.where(np.abs(phi[..., 1]) < STEEPEST, density, -np.inf)

    def _take_cells(self, phi: Doubles, ratio: Doubles | float) -> None:
        """Let cells move to ``phi`` by the rule of Metropolis and Hastings."""
        at = self.at
        log = self.model.log_likelihood(phi, at.shared, at.mu, at.tables)
        rise = log - at.log + ratio
        rise += self._prior(phi, at.mu, at.s) - self._prior(at.phi, at.mu, at.s)
        taken = (np.log(self.rng.random(log.shape)) < rise) & (phi[..., 3] > phi[..., 2])
        at.phi, at.log = np.where(taken[..., None], phi, at.phi), np.where(taken, log, at.log)

    def _each_cell_anew(self) -> None:
        """Propose cells from the quadratic form, wherever they are."""
        at, wide = self.at, 1.15
        centre = self._expected(at.shared, at.mu)
        z = self.rng.standard_normal(at.phi.shape)
        old = np.einsum("dij,cdj->cdi", self.inverse_roots, at.phi - centre) / wide
        ratio = 0.5 * ((z**2).sum(axis=-1) - (old**2).sum(axis=-1))
        self._take_cells(centre + wide * np.einsum("dij,cdj->cdi", self.roots, z), ratio)

    def _each_cell_nearby(self) -> None:
        """Propose cells near where they are."""
        shape = self.at.phi.shape
        length = np.where(self.rng.random(shape[:2]) < 0.5, 1.2, 0.6)[..., None]
        z = self.rng.standard_normal(shape)
        self._take_cells(self.at.phi + length * np.einsum("dij,cdj->cdi", self.roots, z), 0.0)

    def _all(self, *, joint: bool) -> None:
        """Propose what all share, with the means as well if ``joint``; the cells follow."""
        at, k = self.at, self.model.shared
        length = np.where(self.rng.random((CHAINS, 1)) < 0.5, 1.0, 0.4)
        if joint:
            change = 0.8 * length * (self.rng.standard_normal((CHAINS, k + 4)) @ self.joint.T)
            shared, means = change[:, :k], change[:, k:]
        else:
            shared = 1.3 * length * (self.rng.standard_normal((CHAINS, k)) @ self.alone.T)
            means = shared @ self.along.T
        phi = at.phi + self._following(shared, means)
        noises = shared[:, k - 2 :].sum(axis=1)  # standard deviations are flat, not logarithms
        self._take_all(phi, at.shared + shared, at.mu + means, at.s, noises)

    def _take_all(
        self, phi: Doubles, shared: Doubles, mu: Doubles, s: Doubles, ratio: Doubles
    ) -> None:
        """Let chains move there by the rule of Metropolis and Hastings."""
        at = self.at
        inside = allowed(self.model, shared, mu, s)
        tables = at.tables
        if shared is not at.shared:
            shared = np.where(inside[:, None], shared, at.shared)
            tables = self.model.tables_of(shared)
        mu, s = np.where(inside[:, None], mu, at.mu), np.where(inside[:, None], s, at.s)
        log = self.model.log_likelihood(phi, shared, mu, tables)
        rise = (log - at.log + self._prior(phi, mu, s)).sum(axis=1) + ratio
        rise -= self._prior(at.phi, at.mu, at.s).sum(axis=1)
        self._accept(inside & (np.log(self.rng.random(CHAINS)) < rise),
                     _Chains(phi, shared, tables, mu, s, log))  # fmt: skip

    def _accept(self, taken: Masks, to: _Chains) -> None:
        """Move the chains that are ``taken``."""
        for name, value in vars(to).items():
            now = getattr(self.at, name)
            if value is now:
                continue
            mask = taken.reshape(-1, *(1,) * (now.ndim - 1))
            setattr(self.at, name, np.where(mask, value, now))

    def _population(self) -> None:
        """Draw means and spreads given the cells: normal, and inverse chi-square.

        Only the limits of the bounds tie the likelihood to the means.
        """
        at, cells = self.at, self.model.data.cells
        mean = at.phi.mean(axis=1)
        squares = ((at.phi - mean[:, None]) ** 2).sum(axis=1)
        mu, s = at.mu.copy(), at.s.copy()
        for k, group in enumerate(GROUPS):
            own = list(group)
            free = (cells - 1) * len(own) - 1
            if free > 0:
                s[:, k] = np.sqrt(squares[:, own].sum(axis=1) / self.rng.chisquare(free, CHAINS))
            z = self.rng.standard_normal((CHAINS, len(own)))
            mu[:, own] = mean[:, own] + s[:, k, None] / np.sqrt(cells) * z
        inside = allowed(self.model, at.shared, mu, s)
        mu = np.where(inside[:, None], mu, at.mu)
        log = self.model.log_likelihood(at.phi, at.shared, mu, at.tables)
        taken = inside & (np.log(self.rng.random(CHAINS)) < (log - at.log).sum(axis=1))
        self._accept(taken, _Chains(at.phi, at.shared, at.tables, mu, s, log))

    def _stretched(self, group: int) -> None:
        """Propose another spread and mean of a group, to which its cells are stretched."""
        at, cells, own = self.at, self.model.data.cells, list(GROUPS[group])
        factor = np.exp(0.5 * self.rng.standard_normal(CHAINS) / np.sqrt(cells / 5))
        z, length = self.rng.standard_normal((CHAINS, len(own))), 0.3
        mu, s, phi = at.mu.copy(), at.s.copy(), at.phi.copy()
        s[:, group] *= factor
        mu[:, own] += length * at.s[:, group, None] * z
        stretch = factor[:, None, None]
        phi[..., own] = mu[:, None, own] + stretch * (at.phi[..., own] - at.mu[:, None, own])
        # The way back draws z / factor; the Jacobian of the cells is undone by their prior.
        back = -0.5 * (z**2).sum(axis=1) * (1 / factor**2 - 1) - len(own) * np.log(factor)
        ratio = back + np.log(factor) + cells * len(own) * np.log(factor)
        self._take_all(phi, at.shared, mu, s, ratio)

    def _bounds(self, which: int) -> None:
        """Propose a bound of each cell as the population has it.

        So it moves where its reads leave it open: where a cell never meets it, and below the least
        lower bound.
        """
        at = self.at
        phi = at.phi.copy()
        z = self.rng.standard_normal(phi.shape[:2])
        phi[..., which] = at.mu[:, which, None] + at.s[:, 2, None] * z
        ratio = self._prior(at.phi, at.mu, at.s) - self._prior(phi, at.mu, at.s)
        self._take_cells(phi, ratio)
