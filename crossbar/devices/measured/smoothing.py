"""A smooth curve through scattered steps."""

from __future__ import annotations

import numpy as np

from crossbar.types import Floats

BAND = 0.1  # of the range, the least width over which steps are averaged
NEIGHBOURS = 12  # steps that are averaged at least


def local_linear(at: Floats, value: Floats, u: Floats) -> Floats:
    """Return a smooth curve through points: at each ``u`` the straight line fitted around it.

    Exact where the points lie on a straight line. Weights are (1 - (distance/band)^3)^3. Where
    the points stand in one place, further than three of their standard deviations from ``u``, a
    line through them says nothing of u, and their mean stands for it.
    """
    weights = weights_of(at, u)
    x = at[None, :] - u[:, None]
    s0, s1, s2 = ((weights * x**k).sum(axis=1) for k in range(3))
    t0, t1 = (weights * value).sum(axis=1), (weights * x * value).sum(axis=1)
    determinant = s0 * s2 - s1**2  # s0^2 times the variance of where the points are
    far = 9 * determinant <= s1**2 + 1e-9 * s0 * s2
    line = (s2 * t0 - s1 * t1) / np.where(far, 1.0, determinant)
    return np.asarray(np.where(far, t0 / s0, line))


def weights_of(at: Floats, u: Floats) -> Floats:
    """Return the weight of every point for every ``u``, (u, points)."""
    distance = np.abs(at[None, :] - u[:, None])
    least = min(NEIGHBOURS, len(at)) - 1
    band = np.maximum(BAND, 1.001 * np.sort(distance, axis=1)[:, least])[:, None]
    weights: Floats = np.clip(1.0 - (distance / band) ** 3, 0.0, None) ** 3
    return weights
