"""A law of conduction: what a cell passes at a voltage, by its conductance."""

from dataclasses import dataclass

import numpy as np

from crossbar.devices import Factorised
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Saturating(Factorised):
    """i = g v_sat tanh(v / v_sat). Source: assumed."""

    v_sat: float = quantity(0.3, unit="V", low=1e-3, high=100, words="voltage of saturation")

    def shape(self, v):
        h = np.tanh(v / self.v_sat)
        return self.v_sat * h, 1 - h * h
