"""What the membrane of a circuit says of a LIF neuron: threshold, reset, leak, capacitance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from crossbar.array_checks import require_array
from crossbar.errors import DataError, message
from crossbar.spiking.spikes import Spikes
from crossbar.types import Doubles

OPENED = 0.01  # of the steepest fall: slower than that, the reset switch is open
PIECES = 8  # equations between two spikes
ALIKE = 0.1  # of the largest: slopes closer than that do not tell the threshold


class Constants(NamedTuple):
    """Fields of a LIF neuron in SI units."""

    threshold: float
    reset: float
    refractory: float
    capacitance: float
    g_leak: float


class Discharge(NamedTuple):
    """A reset in the samples of a waveform.

    ``top`` is the last sample before the fall, ``bottom`` the one at which the switch is open, and
    ``settled`` one as long after that as it is after the spike at ``t`` [s].
    """

    t: float
    top: int
    bottom: int
    settled: int


@dataclass(frozen=True)
class Waveform:
    """A membrane over time, with the current into it; integrals are by the trapezoid rule.

    Attributes
    ----------
    t, v, i : (points,)
        Times [s], voltage above rest [V] and current [A].
    """

    t: Doubles
    v: Doubles
    i: Doubles

    def charge(self, start: int, stop: int) -> float:
        """Return the integral of the current between two samples [C]."""
        return float(np.trapezoid(self.i[start : stop + 1], self.t[start : stop + 1]))

    def discharge(self, spike: float, until: float) -> Discharge:
        """Return the reset of the spike at ``spike`` [s], that ends before ``until``."""
        k, end = np.searchsorted(self.t, (spike, until))
        slope = np.diff(self.v) / np.diff(self.t)
        k = int(k)
        top = k
        while top > 0 and slope[top - 1] < 0:
            top -= 1
        steepest, bottom = 0.0, k
        while bottom < min(end, slope.size) and slope[bottom] <= OPENED * steepest:
            steepest = min(steepest, slope[bottom])
            bottom += 1
        settled = int(np.searchsorted(self.t, 2 * self.t[bottom] - spike))
        if not steepest or settled >= min(int(end), self.t.size - 1):
            where = "LIF.calibrate.spikes"
            got, remedy = f"none at {spike:g} s", "Give spikes whose reset the waveform has."
            raise DataError(message(where, "a fall of the membrane at a spike", got, remedy))
        return Discharge(spike, top, bottom, settled)

    def passive(self, resets: list[Discharge]) -> tuple[float, float]:
        """Return C [F] and g_leak [S]: least squares of C dV + g int V dt = int I dt."""
        rows, charges = [], []
        for before, after in pairwise(resets):
            cuts = np.linspace(before.settled, after.top - 1, PIECES + 1).astype(int)
            for start, stop in pairwise(cuts.tolist()):
                area = np.trapezoid(self.v[start : stop + 1], self.t[start : stop + 1])
                rows.append((self.v[stop] - self.v[start], area))
                charges.append(self.charge(start, stop))
        scale = np.abs(rows).max(axis=0)
        solved = np.linalg.lstsq(np.array(rows) / scale, np.array(charges), rcond=None)
        c, g = solved[0] / scale
        return float(c), float(g)


def constants(t: object, v: object, spikes: Spikes, current: object, rest: float) -> Constants:
    """Return what a membrane says of the neuron; see :meth:`crossbar.spiking.LIF.calibrate`."""
    where = "LIF.calibrate"
    times = require_array(f"{where}.t", t, ("points",)).astype(np.float64)
    volts = require_array(f"{where}.v", v, times.shape).astype(np.float64) - rest
    amperes = require_array(f"{where}.current", current, times.shape).astype(np.float64)
    if times.size < 2 or np.diff(times).min() <= 0:
        remedy = "Give the samples of a transient."
        raise DataError(message(f"{where}.t", "times that go forwards", "others", remedy))
    if spikes.width != 1 or len(spikes) < 3:
        got, remedy = f"{len(spikes)} of {spikes.width} lines", "Stimulate it longer."
        raise DataError(message(f"{where}.spikes", "3 spikes of one neuron", got, remedy))
    wave = Waveform(times, volts, amperes)
    ends = [*spikes.times[1:].tolist(), float(times[-1])]
    resets = [wave.discharge(*pair) for pair in zip(spikes.times.tolist(), ends, strict=True)]
    c, g = wave.passive(resets)
    slopes = np.array([(amperes[one.top] - g * volts[one.top]) / c for one in resets])
    peaks = np.array([volts[one.top] for one in resets])
    threshold = _turning(peaks, slopes)
    lags = [one.t - times[one.top] for one in resets] + (peaks - threshold) / slopes
    bottoms, after = [], float(np.mean([times[one.bottom] - one.t for one in resets]))
    for one in resets:
        opens = int(np.searchsorted(times, one.t + after))
        rest_of_step = (times[opens] - one.t - after) * amperes[opens]
        gained = rest_of_step + wave.charge(opens, one.settled)
        bottoms.append(volts[one.settled] - gained / c)
    reset = float(np.mean(bottoms))
    refractory = after + float(np.mean(lags))
    return Constants(rest + threshold, rest + reset, refractory, c, g)


def _turning(peaks: Doubles, slopes: Doubles) -> float:
    """Return the voltage [V] from which a slow membrane fires by itself.

    A regenerative comparator turns at a saddle-node, which a membrane of slope s passes in a time
    as s^(-1/3), so that it fires above it by as much as s^(2/3).
    """
    if slopes.min() <= 0 or np.ptp(slopes) < ALIKE * slopes.max():
        got = f"{slopes.min():g} to {slopes.max():g} V/s"
        remedy = "Stimulate it by currents that differ."
        where = "LIF.calibrate.current"
        raise DataError(message(where, "slopes at spikes that differ by a tenth", got, remedy))
    rows = np.stack((np.ones(slopes.size), (slopes / slopes.max()) ** (2 / 3)), axis=1)
    return float(np.linalg.lstsq(rows, peaks, rcond=None)[0][0])
