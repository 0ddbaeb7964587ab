"""A uniform ADC that counts until a ramp has passed the signal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.converters.adc import ADCS, OFFSET, Adc
from crossbar.converters.converter import MidTread
from crossbar.converters.transfer import Transfer
from crossbar.energy.cost import Cost
from crossbar.sources import assumed, derived
from crossbar.types import Rng
from crossbar.units import SPREAD, quantity

STEP = 300e-12  # s, of one code
POWER = 10e-6  # W, while it counts


@ADCS.register("ramp")
@dataclass(frozen=True, kw_only=True)
class RampAdc(MidTread, Adc):
    """One comparator and a counter: small, and its time and energy double with each bit.

    Parameters
    ----------
    bits
        Resolution of the output converters (bits), over the span from minus to plus full scale.
    bow
        How far the ramp, which all lines share, is above a straight one in the middle, in steps.
    offset_d2d
        Standard deviation of the offset of the comparator of each line, relative to a step.

    Source: definition; time a step as published for the counting ADCs of HERMES-Core, energy and
    area assumed. Valid for: static behaviour; the longest conversion is charged for every one.
    """

    faults: ClassVar[tuple[str, ...]] = ("bow", "offset_d2d")
    bits: int = quantity(8, low=2, high=16, remedy="Beyond 16 bits it counts for microseconds.")
    bow: float = quantity(0.0, low=-100, high=100, remedy="It is relative to a step.")
    offset_d2d: float = quantity(0.0, role=SPREAD, low=0, high=100, remedy=OFFSET)

    def fabricate(self, lines: int, *, rng: Rng) -> Transfer:
        """Return the transfer of ``lines`` converters with their comparators on one ramp."""
        ideal = self.transfer()
        step = ideal.levels[1] - ideal.levels[0]
        curve = self.bow * (1.0 - np.square(ideal.thresholds))
        offsets = self.offset_d2d * rng.standard_normal((lines, 1))
        thresholds = np.maximum.accumulate(ideal.thresholds + step * (curve + offsets), axis=1)
        return ideal._replace(thresholds=thresholds)

    @property
    def energy(self) -> Cost:
        """Energy of a conversion [J]."""
        text = f"10 uW for comparator and counter over 300 ps a code, {self.bits} bit"
        return Cost(value=POWER * self.time.value, source=assumed(text))

    @property
    def time(self) -> Cost:
        """Time of a conversion [s]."""
        paper = "HERMES-Core (Khaddam-Aljameh et al., IEEE JSSC 57(4), 2022)"
        text = f"300 ps a code as published for {paper}, {2**self.bits - 1} codes"
        return Cost(value=STEP * (2**self.bits - 1), unit="s", source=derived(text))

    @property
    def area(self) -> Cost:
        """Area [m2]."""
        text = f"50 um2 for a comparator, 25 um2 a bit of the counter, {self.bits} bit"
        return Cost(value=(50 + 25 * self.bits) * 1e-12, unit="m2", source=assumed(text))
