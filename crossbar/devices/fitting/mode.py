"""The most probable parameters of a law: Fisher scoring of the likelihood over cells.

The likelihood of each cell is integrated over its own numbers by Laplace's approximation. Standard
deviations over cells have a flat prior, which counts as one power of each in the density of its
logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.devices.fitting.curvature import (
    WIDE,
    Cells,
    Curvature,
    curvature,
    grouped,
    laplace,
    precision,
    settled,
)
from crossbar.devices.fitting.model import Model
from crossbar.types import Doubles

MOST = 40  # steps of a search
CLIMBED = 2  # starts of which one is taken
ROUNDS, SAME = 3, 0.02  # of bounds sought elsewhere, until no cell moves by this
LEAST = 1e-2  # information on a number that the data say nothing of
CLOSE = 0.02  # rise of the log-density below which it ends
LONGEST = (0.5, 0.5, 1.0, 0.5, 0.15, 0.15, 0.7, 0.7, 0.7)  # step in noises, mu and ln s


@dataclass(frozen=True, eq=False)
class Mode:
    """Parameters ``theta``, the cells there, and how the density falls off.

    Attributes
    ----------
    model, theta, cells
        What was fitted, and with what result.
    gradient, information
        Of the logarithm of the density by ``theta``.
    shift : (cells, 4, shared)
        By how much the most probable numbers of each cell change with what all share.
    pull : (cells, 4, 4)
        By how much they change with the means over cells.
    density
        Logarithm of the density, up to a constant.
    """

    model: Model
    theta: Doubles
    cells: Cells
    gradient: Doubles
    information: Doubles
    shift: Doubles
    pull: Doubles
    density: float

    @classmethod
    def at(cls, model: Model, theta: Doubles, phi: Doubles) -> Mode:
        """Return the derivatives at ``theta`` and cells ``phi`` (cells, 4)."""
        k = model.shared
        _, mu, s = model.split(theta)
        phi = phi.copy()
        phi[:, 2] = np.maximum(phi[:, 2], model.edge(mu))
        seen = Curvature(*(p[0] for p in curvature(model, theta[None], phi[None], deep=True)))
        cells = laplace(model, theta, phi, seen)
        weight = np.diag(precision(s))
        cross = seen.information[:, :4, 4:].copy()
        cross[cells.held, 2] = 0.0
        shift = -cells.covariance @ cross
        gradient, information = np.zeros(model.size), np.zeros((model.size, model.size))
        slope = seen.gradient[:, 4:] - np.einsum("dij,di->dj", cross, cells.step)
        bend = _bend(model, theta, phi, shift, seen.information[:, :4, :4])
        gradient[:k] = slope.sum(axis=0) - 0.5 * bend
        away = cells.latent - mu
        gradient[k : k + 4] = (away @ weight).sum(axis=0)
        pull = cells.covariance @ weight
        shared = seen.information[:, 4:, 4:] + cross.swapaxes(1, 2) @ shift
        information[:k, :k] = shared.sum(axis=0) + LEAST * np.eye(k)
        own = (weight - weight @ pull).sum(axis=0)
        information[k : k + 4, k : k + 4] = own + LEAST * np.eye(4)
        information[:k, k : k + 4] = (cross.swapaxes(1, 2) @ pull).sum(axis=0)
        information[k : k + 4, :k] = information[:k, k : k + 4].T
        density = float(cells.evidence.sum())
        if model.spreads:
            squares = away**2 + np.einsum("dii->di", cells.covariance)
            gradient[k + 4 :] = 1.0 + grouped((squares @ weight - 1.0).sum(axis=0))
            scale = np.outer(np.diag(weight), np.diag(weight))
            reduced = (weight - weight @ pull) ** 2 / scale
            information[k + 4 :, k + 4 :] = 2 * grouped(grouped(reduced.sum(axis=0)).T)
            information[k + 4 :, k + 4 :] += 0.5 * np.eye(model.spreads)
            density += float(np.log(s).sum())
        return cls(model, theta, cells, gradient, information, shift, pull, density)

    def moved(self, change: Doubles, share: float) -> Doubles:
        """Return cells after ``change`` of theta, and the ``share`` of their own step."""
        k = self.model.shared
        phi: Doubles = self.cells.phi + share * self.cells.step + self.shift @ change[:k]
        return phi + self.pull @ change[k : k + 4]


def _bend(model: Model, theta: Doubles, phi: Doubles, shift: Doubles, here: Doubles) -> Doubles:
    """Return the derivative of the logarithm of the curvature, ``here``, by what all share."""
    k, q = model.shared, len(model.law.shapes)
    thetas = np.repeat(theta[None], k, axis=0)
    rows = np.arange(k)
    thetas[rows, rows] += WIDE
    beyond = thetas[rows[:q], rows[:q]] > model.law.high
    thetas[rows[:q], rows[:q]] -= 2 * WIDE * beyond
    phis = phi + np.einsum("dij,tj->tdi", shift, thetas[:, :k] - theta[:k])
    seen = curvature(model, thetas, phis, deep=False)
    weight = np.diag(precision(model.split(theta)[2]))
    logs = np.linalg.slogdet(np.concatenate([here[None], seen.information]) + weight)[1].sum(axis=1)
    bend: Doubles = (logs[1:] - logs[0]) / (thetas[rows, rows] - theta[:k])
    return bend


def climbed(model: Model, theta: Doubles, phi: Doubles, most: int = MOST) -> Mode:
    """Return the most probable parameters, searched from ``theta`` and cells ``phi``."""
    now, damping, small = Mode.at(model, theta, phi), 1e-2, 0
    for _ in range(most):
        ahead, damping = _step(now, damping)
        if ahead is None:
            break
        small = small + 1 if ahead.density - now.density < CLOSE and damping < 0.1 else 0
        now = ahead
        if small == 2:
            break
    return now


def _step(now: Mode, damping: float) -> tuple[Mode | None, float]:
    """Return a better mode and the next damping; None where none is near."""
    model, q = now.model, len(now.model.law.shapes)
    longest = np.concatenate([np.full(q, 2.0), LONGEST])[: model.size]
    low, high = model.limits
    ends = (now.theta <= low) & (now.gradient < 0)
    free = ~(ends | ((now.theta >= high) & (now.gradient > 0)))
    part = np.ix_(free, free)
    for _ in range(7):
        steep = now.information + damping * np.diag(np.diag(now.information) + 1e-3)
        change = np.zeros(model.size)
        change[free] = np.linalg.lstsq(steep[part], now.gradient[free], rcond=None)[0]
        change /= max(1.0, float(np.max(np.abs(change) / longest)))
        theta = np.clip(now.theta + change, low, high)
        ahead = Mode.at(model, theta, now.moved(theta - now.theta, 1 / (1 + damping)))
        if np.isfinite(ahead.density) and ahead.density - now.density > -0.01:
            return ahead, 0.25 * damping
        damping = max(6 * damping, 1e-2)
    return None, damping


def most_probable(model: Model) -> Mode:
    """Return the most probable parameters of the law of ``model``.

    The search begins from several shapes and bounds, without wrong reads at first: those have no
    gradient, so that a bound that is far off would stay there.
    """
    strict = model.strict()
    begun = [(theta, settled(strict, theta, [phi], 3)) for theta, phi in _starts(model)]
    begun.sort(key=lambda one: -np.nan_to_num(one[1].evidence, nan=-1e300).sum())
    modes = [climbed(strict, theta, cells.phi, 4) for theta, cells in begun[:CLIMBED]]
    best = max(modes, key=lambda mode: np.nan_to_num(mode.density, nan=-1e300))
    for _ in range(ROUNDS):
        cells = settled(model, best.theta, [best.cells.phi], 3)
        before, best = best, climbed(model, best.theta, cells.phi)
        if np.abs(best.cells.latent - before.cells.latent).max() < SAME:
            break
    return best


def first_cells(model: Model) -> Doubles:
    """Return the numbers of cells (cells, 4) that their steps and ends suggest."""
    phi = np.empty((model.data.cells, 4))
    for cell in range(model.data.cells):
        part = model.data.of_cell(cell)
        reads, kinds = model.data.reads.values[part], model.data.reads.kinds[part]
        low, high = np.quantile(reads, [0.02, 0.98])
        inner = (reads[:-1] > 0.75 * low + 0.25 * high) & (reads[:-1] < 0.25 * low + 0.75 * high)
        sizes = []
        for kind in (1, -1):
            pulses = kinds[1:] == kind
            use = pulses & inner if (pulses & inner).sum() > 2 else pulses
            steps = kind * np.diff(reads)[use]
            sizes.append(max(float(steps.mean()) if len(steps) else 0.0, 1e-4))
        up, down = sizes if all(size > 1e-4 for size in sizes) else (max(sizes), max(sizes))
        tilt = np.clip((up - down) / (up + down), -0.8, 0.8)
        phi[cell] = np.log((up + down) / 2), tilt, low, high
    return phi


def _starts(model: Model) -> list[tuple[Doubles, Doubles]]:
    """Return parameters and cells to begin from: half of what bends a trace is noise of reads."""
    first = first_cells(model)
    kinds, reads = model.data.reads.kinds, model.data.reads.values
    inner = (kinds[1:-1] != 0) & (kinds[2:] == kinds[1:-1])
    bends = np.abs(np.diff(reads, 2))[inner]
    noise = max(float(np.median(bends)) / 0.6745 / np.sqrt(12.0), 1e-5)
    starts = []
    for shape in model.law.starts():
        for margin in (0.0, 0.05):
            phi = first.copy()
            width = phi[:, 3] - phi[:, 2]
            phi[:, 2] -= margin * width
            phi[:, 3] += margin * width
            mu, sd = phi.mean(axis=0), phi.std(axis=0)
            mu[2:] = np.quantile(phi[:, 2], 0.3), np.quantile(phi[:, 3], 0.7)
            sigma = np.sqrt(3.0) * noise / np.exp(mu[0])
            spreads = [sd[0] + 0.05, sd[1] + 0.03, 0.5 * (sd[2] + sd[3]) + 0.01]
            shared = np.concatenate([shape, np.log([sigma, noise])])
            logs = np.log(spreads)[: model.spreads]
            starts.append((np.clip(np.concatenate([shared, mu, logs]), *model.limits), phi))
    return starts
