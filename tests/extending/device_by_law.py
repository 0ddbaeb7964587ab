"""A device whose pulses follow a law of its own: the mean and the spread of a step."""

from dataclasses import dataclass

import numpy as np

from crossbar.devices import Memristor, Preset, Step
from crossbar.sources import assumed
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class CosineStep(Step):
    """A set step 2 dw cos^2(pi u / 2), u from 0 to 1 over the range, with a constant spread.

    Reset steps are the mirror image; ``reset_mean`` and ``reset_spread`` would say otherwise.
    Source: assumed.
    """

    dw: float = quantity(0.004, low=1e-6, high=0.1, words="step in the middle of the range")
    noise: float = quantity(0.001, low=0, high=0.1, words="spread of a step")

    def set_mean(self, u):
        return 2 * self.dw * np.cos(np.pi * u / 2) ** 2

    def set_spread(self, u):
        return np.full_like(u, self.noise)


CELL = Preset(
    Memristor(g_min=2e-6, g_max=50e-6, step=CosineStep(), sigma_read=0.01),
    {"g_min g_max sigma_read": assumed("a range of 2 to 50 uS, read with 1 % of noise")},
    valid_for="this example",
)
