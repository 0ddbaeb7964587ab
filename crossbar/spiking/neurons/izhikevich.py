"""Izhikevich's neuron: two equations that spike as cortical neurons do."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from crossbar.errors import fail
from crossbar.spiking.neurons.integrated import Integrated
from crossbar.spiking.neurons.neuron import NEURONS
from crossbar.types import Doubles
from crossbar.units import METHOD, quantity

SQUARE, LINEAR, CONSTANT = 4e4, 5e3, 140.0  # 0.04 / (mV ms), 5 / ms, 140 mV / ms: published
LARGEST = 1e6


@NEURONS.register("izhikevich")
@dataclass(frozen=True, kw_only=True)
class Izhikevich(Integrated):
    """dV/dt = 0.04 V^2 + 5 V + 140 - u + I / C, du/dt = a (b V - u), in mV and ms.

    At the peak V is set to c, and u rises by d. In SI units 0.04 / (mV ms) is 4e4 / (V s), 5 / ms
    is 5e3 / s, and 1 mV / ms is 1 V / s.

    Parameters
    ----------
    a : [1/s]
        Rate of the recovery u.
    b : [1/s]
        How much u follows V: 200 is 0.2 of the source.
    c : [V]
        V after a spike.
    d : [V/s]
        What u rises by.
    peak : [V]
        V of a spike.
    capacitance : [F]
        C: with 1 pF a current of 10 pA is the 10 of the source.
    rtol
        Relative tolerance of the integrator.

    Raises
    ------
    ConfigError
        If there is no rest: (5 - b)^2 < 4 x 0.04 x 140 in units of the source; or c is not below
        the peak.

    Source: Izhikevich, IEEE Trans. Neural Networks 14:1569, 2003, eq 1-3; C is assumed.
    """

    a: float = quantity(20.0, unit="1/s", above=0, high=LARGEST)
    b: float = quantity(200.0, unit="1/s", low=-LARGEST, high=LARGEST)
    c: float = quantity(-65e-3, unit="V", low=-1, high=1)
    d: float = quantity(8.0, unit="V/s", low=-LARGEST, high=LARGEST)
    peak: float = quantity(30e-3, unit="V", low=-0.03, high=1)
    capacitance: float = quantity(1e-12, unit="F", above=0, high=1.0)
    rtol: float = quantity(1e-8, role=METHOD, low=1e-13, high=1e-3)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self._root() < 0:
            got, remedy = f"{self.b:g} 1/s", "Below 267 1/s there is a rest."
            fail("Izhikevich.b", "a value with a resting voltage", got, remedy)
        if self.c >= self.peak:
            fail("Izhikevich.c", "a voltage below the peak", f"{self.c:g} V", "Lower it.")

    def _root(self) -> float:
        """Return what the root is taken of, for the resting voltage."""
        return (LINEAR - self.b) ** 2 - 4 * SQUARE * CONSTANT

    @property
    def level(self) -> float:
        """Voltage of a spike [V]."""
        return self.peak

    def at_rest(self) -> Doubles:
        """Return V and u where both stay: the lower root of 0.04 V^2 + (5 - b) V + 140 = 0."""
        v = (self.b - LINEAR - math.sqrt(self._root())) / (2 * SQUARE)
        return np.array([v, self.b * v])

    def slopes(self, y: Doubles, drive: float) -> tuple[float, float]:
        """Return dV/dt and du/dt."""
        v, u = y
        return SQUARE * v * v + LINEAR * v + CONSTANT - u + drive, self.a * (self.b * v - u)

    def reset(self, y: Doubles) -> Doubles:
        """Return c and u + d."""
        return np.array([self.c, y[1] + self.d])


def published(kind: str, words: str, **constants: float) -> Izhikevich:
    """Return a class of neurons of the source, registered as ``kind``."""
    return NEURONS.register(kind, words=words)(Izhikevich(**constants))


REGULAR_SPIKING = published("regular-spiking", "Izhikevich, intervals that grow.")
"""Intervals that grow after the first: most excitatory neurons of the cortex."""
INTRINSICALLY_BURSTING = published(
    "intrinsically-bursting", "Izhikevich, a burst, then single spikes.", c=-55e-3, d=4.0
)
"""A burst, then single spikes."""
CHATTERING = published("chattering", "Izhikevich, bursts that go on.", c=-50e-3, d=2.0)
"""Bursts that go on."""
FAST_SPIKING = published(
    "fast-spiking", "Izhikevich, fast trains without adaptation.", a=100.0, d=2.0
)
"""Fast trains without adaptation: inhibitory neurons."""
LOW_THRESHOLD = published(
    "low-threshold", "Izhikevich, fires at lower currents and slows down.", b=250.0, d=2.0
)
"""Fires at lower currents, in trains that slow down: inhibitory neurons."""
