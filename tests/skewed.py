"""Jump tables with distributions that no mean and spread describe: skewed, with two humps."""

from __future__ import annotations

import numpy as np

from crossbar.devices import Jumps, JumpTable

G_MIN, G_MAX = 2e-6, 42e-6


def sides(levels: int = 21, changes: int = 33) -> dict[str, tuple[np.ndarray, ...]]:
    """Set pulses fail in a fifth of cases, and else take an exponential share of what is left."""
    u, x = np.linspace(0.0, 1.0, levels), np.linspace(-0.2, 0.6, changes)
    scale = 0.02 + 0.08 * (1.0 - u)[:, None]
    failed = np.clip((x + 0.02) / 0.04, 0.0, 1.0)
    moved = 1.0 - np.exp(-np.clip(x, 0.0, None) / scale)
    rises = 0.2 * failed + 0.8 * moved
    span = G_MAX - G_MIN
    g = G_MIN + span * u
    return {"set": (g, span * x, rises), "reset": (g, -span * x[::-1], 1.0 - rises[::-1, ::-1])}


def skewed() -> JumpTable:
    return JumpTable.of(sides())


def uniform(ends: list[tuple[float, float]], u: list[float]) -> Jumps:
    """Changes that are uniform between the ``ends`` of every level."""
    x = np.unique(np.ravel(ends))
    cdf = [np.clip((x - a) / (b - a), 0.0, 1.0) for a, b in ends]
    return Jumps(u=np.array(u), change=x, cdf=np.array(cdf))
