"""Stanford-PKU: metal-oxide ReRAM whose filament grows and dissolves across a gap."""

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

BOLTZMANN = 8.617333262e-5  # eV/K
HOTTEST = 1000.0  # K of self-heating, where the model is cut
STEEPEST_CURRENT, STEEPEST_RATE = 40.0, 60.0  # largest arguments of sinh
ONSET = 0.02  # of the least field, over which the motion sets in


@dataclass(frozen=True, kw_only=True)
class StanfordPku(CircuitCell):
    """The Stanford-PKU model: fields as in spice_models/stanford_pku.sub.

    x = (gap_max - gap)/(gap_max - gap_min), i = i0 exp(-gap/g0) sinh(v/v0),
    d gap/dt = -vel0 exp(-ea/kT) sinh(gamma a0 q v/(tox kT)), gamma = gamma0 - beta (gap/1 nm)^3,
    T = t0 + |v i| rth. Below the least field, gamma |v| / tox < f_min, the gap stands: with the
    published set below 1.05 V (gap of 0.2 nm) to 1.39 V (1.7 nm), so that reads do not disturb. The
    motion sets in over 2 % of that field and dies out in the last ``ramp`` of the range.

    The bare cell is no analog memory: the nearer the filament, the larger field and heat, so that
    at a constant voltage a set pulse moves the conductance by more than all pulses before it. An
    access resistance of 1.5 kohm takes voltage from the cell as it conducts better and so ends
    every set step by itself (as the transistor of a 1T1R cell does). 50 pulses of 10 ns at 2.1 V
    then move the cell from 4.5 to 52 uS, by 1.0 to 2.6 % of that range each, and 38 at -2.2 V move
    it back, by up to 3.5 %. Resets are a little stronger than sets on purpose: a reset train ends
    at the end of the gap, wherever it began, so that the cell forgets its start. Found by a scan of
    voltages (1.75 to 2.5 V), width and access resistance for the most even steps. At 1.6 V and
    2 kohm the field in the open gap is below the least one, and the cell never sets.

    Source: Jiang et al., IEEE TED 63(5), 1884, 2016; f_min from the released Verilog-A (doi
    10.4231/D37H1DN48), where the motion sets in at once; ramps and cut of the heat our own; pulses,
    access resistance and spreads assumed.
    Valid for: |v| < 3 V, self-heating below 1000 K.
    """

    i0: float = quantity(1e-3, unit="A", above=0, high=10)
    g0: float = quantity(0.25e-9, unit="m", above=0, high=1e-6)
    v0: float = quantity(0.25, unit="V", above=0, high=10)
    vel0: float = quantity(10.0, unit="m/s", above=0, high=1e6)
    ea: float = quantity(0.6, unit="eV", above=0, high=10)
    a0: float = quantity(0.25e-9, unit="m", above=0, high=1e-6)
    tox: float = quantity(12e-9, unit="m", above=0, high=1e-6)
    gamma0: float = quantity(16.0, above=0, high=1e3)
    beta: float = quantity(0.8, low=0, high=1e3)
    f_min: float = quantity(1.4e9, unit="V/m", low=0, high=1e12)
    t0: float = quantity(298.0, unit="K", above=0, high=1000)
    rth: float = quantity(2.1e3, unit="K/W", low=0, high=1e9)
    gap_min: float = quantity(0.2e-9, unit="m", low=0, high=1e-7)
    gap_max: float = quantity(1.7e-9, unit="m", above=0, high=1e-7)
    ramp: float = quantity(0.01, above=0, below=0.5)

    model: ClassVar = "stanford_pku"
    sine: ClassVar = Sine(amplitude=1.3, frequency=1e6)
    pulses: ClassVar = Pulses(
        v_set=2.1,
        v_reset=-2.2,
        v_read=0.1,
        t_set=10e-9,
        t_reset=10e-9,
        t_read=10e-9,
        t_edge=1e-9,
        r_access=1500.0,
    )
    spreads: ClassVar = {
        "vel0": Spread(d2d=0.1, c2c=0.1),
        "ea": Spread(d2d=0.005),
        "gamma0": Spread(d2d=0.005),
        "i0": Spread(d2d=0.05, c2c=0.02),
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        require_number("StanfordPku.gap_min", self.gap_min, below=self.gap_max, unit="m")

    def gap(self, x: Floats | float) -> Floats:
        """Return the gap [m] of the state ``x``."""
        return self.gap_max - (self.gap_max - self.gap_min) * inside(x)

    def current(self, v: Floats | float, x: Floats | float) -> Floats:
        """Return i0 exp(-gap/g0) sinh(v/v0) [A]."""
        bend = np.clip(np.asarray(v) / self.v0, -STEEPEST_CURRENT, STEEPEST_CURRENT)
        return np.asarray(self.i0 * np.exp(-self.gap(x) / self.g0) * np.sinh(bend))

    def temperature(self, v: Floats | float, x: Floats | float) -> Floats:
        """Return t0 + |v i| rth [K], the heating cut at 1000 K."""
        heat = np.abs(np.asarray(v) * self.current(v, x)) * self.rth
        return np.asarray(self.t0 + np.minimum(heat, HOTTEST))

    def rate(self, v: Floats | float, x: Floats | float) -> Floats:
        """Return dx/dt [1/s]."""
        kt = BOLTZMANN * self.temperature(v, x)
        nanometres = 1e9 * self.gap(x)
        gamma = self.gamma0 - self.beta * nanometres * nanometres * nanometres
        field = np.clip(gamma * self.a0 / self.tox * v / kt, -STEEPEST_RATE, STEEPEST_RATE)
        free = self.vel0 / (self.gap_max - self.gap_min) * np.exp(-self.ea / kt) * np.sinh(field)
        least = self.f_min * self.tox
        free = free * np.clip((gamma * np.abs(v) - least) / (ONSET * least + 1e-9), 0.0, 1.0)
        x = inside(x)
        rising = np.maximum(free, 0.0) * towards_one(x, self.ramp)
        return np.asarray(rising + np.minimum(free, 0.0) * towards_zero(x, self.ramp))
