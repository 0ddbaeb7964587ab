"""Devices that are another one but for a part of it."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from crossbar.devices.cells import Cells
from crossbar.devices.device import Device
from crossbar.types import FloatType, Rng
from crossbar.units import NOISE, quantity


def _same(name: str) -> Any:
    """Return the property ``name`` of the device that is altered."""
    return property(attrgetter(f"device.{name}"), doc=getattr(Device, name).__doc__)


@dataclass(frozen=True, eq=False)
class Altered(Device):
    """A device in all but what a class derived from this one changes.

    Parameters
    ----------
    device
        The device.
    """

    device: Device

    window = _same("window")
    quantum = _same("quantum")
    read_noise = _same("read_noise")
    write_pulse = _same("write_pulse")
    write_event = _same("write_event")
    programming_law = _same("programming_law")
    conduction = _same("conduction")
    rounding = _same("rounding")
    max_pulses = _same("max_pulses")
    chosen_resistance = _same("chosen_resistance")
    update_bits = _same("update_bits")

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
