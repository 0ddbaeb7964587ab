"""A law of drift: what a cell keeps of its conductance with time."""

from dataclasses import dataclass

import numpy as np

from crossbar.devices import Drift
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Logarithmic(Drift):
    """g(t) = g(1 s) (1 - loss log10(t / 1 s)), a tenth at least. Source: assumed."""

    loss: float = quantity(0.02, low=0, high=0.5, words="loss of conductance a decade")

    def factor(self, x, z, since, until):
        kept, left = (np.maximum(1 - self.loss * np.log10(t), 0.1) for t in (since, until))
        return left / kept
