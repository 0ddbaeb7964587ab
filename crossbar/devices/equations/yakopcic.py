"""The Yakopcic memristor: a sinh current and exponential rates above thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.devices.equations.base import CircuitCell, Pulses, Sine, Spread, inside
from crossbar.types import Floats
from crossbar.units import quantity

STEEPEST = 40.0  # largest argument of exp and sinh, here and in the subcircuit


@dataclass(frozen=True, kw_only=True)
class Yakopcic(CircuitCell):
    """The model of Yakopcic: fields as in spice_models/yakopcic.sub.

    i = a x sinh(b v) with a = a1 for v > 0, a2 for v < 0;
    dx/dt = eta ap (e^v - e^vp) f_p(x) above vp and -eta an (e^-v - e^vn) f_n(x) below -vn, zero
    between. f_p = exp(-alpha_p (x - xp)) (1 - x)/(1 - xp) above xp, 1 below; f_n is its mirror
    image about 1 - xn. The paper's A_p and A_n are ``ap`` and ``an``.

    Its pulses: 50 us at +-0.3 V move the state by 3.5 % where no window slows it.

    Source: Yakopcic et al., IEEE TCAD 32(8), 1201, 2013; spreads assumed.
    Valid for: |v| < 5 V.
    """

    a1: float = quantity(0.17, unit="A", above=0, high=1e3)
    a2: float = quantity(0.17, unit="A", above=0, high=1e3)
    b: float = quantity(0.05, unit="1/V", above=0, high=1e3)
    vp: float = quantity(0.16, unit="V", low=0, high=10)
    vn: float = quantity(0.15, unit="V", low=0, high=10)
    ap: float = quantity(4000.0, unit="1/s", above=0, high=1e12)
    an: float = quantity(4000.0, unit="1/s", above=0, high=1e12)
    xp: float = quantity(0.3, above=0, below=1)
    xn: float = quantity(0.5, above=0, below=1)
    alpha_p: float = quantity(1.0, low=0, high=100)
    alpha_n: float = quantity(5.0, low=0, high=100)
    eta: float = quantity(1.0, above=0, high=1e3)
    x0: float = quantity(0.11, low=0, high=1)

    model: ClassVar = "yakopcic"
    sine: ClassVar = Sine(amplitude=0.45, frequency=100.0)
    pulses: ClassVar = Pulses(
        v_set=0.3,
        v_reset=-0.3,
        v_read=0.1,
        t_set=50e-6,
        t_reset=50e-6,
        t_read=10e-6,
        t_edge=0.5e-6,
    )
    spreads: ClassVar = {
        "ap": Spread(d2d=0.1, c2c=0.1),
        "an": Spread(d2d=0.1, c2c=0.1),
        "a1": Spread(d2d=0.05),
        "a2": Spread(d2d=0.05),
    }

    def current(self, v: Floats | float, x: Floats | float) -> Floats:
        """Return a x sinh(b v) [A]."""
        bend = np.sinh(np.clip(self.b * np.asarray(v), -STEEPEST, STEEPEST))
        return inside(x) * (self.a1 * np.maximum(bend, 0.0) + self.a2 * np.minimum(bend, 0.0))

    def rate(self, v: Floats | float, x: Floats | float) -> Floats:
        """Return dx/dt [1/s]."""
        v, x = np.asarray(v), inside(x)
        over_p = np.maximum(np.exp(np.minimum(v, STEEPEST)) - np.exp(self.vp), 0.0)
        over_n = np.maximum(np.exp(np.minimum(-v, STEEPEST)) - np.exp(self.vn), 0.0)
        slow_p = np.exp(-self.alpha_p * np.maximum(x - self.xp, 0.0)) * (1 - x) / (1 - self.xp)
        slow_n = np.exp(self.alpha_n * np.minimum(x + self.xn - 1, 0.0)) * x / (1 - self.xn)
        rising = self.ap * over_p * np.minimum(slow_p, 1.0)
        falling = self.an * over_n * np.minimum(slow_n, 1.0)
        return np.asarray(self.eta * (rising - falling))
