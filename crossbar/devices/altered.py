"""Devices that are another one but for a part of it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from crossbar.devices.cells import Cells
from crossbar.devices.device import Device
from crossbar.types import FloatType, Rng


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
