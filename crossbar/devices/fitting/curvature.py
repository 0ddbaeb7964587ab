"""Derivatives of the likelihood, and what cells are at their most probable numbers (Laplace)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import special

from crossbar.devices.fitting.model import CELL, GROUPS, NUDGE, Model
from crossbar.types import Doubles, Masks

WIDE = 1e-3  # change of a shared number for the derivative of a curvature
GAIN = 0.5  # most that the logarithm of a density is taken to rise by a step


class Curvature(NamedTuple):
    """Log-likelihood (sets, cells), its gradient (.., n) and Fisher information (.., n, n)."""

    log: Doubles
    gradient: Doubles
    information: Doubles


def curvature(model: Model, theta: Doubles, phi: Doubles, *, deep: bool) -> Curvature:
    """Return the likelihood about ``theta`` (sets, size) and ``phi`` (sets, cells, 4).

    By the four numbers of each cell, and with ``deep`` by what all cells share as well. The Fisher
    information of predictions with mean m and variance S is
    sum (dm dm / S + dS dS / (2 S^2)): it needs first derivatives alone, and is never negative.
    """
    (sets, cells), q = phi.shape[:2], len(model.law.shapes)
    shared, mu, _ = model.split(theta)
    n = len(CELL) + (model.shared if deep else 0)
    nudge = np.full((sets, n), NUDGE)
    if deep and q:  # away from the nearer limit
        upper = np.where(np.isfinite(model.law.high), model.law.high, 1e300)
        nearer = shared[:, :q] - model.law.low > upper - shared[:, :q]
        nudge[:, 4 : 4 + q] *= np.where(nearer, -1.0, 1.0)
    one = np.repeat(phi[:, :, None], n + 1, axis=2)
    every = np.broadcast_to(shared[:, None, None], (sets, cells, n + 1, model.shared)).copy()
    k = np.arange(n)
    one[:, :, 1 + k[:4], k[:4]] += nudge[:, None, :4]
    table = np.broadcast_to(np.arange(sets)[:, None, None], (sets, cells, n + 1)).copy()
    shapes = [shared[:, :q]]
    if deep:
        every[:, :, 5 + k[: n - 4], k[: n - 4]] += nudge[:, None, 4:]
        for i in range(q):
            shapes.append(shared[:, :q] + nudge[:, 4 + i, None] * (np.arange(q) == i))
            table[:, :, 5 + i] += (1 + i) * sets
    cell = np.broadcast_to(np.arange(cells)[None, :, None], table.shape).ravel()
    means = np.broadcast_to(mu[:, None, None], (*table.shape, 4)).reshape(-1, 4)
    lanes = model.lanes(
        cell, one.reshape(-1, 4), every[..., q:].reshape(-1, 2), means, table.ravel()
    )
    seen = model.predicted(lanes, model.tables(np.concatenate(shapes)))
    log, mean, variance = (part.reshape(*table.shape, *part.shape[1:]) for part in seen)
    known = np.isfinite(variance[:, :, 0])
    base = np.where(known, variance[:, :, 0], 1.0)[:, :, None]
    away = nudge[:, None, :, None]
    d_mean, d_variance = (
        np.where(known[:, :, None], x[:, :, 1:], 0.0) - np.where(known, x[:, :, 0], 0.0)[:, :, None]
        for x in (mean, variance)
    )
    d_mean, d_variance = d_mean / (away * np.sqrt(base)), d_variance / (away * base)
    fisher = d_mean @ d_mean.swapaxes(2, 3) + 0.5 * d_variance @ d_variance.swapaxes(2, 3)
    return Curvature(log[..., 0], (log[..., 1:] - log[..., :1]) / nudge[:, None], fisher)


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells near their most probable numbers, given ``theta``.

    Attributes
    ----------
    phi : (cells, 4)
        Numbers of the cells here.
    step : (cells, 4)
        From here to where a quadratic log-density is largest.
    covariance : (cells, 4, 4)
        Of the four numbers.
    held : (cells,) bool
        Whether the lower bound is a tenth of ``g_min``, where what it would be is known to lie
        below.
    latent : (cells, 4)
        Most probable numbers; of a held bound, the mean of what it would be.
    evidence : (cells,)
        Logarithm of the likelihood of each cell, its own numbers integrated out.
    """

    phi: Doubles
    step: Doubles
    covariance: Doubles
    held: Masks
    latent: Doubles
    evidence: Doubles


