"""Digital-to-analog converters of line voltages. The inference path of the chip has none."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.checks import check_fields
from crossbar.converters.bits import resolution


@dataclass(frozen=True, kw_only=True)
class Dac:
    """A digital-to-analog converter of line voltages, full scale at the read voltage.

    Parameters
    ----------
    bits
        Resolution of the input converters (bits), over the span from minus to plus full scale.

    Source: definition (mid-tread quantiser). Valid for: static behaviour, no INL, no glitch.
    """

    bits: int = resolution()

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def top(self) -> int:
        """Largest level, to each side of zero."""
        return int(2 ** (self.bits - 1) - 1)
