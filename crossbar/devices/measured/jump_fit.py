"""A jump table of measured pulses: distributions at levels where few pulses or none begin."""

from __future__ import annotations

import numpy as np

from crossbar.devices.measured.jumps import Jumps
from crossbar.devices.measured.pulse_trains import PulseTrains
from crossbar.devices.measured.smoothing import local_linear, weights_of
from crossbar.errors import DataError, message
from crossbar.types import Doubles, Floats

LEVELS, CHANGES = 33, 101
FEWEST = 50  # pulses of a polarity


def fitted_jumps(at: Floats, change: Floats, u: Doubles, x: Doubles) -> Jumps:
    """Return distributions at the levels ``u`` of pulses that changed from ``at`` by ``change``.

    With the mean m and the spread s against conductance, smoothed by :func:`local_linear`, the
    change by a pulse at level u is distributed as

        m(u) + s(u) (change_i - m(at_i)) / s(at_i),

    pulse i by its weight at u (:func:`weights_of`): pulses near a level tell the shape of its
    distribution, and all tell how it moves and widens. Probabilities are those at ``x``.
    """
    mean = local_linear(at, change, u)
    rest = change - np.interp(at, u, mean)
    least = 1e-3 * float(np.sqrt(np.mean(rest**2))) + 1e-12
    spread = np.sqrt(np.maximum(local_linear(at, rest**2, u), least**2))
    scaled = rest / np.interp(at, u, spread)
    order = np.argsort(scaled)
    weights = weights_of(at, u)[:, order]
    below = np.concatenate([np.zeros((len(u), 1)), np.cumsum(weights, axis=1)], axis=1)
    cdf = np.empty((len(u), len(x)))
    for k in range(len(u)):
        places = np.searchsorted(scaled[order], (x - mean[k]) / spread[k], side="right")
        cdf[k] = below[k][places] / below[k, -1]
    return Jumps(u=u, change=x, cdf=cdf)


def jumps_of(trains: PulseTrains, levels: int, changes: int) -> dict[str, Jumps]:
    """Return the distributions of set and reset changes in ``trains``, u over their range.

    Raises
    ------
    DataError
        If a polarity has fewer than 50 pulses.
    """
    low, high = trains.range
    u, sides = np.linspace(0.0, 1.0, levels), {}
    for name, rising in (("set", True), ("reset", False)):
        own = trains.rising == rising
        if own.sum() < FEWEST:
            where, remedy = trains.source or "JumpTable", "Measure more pulses, or fit a law."
            text = message(where, f"{FEWEST} {name} pulses or more", f"{own.sum()}", remedy)
            raise DataError(text)
        at = (trains.before[own] - low) / (high - low)
        change = (trains.after[own] - trains.before[own]) / (high - low)
        sides[name] = fitted_jumps(at, change, u, _axis(change, changes))
    return sides


def _axis(change: Doubles, points: int) -> Doubles:
    """Return changes from the least to the largest, half a step beyond both."""
    low, high = float(change.min()), float(change.max())
    step = max(high - low, 1e-9) / (points - 2)
    return np.linspace(low - step / 2, high + step / 2, points)
