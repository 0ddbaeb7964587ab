"""What cells make of the voltage across them: current and noise by siemens, with derivatives."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crossbar.devices import Conduction
from crossbar.kernels.settings import BIAS, SHOT, THERMAL
from crossbar.types import Doubles

SMALL = 0.03  # argument of the Langevin function below which three terms of its series do
STEP = 1e-5  # of a voltage, for the slope of the noise of a law by central differences


class Across(NamedTuple):
    """What a cell of one siemens does at a voltage.

    Attributes
    ----------
    current, slope
        Current [A], and its derivative by the voltage [S].
    noise, noise_slope
        Variance of the current besides that of the conductance [A^2], and its derivative by the
        voltage; of ohmic cells over the setting ``SHOT``, and without thermal noise.
    by
        Derivatives of the noise by settings.
    """

    current: Doubles
    slope: Doubles
    noise: Doubles
    noise_slope: Doubles
    by: dict[int, Doubles]


def across_cells(v: Doubles, settings: Doubles, law: Conduction | None) -> Across:
    """Return what cells do at ``v`` [V], by a law i = g h(v); None for ohmic ones."""
    if law is None:
        if not settings[SHOT]:
            return Across(v, np.ones(()), v, v, {})
        excess, slope, by_bias = excesses(v, settings[BIAS])
        return Across(v, np.ones(()), excess, slope, {BIAS: by_bias})
    h, slope = _shape(law, v)
    noise, by = _density(law, v, settings)
    step = STEP * np.maximum(np.abs(v), 1e-3 * np.abs(v).max(initial=1e-30))
    rise = _density(law, v + step, settings)[0] - _density(law, v - step, settings)[0]
    return Across(h, slope, noise, rise / (2 * step), by)


def _shape(law: Conduction, v: Doubles) -> tuple[Doubles, Doubles]:
    """Return h(v) and its slope."""
    pair = law.shape(v)
    assert pair is not None  # what the state is made by
    return np.asarray(pair[0], np.float64), np.asarray(pair[1], np.float64)


def _density(law: Conduction, v: Doubles, settings: Doubles) -> tuple[Doubles, dict[int, Doubles]]:
    """Return thermal and shot noise, and the derivatives by settings.

    S |h| coth x + (T - S / B) dh/dv with x = B |v| and the settings S, T and B: that of
    :meth:`crossbar.circuit.reading.CellNoise.density`.
    """
    h, slope = _shape(law, v)
    shot, thermal, bias = settings[[SHOT, THERMAL, BIAS]]
    size = np.abs(v)
    x = np.clip(bias * size, 1e-6, 300.0)
    rest = bias * size < 1e-6
    both = np.where(rest, slope / bias, np.abs(h) / np.tanh(x))
    noise = shot * both + (thermal - shot / bias) * slope
    bent = np.where(rest, slope / bias**2, np.abs(h) * size / np.sinh(x) ** 2)
    by = {SHOT: both - slope / bias, THERMAL: slope, BIAS: shot * (slope / bias**2 - bent)}
    return noise, by


def excesses(v: Doubles, inverse: float) -> tuple[Doubles, Doubles, Doubles]:
    """Return |v| L(x) with x = ``inverse`` |v|, and its derivatives by v and by ``inverse``.

    L is the Langevin function coth x - 1/x.
    """
    size = np.abs(v)
    x = np.minimum(inverse * size, 1e150)
    large = np.maximum(x, SMALL)
    langevin = np.where(
        x < SMALL, x / 3 - x**3 / 45 + 2 * x**5 / 945, 1 / np.tanh(large) - 1 / large
    )
    sinh = np.sinh(np.minimum(large, 300.0))
    bent = np.where(x < SMALL, 1 / 3 - x**2 / 15 + 2 * x**4 / 189, 1 / large**2 - 1 / sinh**2)
    return size * langevin, np.sign(v) * (langevin + x * bent), size**2 * bent
