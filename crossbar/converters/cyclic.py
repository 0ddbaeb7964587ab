"""A uniform ADC that doubles its residue, bit after bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.converters.adc import ADCS, OFFSET
from crossbar.converters.binary import mid_tread
from crossbar.converters.converter import MidTread
from crossbar.converters.sar import LikeSar
from crossbar.converters.transfer import Transfer
from crossbar.types import Rng
from crossbar.units import SPREAD, quantity


@ADCS.register("cyclic")
@dataclass(frozen=True, kw_only=True)
class CyclicAdc(MidTread, LikeSar):
    """One comparator and one amplifier, used for every bit: small, and its gain is its linearity.

    The residue of each bit is r' = G r - d, where d = 1 if r is above the offset of the comparator
    and -1 if not, r begins as the signal over full scale, and G = 2 (1 + e). Bit k, the first one
    being 0, therefore decides at offset G^-k + sum_j d_j G^-(j + 1) over the bits before it.

    Parameters
    ----------
    bits
        Resolution of the output converters (bits), over the span from minus to plus full scale.
    gain_d2d
        Standard deviation of e, the relative error of the gain of two of each line.
    offset_d2d
        Standard deviation of the offset of the comparator of each line, relative to a step.

    Source: definition; energy, time and area assumed as of a SAR ADC of as many bits.
    Valid for: static behaviour.
    """

    faults: ClassVar[tuple[str, ...]] = ("gain_d2d", "offset_d2d")
    bits: int = quantity(8, low=2, high=24, remedy="8 is usual.")
    gain_d2d: float = quantity(
        0.0, role=SPREAD,
        share=True, low=0, high=0.2, remedy="An error of 2^-bits costs half a step at mid-scale.",
    )  # fmt: skip
    offset_d2d: float = quantity(0.0, role=SPREAD, low=0, high=100, remedy=OFFSET)

    def fabricate(self, lines: int, *, rng: Rng) -> Transfer:
        """Return the transfer of ``lines`` converters with their amplifiers and comparators."""
        errors = rng.standard_normal((2, lines, 1))
        gain = 2.0 * (1.0 + self.gain_d2d * errors[0])
        half = 2.0 ** (self.bits - 1)
        offset = self.offset_d2d * errors[1] / half
        code = np.arange(1, 2**self.bits)
        depth = self.bits - 1 - np.log2(code & -code).astype(int)  # which bit asks for the code
        decides = offset * gain**-depth
        for bit in range(self.bits - 1):
            decision = 2 * (code >> (self.bits - 1 - bit) & 1) - 1
            decides = decides + (bit < depth) * decision * gain ** -(bit + 1)
        return mid_tread(half * (1.0 + decides), self.bits)
