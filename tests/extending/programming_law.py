"""A way to write: targets on a grid of levels."""

from dataclasses import dataclass

import numpy as np

from crossbar.devices import Programming
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Levels(Programming):
    """The nearest of some levels, evenly over the range. Source: assumed."""

    levels: int = quantity(16, low=2, high=1000, words="levels of the range")

    def program(self, cells, target, *, rng):
        low, _, high = cells.spec.window
        step = (high - low) / (self.levels - 1)
        return cells.write(low + step * np.rint((target - low) / step))
