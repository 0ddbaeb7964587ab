"""VTEAM: a memristor with voltage thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.devices.equations.base import (
    CircuitCell,
    Pulses,
    Sine,
    Spread,
    inside,
    towards_one,
    towards_zero,
)
from crossbar.errors import require_number
from crossbar.types import Floats
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Vteam(CircuitCell):
    """VTEAM, linear in resistance: fields as in spice_models/vteam.sub.

    x = 1 - (w - w_on)/(w_off - w_on), i = v / (r_off - (r_off - r_on) x),
    dx/dt = -k_on/D (v/v_on - 1)^a_on below v_on and -k_off/D (v/v_off - 1)^a_off above v_off with
    D = w_off - w_on, zero between; each dies out in the last ``ramp`` of the range.

    A negative voltage sets. The reset threshold of this set of parameters is 0.02 V, so that any
    positive read would disturb: it is read at -0.1 V, half the set threshold.

    Its pulses: 1 ns at -0.24 V and 50 ns at 0.1 V move the state by 3 % of its range. The model
    is linear in resistance, so that most of the conductance lies in the last pulses before r_on.

    Source: Kvatinsky et al., IEEE TCAS-II 62(8), 786, 2015; the ramp is our own, spreads assumed.
    Valid for: |v| < 3 V.
    """

    r_on: float = quantity(50.0, unit="ohm", low=1e-3, high=1e12)
    r_off: float = quantity(1000.0, unit="ohm", low=1e-3, high=1e15)
    w_on: float = quantity(0.0, unit="m", low=0, high=1e-6)
    w_off: float = quantity(3e-9, unit="m", low=1e-12, high=1e-6)
    k_on: float = quantity(-10.0, unit="m/s", low=-1e9, below=0)
    k_off: float = quantity(5e-4, unit="m/s", above=0, high=1e9)
    a_on: float = quantity(3.0, low=1, high=20)
    a_off: float = quantity(1.0, low=1, high=20)
    v_on: float = quantity(-0.2, unit="V", low=-10, below=0)
    v_off: float = quantity(0.02, unit="V", above=0, high=10)
    ramp: float = quantity(0.01, above=0, below=0.5)

    model: ClassVar = "vteam"
    sine: ClassVar = Sine(amplitude=0.25, frequency=1e6)
    pulses: ClassVar = Pulses(
        v_set=-0.24, v_reset=0.1, v_read=-0.1, t_set=1e-9, t_reset=50e-9, t_read=1e-9, t_edge=1e-10
    )
    spreads: ClassVar = {
        "k_on": Spread(d2d=0.1, c2c=0.1),
        "k_off": Spread(d2d=0.1, c2c=0.1),
        "r_on": Spread(d2d=0.05),
        "r_off": Spread(d2d=0.05),
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        require_number("Vteam.r_on", self.r_on, below=self.r_off, unit="ohm")
        require_number("Vteam.w_off", self.w_off, above=self.w_on, unit="m")

    def current(self, v: Floats | float, x: Floats | float) -> Floats:
        """Return v / (r_off - (r_off - r_on) x) [A]."""
        return np.asarray(v / (self.r_off - (self.r_off - self.r_on) * inside(x)))

    def rate(self, v: Floats | float, x: Floats | float) -> Floats:
        """Return dx/dt [1/s]."""
        x, span = inside(x), self.w_off - self.w_on
        over_on = np.maximum(np.asarray(v) / self.v_on - 1.0, 0.0)
        over_off = np.maximum(np.asarray(v) / self.v_off - 1.0, 0.0)
        rising = -self.k_on / span * over_on**self.a_on * towards_one(x, self.ramp)
        falling = self.k_off / span * over_off**self.a_off * towards_zero(x, self.ramp)
        return np.asarray(rising - falling)
