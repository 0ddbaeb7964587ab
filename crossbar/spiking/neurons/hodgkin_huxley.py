"""The neuron of Hodgkin and Huxley: sodium, potassium and leak of a squid's axon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq

from crossbar.errors import fail
from crossbar.spiking.neurons.integrated import Integrated
from crossbar.spiking.neurons.neuron import NEURONS
from crossbar.types import Doubles
from crossbar.units import METHOD, quantity

LOWEST, HIGHEST = -0.2, 0.2  # V, where the resting voltage is sought
MS = 1e3  # 1/s


@NEURONS.register("hodgkin-huxley")
@dataclass(frozen=True, kw_only=True)
class HodgkinHuxley(Integrated):
    """C dV/dt = I - g_na m^3 h (V - e_na) - g_k n^4 (V - e_k) - g_leak (V - e_leak).

    Each gate obeys dx/dt = alpha (1 - x) - beta x. With v = V + 65 mV and rates in 1/ms: alpha_m =
    0.1 f(v - 25), beta_m = 4 e^{-v / 18}; alpha_h = 0.07 e^{-v / 20}, beta_h = 1 / (1 + e^{(30 - v)
    / 10}); alpha_n = 0.01 f(v - 10), beta_n = 0.125 e^{-v / 80}; with f(v) = v / (1 - e^{-v / 10}).
    A spike is where V rises through ``spike_level``.

    Parameters
    ----------
    capacitance : [F]
        C.
    g_na, g_k, g_leak : [S]
        Largest conductances.
    e_na, e_k, e_leak : [V]
        Reversal voltages.
    spike_level : [V]
        V of a spike.
    rtol
        Relative tolerance of the integrator.

    Source: Hodgkin and Huxley, J. Physiol. 117:500, 1952, table 3 (6.3 degrees Celsius), with the
    rest at -65 mV as is usual now; the membrane of 1000 um2 that makes densities conductances is
    assumed: 1 uA/cm2 is 10 pA.
    """

    capacitance: float = quantity(1e-11, unit="F", above=0, high=1.0)
    g_na: float = quantity(1.2e-6, unit="S", low=0, high=1.0)
    g_k: float = quantity(3.6e-7, unit="S", low=0, high=1.0)
    g_leak: float = quantity(3e-9, unit="S", above=0, high=1.0)
    e_na: float = quantity(50e-3, unit="V", low=LOWEST, high=HIGHEST)
    e_k: float = quantity(-77e-3, unit="V", low=LOWEST, high=HIGHEST)
    e_leak: float = quantity(-54.387e-3, unit="V", low=LOWEST, high=HIGHEST)
    spike_level: float = quantity(0.0, unit="V", low=LOWEST, high=HIGHEST)
    rtol: float = quantity(1e-8, role=METHOD, low=1e-13, high=1e-3)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.at_rest()[0] >= self.spike_level:
            expected, got = "a voltage above rest", f"{self.spike_level:g} V"
            fail("HodgkinHuxley.spike_level", expected, got, "0 V is usual.")

    @property
    def level(self) -> float:
        """Voltage of a spike [V]."""
        return self.spike_level

    def at_rest(self) -> Doubles:
        """Return V and the gates where all stay."""
        v: float = brentq(lambda v: -self._current(v, *_settled(v)), LOWEST, HIGHEST, xtol=1e-16)
        return np.array([v, *_settled(v)])

    def _current(self, v: float, m: float, h: float, n: float) -> float:
        """Return the current out of the cell [A]."""
        sodium = self.g_na * m**3 * h * (v - self.e_na)
        potassium = self.g_k * n**4 * (v - self.e_k)
        return sodium + potassium + self.g_leak * (v - self.e_leak)

    def slopes(self, y: Doubles, drive: float) -> tuple[float, float, float, float]:
        """Return dV/dt and those of the gates m, h and n."""
        v, m, h, n = y
        gates = ((a * (1 - x) - b * x) for (a, b), x in zip(_rates(v), (m, h, n), strict=True))
        return drive - self._current(v, m, h, n) / self.capacitance, *gates


def _rates(v: float) -> tuple[tuple[Any, Any], ...]:
    """Return alpha and beta of the gates m, h and n [1/s] at ``v`` [V]."""
    v = 1e3 * v
    return (
        (0.1 * MS * _f(v + 40), 4 * MS * np.exp(-(v + 65) / 18)),
        (0.07 * MS * np.exp(-(v + 65) / 20), MS / (1 + np.exp(-(v + 35) / 10))),
        (0.01 * MS * _f(v + 55), 0.125 * MS * np.exp(-(v + 65) / 80)),
    )


def _f(v: float) -> Any:
    """Return v / (1 - e^{-v / 10}), 10 at 0."""
    return 10.0 if v == 0 else -v / np.expm1(-v / 10)


def _settled(v: float) -> tuple[Any, ...]:
    """Return the gates m, h and n where they stay at ``v``."""
    return tuple(a / (a + b) for a, b in _rates(v))
