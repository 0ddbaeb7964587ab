"""A published device: its specification, the source of each number, and where it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from crossbar.checks import check_fields
from crossbar.devices.device import Device
from crossbar.devices.library.published import PublishedCurve
from crossbar.devices.periphery import Periphery
from crossbar.displayed import Displayed
from crossbar.errors import fail, shown
from crossbar.registry import Registry
from crossbar.sources import Source, sourced


@dataclass(frozen=True)
class Preset(Displayed):
    """A device with the source of each of its numbers and the range where they hold.

    Parameters
    ----------
    device
        The specification.
    given
        Sources by the names of the numbers that share them; see :func:`crossbar.sources.sourced`.
    valid_for
        Range and use where the device holds.
    published
        What its publications show, which its figures are drawn beside.
    periphery
        What stands around its cells, in place of what suits the class of the device.

    Raises
    ------
    ConfigError
        If a number of the device that is not at its default has no source.
    """

    device: Device
    given: dict[str, Source]
    valid_for: str
    published: tuple[PublishedCurve, ...] = ()
    periphery: Periphery | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        sourced(self.device, self.given, "Preset.given")

    @property
    def sources(self) -> dict[str, Source]:
        """Source of every number by its name, ``step.dw_min`` for one of the step."""
        return sourced(self.device, self.given)

    def drawn(self, draw: int) -> Preset:
        """Return the device with the numbers of one draw of its posterior.

        Raises
        ------
        ConfigError
            If it has none, as all that no file holds: :mod:`crossbar.devices.device_file`.
        """
        refuse_draw(draw)


def refuse_draw(draw: Any) -> NoReturn:
    """Raise, as only a device that was fitted has draws."""
    remedy = "Leave it out, or name the device.toml of a fit in device.kind."
    fail("draw", "no draw of a device without a posterior", shown(draw), remedy)


DEVICES = Registry(Device, "devices", "kinds of cell", also=Preset, setting="device")
