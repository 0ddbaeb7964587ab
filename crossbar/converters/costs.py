"""What a conversion of a SAR ADC takes, by published models that differ by several times."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from crossbar.contracts import Contract, answer, named, require_instance
from crossbar.energy.converters import andrulis, isaac_adc, isaac_scale, murmann_floor, neurosim_sar
from crossbar.energy.cost import Cost
from crossbar.errors import fail
from crossbar.registry import Registry
from crossbar.sources import assumed, derived
from crossbar.specification import Specification
from crossbar.units import quantity

ISAAC = "ISAAC (Shafiee et al., ISCA 2016)"
RATE = "Published ADCs make 1e6 to 1e10 conversions a second."
UNITS = {"energy": "J", "time": "s", "area": "m2"}  # of the costs of a converter
TRIED = 8  # bits that a model of one's own is tried with


def require_costs(part: Contract, *given: int) -> None:
    """Raise unless energy, time and area of ``part`` are costs in their units.

    ``given`` is what they are asked with, where they are methods.
    """
    for name, unit in UNITS.items():
        where, remedy = named(part, name), f'Return Cost(value=..., unit="{unit}", source=...).'
        cost = require_instance(where, answer(part, name, *given), Cost, remedy)
        if cost.unit != unit:
            fail(where, f"a cost in {unit}", f"one in {cost.unit}", remedy)


@dataclass(frozen=True, kw_only=True)
class AdcCosts(Specification):
    """Energy, time and area of an ADC of a number of bits.

    A class derived from it writes :meth:`energy`; time and area are those of NeuroSim and ISAAC
    where it says nothing of them.
    """

    @abstractmethod
    def energy(self, bits: int) -> Cost:
        """Return the energy of a conversion [J]."""

    def time(self, bits: int) -> Cost:
        """Return the time of a conversion [s]: 1 ns a bit and one to sample."""
        source = derived(f"NeuroSim SAR at {bits} bit, 1 ns a bit and 1 ns to sample")
        return Cost(value=(bits + 1) * 1e-9, unit="s", source=source)

    def area(self, bits: int) -> Cost:
        """Return the area [m2]: 1200 um2 at 8 bits, of which 46 % are capacitors.

        The capacitors double with each bit; the rest grows with the number of bits.
        """
        text = f"{ISAAC}: 1200 um2 at 8 bit and 32 nm"
        source = derived(text) if bits == 8 else assumed(f"{text}, scaled to {bits} bit")
        return Cost(value=1200e-12 * isaac_scale(bits), unit="m2", source=source)

    def prove(self) -> None:
        """Raise unless it gives energy, time and area in their units."""
        super().prove()
        require_costs(self, TRIED)


ADC_COSTS = Registry(
    AdcCosts, "adc_costs", "energy models of ADCs", default="neurosim", setting="tile.adc.costs"
)


@ADC_COSTS.register("neurosim")
@dataclass(frozen=True, kw_only=True)
class NeurosimSar(AdcCosts):
    """Fits to circuit simulation of a SAR ADC of bit-line currents.

    Parameters
    ----------
    node : [m]
        Technology, 45 nm or 32 nm, low-power transistors.

    Source: :func:`crossbar.energy.neurosim_sar`, at 10 kohm and 0.5 V. Area ISAAC.
    Valid for: column resistances of kiloohms.
    """

    node: float = quantity(45e-9, unit="m", above=0, high=1e-5, remedy="45 nm or 32 nm.")

    def __post_init__(self) -> None:
        super().__post_init__()
        self.energy(TRIED)  # or which nodes there are

    def energy(self, bits: int) -> Cost:
        """Return the energy of a conversion [J]."""
        return neurosim_sar(bits, node=self.node)


@ADC_COSTS.register("andrulis")
@dataclass(frozen=True, kw_only=True)
class AndrulisAdc(AdcCosts):
    """Regression over surveyed ADCs: what a good design reaches.

    Parameters
    ----------
    rate : [Hz]
        Conversions a second of one converter.
    node : [m]
        Technology.

    Source: :func:`crossbar.energy.andrulis`. Area ISAAC. Valid for: 4 bits and more.
    """

    rate: float = quantity(100e6, unit="Hz", low=1, high=1e12, remedy=RATE)
    node: float = quantity(32e-9, unit="m", low=1e-9, high=1e-5)

    def energy(self, bits: int) -> Cost:
        """Return the energy of a conversion [J]."""
        return andrulis(bits, rate=self.rate, node=self.node)

    def time(self, bits: int) -> Cost:
        """Return the time of a conversion [s]."""
        return _period(self.rate)


@ADC_COSTS.register("survey-floor")
@dataclass(frozen=True, kw_only=True)
class SurveyFloor(AdcCosts):
    """The least energy that published ADCs reach: a bound, which real converters pass.

    Parameters
    ----------
    rate : [Hz]
        Conversions a second of one converter, which the bound does not depend on.

    Source: :func:`crossbar.energy.murmann_floor`. Area ISAAC. Valid for: a bound.
    """

    rate: float = quantity(100e6, unit="Hz", low=1, high=1e12, remedy=RATE)

    def energy(self, bits: int) -> Cost:
        """Return the energy of a conversion [J]."""
        return murmann_floor(bits)

    def time(self, bits: int) -> Cost:
        """Return the time of a conversion [s]."""
        return _period(self.rate)


@ADC_COSTS.register("isaac")
@dataclass(frozen=True, kw_only=True)
class IsaacAdc(AdcCosts):
    """The 8-bit ADC of ISAAC, 1.2 GS/s and 2 mW at 32 nm.

    Source: :func:`crossbar.energy.isaac_adc`. Valid for: 8 bits; other numbers are scaled.
    """

    def energy(self, bits: int) -> Cost:
        """Return the energy of a conversion [J]."""
        return isaac_adc(bits)

    def time(self, bits: int) -> Cost:
        """Return the time of a conversion [s]."""
        text = f"{ISAAC}: 1.2 GS/s"
        source = derived(text) if bits == 8 else assumed(f"{text} at 8 bit, at {bits} bit too")
        return Cost(value=1 / 1.2e9, unit="s", source=source)


def _period(rate: float) -> Cost:
    source = assumed(f"{rate / 1e6:g} MS/s, as the model is asked for")
    return Cost(value=1 / rate, unit="s", source=source)
