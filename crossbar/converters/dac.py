"""Digital-to-analog converters of line voltages. The inference path of the chip has none."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.checks import require_whole
from crossbar.contracts import answer, named
from crossbar.converters.converter import Converter
from crossbar.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Dac(Converter):
    """A digital-to-analog converter of line voltages, full scale at the read voltage.

    Its transfer has a code for each number relative to the largest, and the voltage of the code
    relative to the read voltage.

    Valid for: static behaviour and noise, no glitch.
    """

    @property
    def slots(self) -> int:
        """Steps of the array that one input takes; 1 unless it is given in time."""
        return 1

    def prove(self) -> None:
        """Raise unless an input takes a step of the array or more."""
        super().prove()
        require_whole(named(self, "slots"), answer(self, "slots"), low=1, high=10_000)


DACS = Registry(Dac, "dacs", "converters of inputs", default="serial", setting="tile.dac")
