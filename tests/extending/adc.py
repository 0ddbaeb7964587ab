"""An ADC that resolves small currents more finely than large ones."""

from dataclasses import dataclass

import numpy as np

from crossbar.converters import Adc, nearest
from crossbar.energy import Cost
from crossbar.sources import assumed
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class SquareAdc(Adc):
    """Levels are the squares of equal steps; a current has the code of the nearest level.

    Parameters
    ----------
    bits
        2^bits - 1 levels from minus to plus full scale.
    """

    bits: int = quantity(5, low=2, high=10, remedy="5 is usual.")

    def transfer(self):
        steps = np.linspace(-1, 1, 2**self.bits - 1)
        return nearest(steps * np.abs(steps))

    @property
    def energy(self):
        return Cost(value=20e-15 * 2**self.bits, source=assumed("20 fJ a level"))

    @property
    def time(self):
        return Cost(value=5e-9, unit="s", source=assumed("5 ns for one conversion"))

    @property
    def area(self):
        return Cost(value=4e-12 * 2**self.bits, unit="m2", source=assumed("4 um2 a level"))
