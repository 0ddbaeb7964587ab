"""A uniform ADC of one comparator a threshold, each with its offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.converters.adc import ADCS, Adc
from crossbar.converters.converter import MidTread
from crossbar.converters.transfer import Transfer
from crossbar.energy.cost import Cost
from crossbar.sources import assumed, derived
from crossbar.types import Rng
from crossbar.units import SPREAD, quantity

PUBLISHED = "Van der Plas et al., ISSCC 2006 (90 nm flash, 4 bit, 1.25 GS/s, 2.5 mW)"


@ADCS.register("flash")
@dataclass(frozen=True, kw_only=True)
class FlashAdc(MidTread, Adc):
    """One comparator a threshold: the fastest, its energy and area double with each bit.

    The code is the number of comparators that the signal is above, so that no offset makes the
    code fall where the signal rises.

    Parameters
    ----------
    bits
        Resolution of the output converters (bits), over the span from minus to plus full scale.
    offset_d2d
        Standard deviation of the offsets of the comparators, relative to a step; each comparator
        of each line has its own.

    Source: definition; energy and time derived from a published flash ADC, area assumed.
    """

    faults: ClassVar[tuple[str, ...]] = ("offset_d2d",)
    bits: int = quantity(4, low=2, high=10, remedy="Beyond 10 bits it has a thousand comparators.")
    offset_d2d: float = quantity(
        0.0,
        role=SPREAD,
        low=0,
        high=10,
        remedy="It is relative to a step; 0.2 is a careful design.",
    )

    def fabricate(self, lines: int, *, rng: Rng) -> Transfer:
        """Return the transfer of ``lines`` converters with the offsets of their comparators."""
        ideal = self.transfer()
        step = ideal.levels[1] - ideal.levels[0]
        offsets = rng.standard_normal((lines, ideal.codes - 1))
        return ideal._replace(
            thresholds=np.sort(ideal.thresholds + self.offset_d2d * step * offsets, axis=1)
        )

    @property
    def comparators(self) -> int:
        """Number of comparators, one fewer than codes."""
        return int(2**self.bits - 2)

    @property
    def energy(self) -> Cost:
        """Energy of a conversion [J]: 2 pJ over 15 comparators each."""
        text = f"{PUBLISHED}: 133 fJ a comparator, {self.comparators} comparators"
        return Cost(value=2.5e-3 / 1.25e9 / 15 * self.comparators, source=derived(text))

    @property
    def time(self) -> Cost:
        """Time of a conversion [s]."""
        return Cost(value=0.8e-9, unit="s", source=derived(f"{PUBLISHED}: one conversion"))

    @property
    def area(self) -> Cost:
        """Area [m2]."""
        text = f"25 um2 a comparator with its share of ladder and encoder, {self.comparators}"
        return Cost(value=25e-12 * self.comparators, unit="m2", source=assumed(text))
