"""Plasticity with rectangular windows: cells rise by a step or fall by one."""

from dataclasses import dataclass

import numpy as np

from crossbar.spiking import Plasticity
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Rectangular(Plasticity):
    step: float = quantity(0.01, above=0, high=1)
    width: float = quantity(1e-3, unit="s", above=0, high=1)

    def change(self, lag, x, since=np.inf):
        moved = np.where(np.abs(lag) < self.width, self.step * np.sign(lag), 0.0)
        return np.clip(moved, -x, 1 - x)
