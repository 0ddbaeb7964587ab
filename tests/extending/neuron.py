"""A quadratic neuron in closed form: C dV/dt = k (V - rest) (V - critical) + I."""

from dataclasses import dataclass

import numpy as np

from crossbar.spiking import Neuron, NeuronState, Spikes
from crossbar.types import Floats
from crossbar.units import quantity


@dataclass(eq=False, repr=False)
class Membranes(NeuronState):
    y: Floats  # k / C times the voltage above the middle of rest and critical: dy/dt = y^2 + drive


@dataclass(frozen=True, kw_only=True)
class Quadratic(Neuron):
    k: float = quantity(1e-8, above=0, high=1.0, unit="A/V^2")
    capacitance: float = quantity(1e-12, above=0, high=1.0, unit="F")
    rest: float = quantity(0.0, low=-10, high=10, unit="V")
    critical: float = quantity(0.2, low=-10, high=10, unit="V")
    peak: float = quantity(0.5, low=-10, high=10, unit="V")
    reset: float = quantity(0.0, low=-10, high=10, unit="V")

    def scaled(self, v):
        return self.k / self.capacitance * (v - (self.rest + self.critical) / 2)

    def fabricate(self, count, *, rng):
        return Membranes(count, 0.0, np.full(count, self.scaled(self.rest)))

    def move(self, until, current, state):
        drives = self.k * current / self.capacitance**2 - self.scaled(self.rest) ** 2
        fired = []
        for j, drive in enumerate(drives):
            t, root = state.t, np.sqrt(complex(drive or 1e-30))
            while (wait := self.wait(state.y[j], drive, root)) < until - t:
                t, state.y[j] = t + wait, self.scaled(self.reset)
                fired.append((t, j))
            c, s = np.cos(root * (until - t)).real, (np.sin(root * (until - t)) / root).real
            state.y[j] = (state.y[j] * c + drive * s) / (c - state.y[j] * s)
        times, lines = zip(*fired, strict=True) if fired else ((), ())
        return Spikes.in_order(np.array(times), np.array(lines, int), state.count)

    def wait(self, y, drive, root):
        """Return t to the peak: tan(root t) / root = (peak - y) / (drive + peak y)."""
        peak = self.scaled(self.peak)
        if y >= peak:
            return 0.0
        if drive <= 0 and y <= abs(root):  # it falls back to rest
            return np.inf
        up, along = (peak - y) * root, drive + peak * y
        angle = np.arctan2(up.real, along) if drive > 0 else np.arctanh(up.imag / along)
        return angle / abs(root)

    def add(self, neurons, charges, state):
        np.add.at(state.y, neurons, self.k / self.capacitance * charges / self.capacitance)

    def potential(self, state):
        return state.y * self.capacitance / self.k + (self.rest + self.critical) / 2
