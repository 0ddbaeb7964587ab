"""A DAC of one bit, given the bits of a number one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.converters.converter import MidTread
from crossbar.converters.dac import DACS, Dac
from crossbar.energy.converters import isaac_dac
from crossbar.energy.cost import Cost
from crossbar.sources import derived
from crossbar.units import quantity


@DACS.register("serial")
@dataclass(frozen=True, kw_only=True)
class SerialDac(MidTread, Dac):
    """One switch a line: every bit takes a step of the array, and currents add up by their weight.

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
