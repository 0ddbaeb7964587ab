"""A price of conversions by their steps, and a full scale of so many rms currents."""

from dataclasses import dataclass

import numpy as np

from crossbar.converters import AdcCosts, Calibration
from crossbar.energy import Cost
from crossbar.sources import assumed
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class PerStep(AdcCosts):
    """The same energy for every step of the range.

    Parameters
    ----------
    step : [J]
        Energy of a step.
    """

    step: float = quantity(1e-15, unit="J", above=0, high=1e-9)

    def energy(self, bits):
        return Cost(value=self.step * 2**bits, source=assumed(f"{self.step:g} J a step"))


@dataclass(frozen=True, kw_only=True)
class Deviations(Calibration):
    """So many rms currents.

    Parameters
    ----------
    count
        How many.
    """

    count: float = quantity(3.0, above=0, high=100)

    def reach(self, seen, transfer):
        return self.count * np.sqrt(np.average(seen.values**2, weights=seen.counts))
