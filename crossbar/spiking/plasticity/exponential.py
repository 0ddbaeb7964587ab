"""Exponentials fitted to the sides of a learning window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import curve_fit

from crossbar.brief import brief
from crossbar.errors import DataError, message
from crossbar.types import Floats

LEAST = 0.01  # of the largest change; smaller ones belong to no side


@dataclass(frozen=True)
class SideFit:
    """One side of a window as amplitude exp(-(distance - start) / tau).

    Attributes
    ----------
    amplitude
        Change of the state at ``start``, with its sign.
    start, support
        Lags [s] between which the side was fitted: from the end of the earlier spike to the
        last change of 1 % of the largest.
    tau
        Time constant [s].
    r_squared
        Coefficient of determination.
    """

    amplitude: float
    start: float
    support: float
    tau: float
    r_squared: float

    __repr__ = brief

    def change(self, lag: Floats) -> Floats:
        """Return what the fit says at distances ``lag`` [s] from zero."""
        return np.asarray(self.amplitude * np.exp(-(np.abs(lag) - self.start) / self.tau))


def fitted(lag: Floats, change: Floats) -> SideFit:
    """Fit the ``change`` (n,) of the state at distances ``lag`` (n,) [s], which rise.

    Raises
    ------
    DataError
        If fewer than five changes are as large as 1 % of the largest: there is no side; or if
        changes do not fall off with the lag, as where a spike alone moves the cell.
    """
    large = np.abs(change) >= LEAST * np.abs(change).max(initial=0.0)
    kept = slice(0, int(np.flatnonzero(large).max(initial=-1)) + 1)
    t, y = lag[kept] - lag[0], change[kept]
    if np.count_nonzero(y) < 5:
        got = f"{np.count_nonzero(y)} other than 0"
        remedy = "Raise plateaus or tails, so that together they pass the threshold."
        raise DataError(message("learning window", "five changes to fit", got, remedy))
    scale, unit = float(y[np.argmax(np.abs(y))]), float(t[-1])

    def curve(t: Floats, amplitude: float, rate: float) -> Floats:
        return np.asarray(amplitude * np.exp(-rate * t))

    (amplitude, rate), _ = curve_fit(curve, t / unit, y / scale, p0=(1.0, 3.0))
    if np.ptp(y) == 0.0 or rate <= 0.0:
        got = f"{y[0]:+.3g} at the shortest and {y[-1]:+.3g} at the longest"
        remedy = "Lower the plateaus: a spike alone is to leave the cell as it is."
        raise DataError(
            message("learning window", "changes that fall off with the lag", got, remedy)
        )
    left = np.square(y / scale - curve(t / unit, amplitude, rate)).sum()
    r_squared = 1 - left / np.square(y / scale - np.mean(y / scale)).sum()
    return SideFit(
        amplitude=float(amplitude * scale),
        start=float(lag[0]),
        support=float(lag[kept][-1]),
        tau=float(unit / rate),
        r_squared=float(r_squared),
    )
