"""An ADC by successive approximation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from crossbar.contracts import answer
from crossbar.converters.adc import ADCS, OFFSET, Adc
from crossbar.converters.binary import mid_tread
from crossbar.converters.converter import MidTread
from crossbar.converters.costs import AdcCosts, NeurosimSar
from crossbar.converters.transfer import Transfer
from crossbar.energy.cost import Cost
from crossbar.sources import assumed
from crossbar.types import Rng
from crossbar.units import SPREAD, quantity

_NEUROSIM = NeurosimSar()


@ADCS.register("sar")
@dataclass(frozen=True, kw_only=True)
class SarAdc(MidTread, Adc):
    """Successive approximation: one comparison a bit with what binary-weighted capacitors give.

    With the capacitors C_b = 2^b (1 + e_b) of the bits, e_b of deviation s / sqrt(2^b) where s is
    ``capacitor_d2d``, and one unit C_0 that ends the array, code c begins at
    2^bits sum_b bit_b(c) C_b / (C_0 + sum_b C_b) + offset, in steps: the variance of that is
    s^2 c (1 - c / 2^bits). A comparison whose test lies beyond earlier ones decides nothing, so
    codes are missing where errors pass a step.

    Parameters
    ----------
    bits
        Resolution of the output converters (bits), over the span from minus to plus full scale.
    capacitor_d2d
        Standard deviation of a unit capacitor, relative to it; each capacitor of each line has its
        own error.
    offset_d2d
        Standard deviation of the offset of the comparator of each line, relative to a step.
    costs
        Model of energy, time and area; published ones differ by several times.

    Source: definition (mid-tread quantiser; charge redistribution, McCreary and Gray, IEEE JSSC
    10(6):371, 1975); energy, time and area by ``costs``.
    Valid for: static behaviour: settling and kick-back are not in it.
    """

    faults: ClassVar[tuple[str, ...]] = ("capacitor_d2d", "offset_d2d")
    bits: int = quantity(8, low=2, high=24, remedy="8 is usual; no converter resolves more.")
    capacitor_d2d: float = quantity(
        0.0, role=SPREAD,
        share=True, low=0, high=0.2, remedy="Beyond 20 % some capacitors would be negative.",
    )  # fmt: skip
    offset_d2d: float = quantity(0.0, role=SPREAD, low=0, high=100, remedy=OFFSET)
    costs: AdcCosts = _NEUROSIM

    def __post_init__(self) -> None:
        super().__post_init__()
        answer(self.costs, "energy", self.bits)  # or why there is no such ADC

    def fabricate(self, lines: int, *, rng: Rng) -> Transfer:
        """Return the transfer of ``lines`` converters with their capacitors and comparators."""
        units = 2.0 ** np.arange(self.bits)
        errors = self.capacitor_d2d * rng.standard_normal((lines, self.bits + 1))
        capacitors, last = units + np.sqrt(units) * errors[:, :-1], 1.0 + errors[:, -1:]
        chosen = np.arange(1, 2**self.bits)[:, None] >> np.arange(self.bits) & 1
        gain = 2.0**self.bits / (capacitors.sum(axis=1, keepdims=True) + last)
        offsets = self.offset_d2d * rng.standard_normal((lines, 1))
        return mid_tread(gain * (capacitors @ chosen.T) + offsets, self.bits)

    @property
    def energy(self) -> Cost:
        """Energy of a conversion [J]."""
        return self.costs.energy(self.bits)

    @property
    def time(self) -> Cost:
        """Time of a conversion [s]."""
        return self.costs.time(self.bits)

    @property
    def area(self) -> Cost:
        """Area [m2]."""
        return self.costs.area(self.bits)


def like_sar(cost: Cost) -> Cost:
    """Return the ``cost`` of a SAR ADC as that of another converter, of which it is assumed."""
    return replace(cost, source=assumed(f"as a SAR ADC: {cost.source.text}"))


class LikeSar(Adc):
    """An ADC of which energy, time and area are assumed: those of a SAR ADC of as many bits.

    A class derived from it has the field ``bits``.
    """

    bits: int

    @property
    def energy(self) -> Cost:
        """Energy of a conversion [J]."""
        return like_sar(SarAdc(bits=self.bits).energy)

    @property
    def time(self) -> Cost:
        """Time of a conversion [s]."""
        return like_sar(SarAdc(bits=self.bits).time)

    @property
    def area(self) -> Cost:
        """Area [m2]."""
        return like_sar(SarAdc(bits=self.bits).area)
