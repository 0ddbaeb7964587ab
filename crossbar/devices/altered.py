"""Devices that are another one but for a part of it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from crossbar.devices.cells import Cells
from crossbar.devices.conduction import Conduction
from crossbar.devices.device import Device
from crossbar.devices.laws.rounding import Rounding
from crossbar.devices.programming import Programming
from crossbar.types import FloatType


@dataclass(frozen=True, eq=False)
class Altered(Device):
    """A device in all but what a class derived from this one changes.

    Parameters
    ----------
    device
        The device.
    """

    device: Device

    @property
    def window(self) -> tuple[float, float, float]:
        """Window of the device [S]."""
        return self.device.window

    @property
    def quantum(self) -> float:
        """Step of the device [S]."""
        return self.device.quantum

    @property
    def read_noise(self) -> tuple[float, float]:
        """Read noise of the device."""
        return self.device.read_noise

    @abstractmethod
    def without_read_noise(self) -> Device:
        """Return the device with reads free of noise."""

    @property
    def write_pulse(self) -> tuple[float, float]:
        """Write pulse of the device."""
        return self.device.write_pulse

    @property
    def write_event(self) -> str:
        """Write event of the device."""
        return self.device.write_event

    @property
    def programming_law(self) -> Programming:
        """Programming of the device."""
        return self.device.programming_law

    @property
    def conduction(self) -> Conduction:
        """Conduction of the device."""
        return self.device.conduction

    @property
    def rounding(self) -> Rounding:
        """Rounding of the device."""
        return self.device.rounding

    @property
    def max_pulses(self) -> int:
        """Most pulses of the device."""
        return self.device.max_pulses

    @property
    def chosen_resistance(self) -> float | None:
        """Chosen resistance of the device."""
        return self.device.chosen_resistance

    @property
    def update_bits(self) -> int:
        """Converter of the device."""
        return self.device.update_bits

    def fabricate(
        self, shape: tuple[int, int], *, rng: np.random.Generator, dtype: FloatType
    ) -> Cells:
        """Fabricate the device."""
        return self.device.fabricate(shape, rng=rng, dtype=dtype)
