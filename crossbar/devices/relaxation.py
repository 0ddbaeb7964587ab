"""Relaxation of filaments: conductances that spread after the write, without a mean drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.polynomial import polyval

from crossbar.devices.drift import DRIFTS, Drift
from crossbar.types import Floats
from crossbar.units import SPREAD, quantity

DAY = 86400.0  # s
SIGMA = "Give the coefficients c0, c1, ... of sigma(x), relative to g_max."


@DRIFTS.register("filament-relaxation")
@dataclass(frozen=True, kw_only=True)
class FilamentRelaxation(Drift):
    """Each cell moves by its own normal number times what the spread has grown since the write.

    The spread s(t) of all cells about their targets is measured a second, a day and two days after
    the write; between them its square is linear in ln t, and after two days it stays. A cell moves
    by z sqrt(s(t)^2 - s(1 s)^2), and not below zero.

    Parameters
    ----------
    second
        Spread a second after the write, as a polynomial in the conductance relative to ``g_max``.
    day
        Spread after a day, as such a polynomial.
    two_days
        Spread after two days, as such a polynomial.

    Source: ReRAM of Wan et al., Nature 608:504, 2022, as fitted in IBM aihwkit,
    inference/noise/reram.py, at 40 uS; one number a cell for all times is assumed.
    Valid for: a second to two days.
    """

    second: tuple[float, ...] = quantity(
        (0.0087, 0.40075, -1.096325, 1.134825, -0.420375), role=SPREAD, low=-10, high=10,
        remedy=SIGMA,
    )  # fmt: skip
    day: tuple[float, ...] = quantity(
        (0.017525, 0.55215, -1.269325, 1.177375, -0.41145), role=SPREAD, low=-10, high=10,
        remedy=SIGMA,
    )  # fmt: skip
    two_days: tuple[float, ...] = quantity(
        (0.01955, 0.50685, -1.087675, 0.92655, -0.29835), role=SPREAD, low=-10, high=10,
        remedy=SIGMA,
    )  # fmt: skip

    def factor(self, x: Floats, z: Floats, since: Floats, until: Floats) -> Floats:
        """Return the conductance at ``until``, relative to that at ``since``."""
        before, after = (x + z * self._grown(x, time) for time in (since, until))
        kept: Floats = np.divide(
            np.maximum(after, 0), before, out=np.zeros_like(after), where=before > 0
        )
        return kept

    def _grown(self, x: Floats, seconds: Floats) -> Floats:
        """Return sqrt(s(t)^2 - s(1 s)^2)."""
        first, day, last = (polyval(x, c) ** 2 for c in (self.second, self.day, self.two_days))
        way = np.log(np.maximum(seconds, 1.0))
        early = np.clip(way / np.log(DAY), 0, 1)
        late = np.clip((way - np.log(DAY)) / np.log(2.0), 0, 1)
        grown: Floats = np.sqrt(np.maximum((day - first) * early + (last - day) * late, 0))
        return grown
