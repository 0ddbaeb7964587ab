"""Converters at the edge of an array: DAC and ADC. The inference path of the chip has none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.errors import fail, require_number
from crossbar.types import Floats


def quantise(x: Floats, full_scale: Floats | float, bits: int) -> Floats:
    """Return ``x`` rounded to 2^bits - 1 levels, symmetric about zero, and cut at full scale.

    The step is ``full_scale / (2^(bits-1) - 1)``; inside the scale the error of a busy input is
    uniform, of variance step^2 / 12. ``full_scale`` (same shape or a scalar) may be zero where
    ``x`` is.
    """
    top = 2 ** (bits - 1) - 1
    step = np.where(np.equal(full_scale, 0), 1.0, full_scale) / top
    rounded: Floats = (np.clip(np.rint(x / step), -top, top) * step).astype(x.dtype)
    return rounded


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
