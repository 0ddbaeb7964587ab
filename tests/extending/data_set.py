"""Two half circles that interlock, in the plane: a data set from outside."""

from dataclasses import dataclass

import numpy as np

from crossbar.data import Data, Dataset
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Moons(Data):
    noise: float = quantity(0.1, low=0, high=1, words="spread of the points")

    def dataset(self, progress=None):
        rng, y = np.random.default_rng(0), np.arange(400) % 2
        z = np.exp(1j * np.pi * (rng.random(400) + y)) + y * (1 + 0.5j)
        x = np.stack([z.real, z.imag], 1) + self.noise * rng.standard_normal((400, 2))
        return Dataset(x=x, y=y, groups=np.arange(400) // 40)  # of ten makers
