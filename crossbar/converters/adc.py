"""Analog-to-digital converters of line currents. The inference path of the chip has none."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.checks import check_fields
from crossbar.converters.bits import resolution
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Adc:
    """An analog-to-digital converter of line currents.

    Parameters
    ----------
    bits
        Resolution of the output converters (bits), over the span from minus to plus full scale.
    reach
        Full scale of the output converters, relative to that of the sense amplifier. None: the
        largest line current that a calibration met (:func:`crossbar.nn.calibrate`, which training
        and tests of an experiment call on training samples), and 1 before any.

    Source: definition (mid-tread quantiser). Valid for: static behaviour, no INL, no dynamic
    error; larger currents are cut and counted as saturated.
    """

    bits: int = resolution()
    reach: float | None = quantity(
        None, low=1e-3, high=1e3,
        remedy="1 is usual; below 0.001 every current is cut, beyond 1000 most codes stand idle.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def top(self) -> int:
        """Largest level, to each side of zero."""
        return int(2 ** (self.bits - 1) - 1)
