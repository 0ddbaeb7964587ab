"""Converters at the edge of an array: DAC and ADC. The inference path of the chip has none."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.errors import fail, require_number


def _require_bits(where: str, bits: int) -> None:
    if not isinstance(bits, int) or isinstance(bits, bool) or not 2 <= bits <= 24:
        fail(where, "a whole number of bits from 2 to 24", repr(bits), "8 is usual.")


@dataclass(frozen=True, kw_only=True)
class Dac:
    """A digital-to-analog converter of line voltages, full scale at the read voltage.

    Parameters
    ----------
    bits
        Resolution over the span from minus to plus full scale.

    Source: definition (mid-tread quantiser). Valid for: static behaviour, no INL, no glitch.
    """

    bits: int = 8

    def __post_init__(self) -> None:
        _require_bits("Dac.bits", self.bits)

    @property
    def top(self) -> int:
        """Largest level, to each side of zero."""
        return int(2 ** (self.bits - 1) - 1)


@dataclass(frozen=True, kw_only=True)
class Adc:
    """An analog-to-digital converter of line currents.

    Parameters
    ----------
    bits
        Resolution over the span from minus to plus full scale.
    reach
        Full scale relative to the full scale of the sense amplifier.

    Source: definition (mid-tread quantiser). Valid for: static behaviour, no INL, no dynamic
    error; larger currents are cut and counted as saturated.
    """

    bits: int = 8
    reach: float = 1.0

    def __post_init__(self) -> None:
        _require_bits("Adc.bits", self.bits)
        require_number("Adc.reach", self.reach, above=0, remedy="1 is usual.")

    @property
    def top(self) -> int:
        """Largest level, to each side of zero."""
        return int(2 ** (self.bits - 1) - 1)
