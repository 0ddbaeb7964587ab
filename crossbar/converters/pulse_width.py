"""A DAC that drives a line with one pulse, as long as the number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crossbar.converters.dac import DACS
from crossbar.converters.switched import Step, Switched
from crossbar.energy.converters import isaac_dac
from crossbar.energy.cost import Cost
from crossbar.sources import assumed, derived
from crossbar.types import Doubles, Floats
from crossbar.units import quantity


@DACS.register("pulse-width")
@dataclass(frozen=True, kw_only=True)
class PulseWidthDac(Switched):
    """One pulse a line: a number takes so many steps of the array, and its charge is converted.

    Parameters
    ----------
    bits
        Resolution of the input converters (bits), over the span from minus to plus full scale. The
        longest pulse takes 2^(bits - 1) - 1 steps of the array (``tile.reading.t_read``).

    Source: the inputs of Khaddam-Aljameh et al., JSSC 57(4):1027, 2022 (HERMES), there of 8 bits;
    energy and area derived and assumed.
    Valid for: edges that are short against a step.
    """

    bits: int = quantity(8, low=2, high=12, remedy="8 is usual; 12 takes 2047 steps.")

    @property
    def slots(self) -> int:
        """Steps of the longest pulse."""
        return int(2 ** (self.bits - 1) - 1)

    @property
    def averaging(self) -> float:
        """All steps count alike."""
        return float(self.slots)

    def on(self, x: Floats) -> Doubles:
        """Return the length of the pulses, in steps."""
        return self.magnitude(x)

    def steps(self, x: Floats) -> Iterator[Step]:
        """Yield the steps between the ends of pulses."""
        codes, begun = self.magnitude(x), 0.0
        for end in np.unique(codes[codes > 0]).tolist():
            long = end - begun
            yield Step(long / self.slots, int(long), np.sign(x) * (codes >= end))
            begun = end

    @property
    def energy(self) -> Cost:
        """Energy of an input [J]: one drive of a line."""
        source = derived(f"{isaac_dac(1).source.text}: a pulse is one, without the counter")
        return Cost(value=isaac_dac(1).value, source=source)

    @property
    def time(self) -> Cost:
        """Time besides the steps of the array [s]: none."""
        return Cost(value=0.0, unit="s", source=derived(f"pulses of up to {self.slots} slots"))

    @property
    def area(self) -> Cost:
        """Area [m2]."""
        text = f"1 um2 for driver, comparator and latch of {self.bits} bit, with a shared counter"
        return Cost(value=1e-12, unit="m2", source=assumed(text))
