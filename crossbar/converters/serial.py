"""A DAC of one bit, given the bits of a number one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crossbar.converters.dac import DACS
from crossbar.converters.switched import Step, Switched
from crossbar.energy.converters import isaac_dac
from crossbar.energy.cost import Cost
from crossbar.sources import derived
from crossbar.types import Doubles, Floats
from crossbar.units import quantity


@DACS.register("serial")
@dataclass(frozen=True, kw_only=True)
class SerialDac(Switched):
    """One switch a line: every bit takes a step of the array, and currents add up by their weight.

    The sign comes first and settles the polarity of the line, which rests meanwhile; the bits of
    the magnitude follow.

    Parameters
    ----------
    bits
        Resolution of the input converters (bits), over the span from minus to plus full scale.

    Source: definition (mid-tread quantiser); energy and area ISAAC. Valid for: currents of all
    bits that add up in analog form before one conversion (assumed).
    """

    bits: int = quantity(8, low=2, high=24, remedy="8 is usual; no converter resolves more.")

    @property
    def slots(self) -> int:
        """One step of the array a bit."""
        return self.bits

    @property
    def averaging(self) -> float:
        """Bits count by their weights: 3 of them, nearly, however many there are."""
        weights = 2.0 ** np.arange(self.bits - 1)
        return float(weights.sum() ** 2 / (weights**2).sum())

    def on(self, x: Floats) -> Doubles:
        """Return how many bits of the magnitude are 1."""
        return np.bitwise_count(self.magnitude(x).astype(np.int64)).astype(np.float64)

    def steps(self, x: Floats) -> Iterator[Step]:
        """Yield the bits, the most significant first."""
        codes, top = self.magnitude(x).astype(np.int64), 2 ** (self.bits - 1) - 1
        for bit in range(self.bits - 2, -1, -1):
            yield Step(2**bit / top, 1, np.sign(x) * ((codes >> bit) & 1))

    @property
    def energy(self) -> Cost:
        """Energy of an input [J]; see :func:`crossbar.energy.isaac_dac`."""
        return isaac_dac(self.bits)

    @property
    def time(self) -> Cost:
        """Time besides the steps of the array [s]: none."""
        source = derived(f"bit-serial DAC: {self.bits - 1} slots more for {self.bits} bits")
        return Cost(value=0.0, unit="s", source=source)

    @property
    def area(self) -> Cost:
        """Area [m2], whatever the number of bits."""
        text = "ISAAC (Shafiee et al., ISCA 2016): 170 um2 for 1024 1-bit DACs, 32 nm"
        return Cost(value=170e-12 / 1024, unit="m2", source=derived(text))
