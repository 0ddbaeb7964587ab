"""A step that falls exponentially to a floor, each way by numbers of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from crossbar.devices.laws.steps import STEPS, Step
from crossbar.types import Floats
from crossbar.units import NOISE, quantity


def _number(default: float, high: float, what: str) -> Any:
    return quantity(default, low=0, high=high, remedy=what)


FLOOR = "It is the least step of a pulse relative to the range, typically 0.001."
RISE = "It is by how many floors the step at the other end is larger."
STEEP = "It is how fast the step falls over the range; 5 is usual."
SPREAD = "It is a standard deviation of a step; 0 for none."
DW = 0.00135  # of the fit, on weights over a range of 2


@STEPS.register("exponential-floor")
@dataclass(frozen=True, kw_only=True)
class ExponentialFloor(Step):
    """Set steps floor (1 + rise exp(-steepness u)); reset steps the same of 1 - u, by their own.

    At the bound that a pulse leads to the step does not vanish; the bound cuts it. Pulses spread
    by the standard deviation ``noise`` times the step, plus ``noise_floor`` plus ``noise_slope`` u.

    Parameters
    ----------
    floor
        Floor of a set step, relative to the range.
    rise
        Growth of a set step towards the lower bound, in floors.
    steepness
        Steepness of a set step.
    floor_reset
        Floor of a reset step, relative to the range.
    rise_reset
        Growth of a reset step towards the upper bound, in floors.
    steepness_reset
        Steepness of a reset step.
    noise
        Spread from pulse to pulse of a set step, relative to it.
    noise_reset
        Spread from pulse to pulse of a reset step, relative to it.
    noise_floor
        Spread from pulse to pulse at any step, relative to the range.
    noise_slope
        Growth of that spread with the conductance, relative to the range.

    Source: form of the exponential-step device of IBM aihwkit, as fitted to HfO2 ReRAM of Gong et
    al., Nat. Commun. 9:2102, 2018, whose numbers are the defaults.
    Valid for: steps much smaller than the range.
    """

    floor: float = _number(DW / 2, 0.5, FLOOR)
    rise: float = _number(1.18445, 1e6, RISE)
    steepness: float = _number(5.0, 50, STEEP)
    floor_reset: float = _number(DW * (1 - 0.259359) / 2, 0.5, FLOOR)
    rise_reset: float = _number(0.081404 * math.exp(5.0), 1e6, RISE)
    steepness_reset: float = _number(5.0, 50, STEEP)
    noise: float = quantity(0.0, share=True, role=NOISE, low=0, high=100, remedy=SPREAD)
    noise_reset: float = quantity(0.0, share=True, role=NOISE, low=0, high=100, remedy=SPREAD)
    noise_floor: float = quantity(0.0, share=True, role=NOISE, low=0, high=1, remedy=SPREAD)
    noise_slope: float = quantity(0.0, share=True, role=NOISE, low=0, high=1, remedy=SPREAD)

    def set_mean(self, u: Floats) -> Floats:
        """Return floor (1 + rise exp(-steepness u))."""
        step: Floats = self.floor * (1.0 + self.rise * np.exp(-self.steepness * u))
        return step

    def reset_mean(self, u: Floats) -> Floats:
        """Return the same of 1 - u, by the numbers of reset steps."""
        grown = 1.0 + self.rise_reset * np.exp(-self.steepness_reset * (1.0 - u))
        step: Floats = self.floor_reset * grown
        return step

    def set_spread(self, u: Floats) -> Floats:
        """Return noise step + noise_floor + noise_slope u."""
        return self.noise * self.set_mean(u) + self.noise_floor + self.noise_slope * u

    def reset_spread(self, u: Floats) -> Floats:
        """Return noise_reset step + noise_floor + noise_slope u."""
        return self.noise_reset * self.reset_mean(u) + self.noise_floor + self.noise_slope * u
