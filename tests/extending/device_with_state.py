"""A device with inner state: every pulse tires a cell, and rest restores it."""

from dataclasses import dataclass

import numpy as np

from crossbar.devices import Cells, Device, Tally, check_counts, single_pulses
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class TiringCell(Device):
    """Steps of the size step exp(-fatigue); a pulse adds ``loss`` to it, which decays with tau.

    Source: assumed. Valid for: this example.
    """

    g_min: float = quantity(1e-6, unit="S", low=1e-9, high=1, words="lowest conductance")
    g_max: float = quantity(40e-6, unit="S", low=1e-9, high=1, words="highest conductance")
    step: float = quantity(0.005, low=1e-6, high=0.5, words="step of a rested cell")
    loss: float = quantity(0.1, low=0, high=10, words="fatigue by one pulse")
    tau: float = quantity(10.0, unit="s", low=1e-6, high=1e9, words="time of recovery")

    @property
    def window(self):
        return self.g_min, (self.g_min + self.g_max) / 2, self.g_max

    @property
    def quantum(self):
        return self.step * (self.g_max - self.g_min)

    @property
    def write_pulse(self):
        return 1.5, 50e-9  # V, s

    def fabricate(self, shape, *, rng, dtype):
        return TiringCells(self, shape, rng=rng, dtype=dtype)


class TiringCells(Cells):
    def __init__(self, spec, shape, *, rng, dtype):
        super().__init__(spec, shape, rng=rng, dtype=dtype)
        self.fatigue = np.zeros(shape)

    def pulse(self, counts, *, rng):
        tally = Tally()
        for sign in single_pulses(check_counts(self, counts, rng)):
            tally.add(self.move(self.g + sign * self.spec.quantum * np.exp(-self.fatigue), sign))
            self.fatigue += self.spec.loss * np.abs(sign)
        return tally

    def age(self, seconds):
        rest = seconds - self.elapsed
        super().age(seconds)
        self.fatigue *= np.exp(-rest / self.spec.tau)
