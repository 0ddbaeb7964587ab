"""Any device, read with a further noise, as under stress."""

from __future__ import annotations

import math
from dataclasses import dataclass

from crossbar.devices.altered import Altered
from crossbar.devices.device import Device
from crossbar.units import NOISE, quantity


@dataclass(frozen=True, eq=False)
class NoisyReads(Altered):
    """A device whose reads have a further noise, as under stress.

    It is independent of the device's own, so their variances add: the absolute part of
    :attr:`Device.read_noise` becomes sqrt(s^2 + (sigma (g_max - g_min))^2). The part relative to
    the conductance and a law of the cells stay, and so do the cells: they are made, programmed and
    pulsed as without it.

    Parameters
    ----------
    device
        The device.
    sigma
        Standard deviation of the further noise of a read of one cell, relative to the range.

    Source: definition.
    """

    sigma: float = quantity(
        0.0, role=NOISE, share=True, low=0, high=1,
        remedy="It is relative to the range; at 1 a read says nothing.",
    )  # fmt: skip

    @property
    def read_noise(self) -> tuple[float, float]:
        """Standard deviation of a read: absolute [S], and relative to the value."""
        low, _, high = self.window
        absolute, relative = self.device.read_noise
        return math.hypot(absolute, self.sigma * (high - low)), relative

    def without_read_noise(self) -> Device:
        """Return the device with reads free of any noise."""
        return self.device.without_read_noise()
