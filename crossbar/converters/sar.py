"""A uniform ADC by successive approximation."""

from __future__ import annotations

from dataclasses import dataclass, replace

from crossbar.converters.adc import ADCS, Adc
from crossbar.converters.converter import MidTread
from crossbar.energy.converters import neurosim_sar
from crossbar.energy.cost import Cost
from crossbar.sources import assumed, derived
from crossbar.units import quantity

ISAAC = "ISAAC (Shafiee et al., ISCA 2016)"


@ADCS.register("sar")
@dataclass(frozen=True, kw_only=True)
class SarAdc(MidTread, Adc):
    """Successive approximation: uniform steps, one comparison a bit.

    Parameters
    ----------
    bits
        Resolution of the output converters (bits), over the span from minus to plus full scale.

    Source: definition (mid-tread quantiser); energy and time NeuroSim, area ISAAC.
    Valid for: static behaviour, no INL, no dynamic error.
    """

    bits: int = quantity(8, low=2, high=24, remedy="8 is usual; no converter resolves more.")

    @property
    def energy(self) -> Cost:
        """Energy of a conversion [J]; see :func:`crossbar.energy.neurosim_sar`."""
        return neurosim_sar(self.bits)

    @property
    def time(self) -> Cost:
        """Time of a conversion [s]: 1 ns a bit and one to sample."""
        source = derived(f"NeuroSim SAR at {self.bits} bit, 1 ns a bit and 1 ns to sample")
        return Cost(value=(self.bits + 1) * 1e-9, unit="s", source=source)

    @property
    def area(self) -> Cost:
        """Area [m2]: 1200 um2 at 8 bits, of which 46 % are capacitors that double with each bit.

        The rest grows with the number of bits.
        """
        value = 1200e-12 * (0.54 * self.bits / 8 + 0.46 * 2.0 ** (self.bits - 8))
        text = f"{ISAAC}: 1200 um2 at 8 bit and 32 nm, scaled to {self.bits} bit"
        return Cost(value=value, unit="m2", source=derived(text))


def like_sar(cost: Cost) -> Cost:
    """Return the ``cost`` of a SAR ADC as that of another converter, of which it is assumed."""
    return replace(cost, source=assumed(f"as a SAR ADC: {cost.source.text}"))
