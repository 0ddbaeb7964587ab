"""Devices that are another one but for a part of it."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass

from crossbar.contracts import forwarded
from crossbar.devices.cells import Cells
from crossbar.devices.device import Device
from crossbar.types import FloatType, Rng
from crossbar.units import NOISE, quantity


@dataclass(frozen=True, eq=False)
class Altered(Device):
    """A device in all but what a class derived from this one changes.

    Parameters
    ----------
    device
        The device.
    """

    device: Device

    window = forwarded("device", "window", Device)
    quantum = forwarded("device", "quantum", Device)
    read_noise = forwarded("device", "read_noise", Device)
    write_pulse = forwarded("device", "write_pulse", Device)
    write_event = forwarded("device", "write_event", Device)
    activated = forwarded("device", "activated", Device)
    programming_law = forwarded("device", "programming_law", Device)
    conduction = forwarded("device", "conduction", Device)
    rounding = forwarded("device", "rounding", Device)
    max_pulses = forwarded("device", "max_pulses", Device)
    chosen_resistance = forwarded("device", "chosen_resistance", Device)
    cell_area = forwarded("device", "cell_area", Device)
    update_bits = forwarded("device", "update_bits", Device)

    @abstractmethod
    def without_read_noise(self) -> Device:
        """Return the device with reads free of noise."""

    def fabricate(self, shape: tuple[int, int], *, rng: Rng, dtype: FloatType) -> Cells:
        """Fabricate the device."""
        return self.device.fabricate(shape, rng=rng, dtype=dtype)


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