def precision(s: Doubles) -> Doubles:
    """Return the inverse variances (..., 4) of the numbers of cells with spreads ``s`` (..., 3)."""
    inverse: Doubles = 1.0 / s[..., [0, 1, 2, 2]] ** 2
    return inverse


def laplace(model: Model, theta: Doubles, phi: Doubles, seen: Curvature) -> Cells:
    """Return the cells at ``phi`` (cells, 4), from the curvature of the likelihood there."""
    _, mu, s = model.split(theta)
    weight, edge = precision(s), float(model.edge(mu))
    gradient = seen.gradient[:, :4] - (phi - mu) * weight
    held = (phi[:, 2] <= edge) & (gradient[:, 2] <= 0)
    hessian = seen.information[:, :4, :4] + np.diag(weight)
    hessian[held, 2, :] = hessian[held, :, 2] = 0.0
    hessian[held, 2, 2] = 1.0
    gradient[held, 2] = 0.0
    covariance: Doubles = np.linalg.inv(hessian).astype(np.float64)
    step = np.einsum("dij,dj->di", covariance, gradient)
    step /= np.maximum(np.abs(step / [1.0, 0.3, 0.3, 0.3]).max(axis=1, keepdims=True), 1.0)
    alpha = (edge - mu[2]) / s[2]
    ratio = float(np.exp(-0.5 * alpha**2 - special.log_ndtr(alpha))) / np.sqrt(2 * np.pi)
    density = -0.5 * weight * (phi - mu) ** 2 + 0.5 * np.log(weight)
    density[held, 2] = special.log_ndtr(alpha)
    latent = phi + step
    latent[:, 2] = np.where(held, mu[2] - s[2] * ratio, np.maximum(latent[:, 2], edge))
    covariance[held, 2, 2] = max(1.0 - alpha * ratio - ratio**2, 1e-6) * s[2] ** 2
    rise = np.clip(0.5 * (gradient * step).sum(axis=1), 0.0, GAIN)
    evidence = seen.log + density.sum(axis=1) + rise - 0.5 * np.linalg.slogdet(hessian)[1]
    return Cells(phi, step, covariance, held, latent, evidence)


def settled(model: Model, theta: Doubles, starts: Sequence[Doubles], steps: int) -> Cells:
    """Return the cells at their most probable numbers.

    The search begins at each of ``starts`` (cells, 4), with the bounds there and with those of the
    mean cell: where a cell never meets a bound, every bound beyond its reads is as likely, and one
    at its last read is a maximum of its own.
    """
    _, mu, _ = model.split(theta)
    every = []
    for phi in starts:
        for own in ([2, 3], [2], [3], []):
            start = phi.copy()
            other = [k for k in (2, 3) if k not in own]
            start[:, other] = mu[other]
            every.append(_settled(model, theta, start, steps))
    best = every[0]
    for one in every[1:]:
        best = _better(one, best)
    return best


def _settled(model: Model, theta: Doubles, phi: Doubles, steps: int) -> Cells:
    """Return the cells at their most probable numbers, searched from ``phi`` (cells, 4)."""
    _, mu, _ = model.split(theta)
    edge = float(model.edge(mu))
    damping = np.ones(len(phi))
    best: Cells | None = None
    for _ in range(steps):
        phi = np.column_stack([phi[:, :2], np.maximum(phi[:, 2], edge), phi[:, 3]])
        sets = curvature(model, theta[None], phi[None], deep=False)
        now = laplace(model, theta, phi, Curvature(*(part[0] for part in sets)))
        if best is None:
            best = now
        else:
            better = now.evidence >= best.evidence - 1e-9
            damping = np.where(better, np.minimum(2 * damping, 1.0), 0.3 * damping)
            best = _better(now, best)
        phi = best.phi + damping[:, None] * best.step
    assert best is not None
    return best


def _better(one: Cells, other: Cells) -> Cells:
    """Return every cell as it is more probable."""
    better = one.evidence >= other.evidence - 1e-9
    chosen = {}
    for name, value in vars(one).items():
        mask = better.reshape(-1, *(1,) * (value.ndim - 1))
        chosen[name] = np.where(mask, value, getattr(other, name))
    return Cells(**chosen)


def grouped(values: Doubles) -> Doubles:
    """Return the sums of ``values`` (..., 4) over numbers that share a spread (..., 3)."""
    return np.stack([values[..., list(group)].sum(axis=-1) for group in GROUPS], axis=-1)
