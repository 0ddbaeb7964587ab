"""A DAC that taps a string of resistors, each with its mismatch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.converters.converter import MidTread
from crossbar.converters.dac import DACS, Dac
from crossbar.converters.transfer import Transfer
from crossbar.energy.cost import Cost
from crossbar.sources import assumed
from crossbar.types import Rng
from crossbar.units import SPREAD, quantity


@DACS.register("resistor-string")
@dataclass(frozen=True, kw_only=True)
class StringDac(MidTread, Dac):
    """All bits at once: a tap of a string between minus and plus the read voltage.

    Its voltages rise with the code whatever the mismatch. The middle tap, the code of zero, is
    not at 0 V where resistors differ.

    Parameters
    ----------
    bits
        Resolution of the input converters (bits), over the span from minus to plus full scale.
    resistor_d2d
        Relative standard deviation of the resistors; each line has a string of its own.

    Source: definition; energy, time and area assumed.
    """

    bits: int = quantity(6, low=2, high=10, remedy="Beyond 10 bits it has a thousand resistors.")
    resistor_d2d: float = quantity(0.0, role=SPREAD, low=0, high=0.1, remedy="0.01 is usual.")

    @property
    def top(self) -> int:
        """Largest code to each side of zero; 0 with mismatch."""
        return 0 if self.resistor_d2d else super().top

    def fabricate(self, lines: int, *, rng: Rng) -> Transfer:
        """Return the transfer of ``lines`` strings."""
        ideal = self.transfer()
        spread = self.resistor_d2d * rng.standard_normal((lines, ideal.codes - 1))
        taps = np.cumsum(1.0 + spread, axis=1)
        taps = np.concatenate([np.zeros((lines, 1)), taps], axis=1)
        return ideal._replace(levels=2.0 * taps / taps[:, -1:] - 1.0)

    @property
    def energy(self) -> Cost:
        """Energy of a conversion [J]."""
        return Cost(value=0.5e-12, source=assumed("0.5 pJ for string and buffer, 5 ns at 100 uW"))

    @property
    def time(self) -> Cost:
        """Time to settle [s]."""
        return Cost(value=5e-9, unit="s", source=assumed("5 ns for the buffer to settle"))

    @property
    def area(self) -> Cost:
        """Area [m2]."""
        text = f"2 um2 a tap with its switch, 50 um2 for the buffer, {self.bits} bit"
        return Cost(value=(50 + 2 * 2**self.bits) * 1e-12, unit="m2", source=assumed(text))
