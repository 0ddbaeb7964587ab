"""How the pulses of one change act on a cell: summed in closed form, or one by one."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from crossbar.registry import Registry
from crossbar.specification import Specification


class Pulsing(Specification):
    """What a cell does with several pulses in a row."""

    @property
    @abstractmethod
    def single(self) -> bool:
        """Whether the kernels simulate every pulse."""


PULSINGS = Registry(
    Pulsing, "pulsings", "how several pulses of one change act", setting="device.pulsing"
)


@PULSINGS.register("summed")
@dataclass(frozen=True)
class Summed(Pulsing):
    """All pulses of a change at once, at the same cost for any number of them.

    Mean and variance equal those of the pulse train: exactly for steps that are constant or linear
    in the conductance; for tables, n > 8 pulses go in eight strides along tangents of the table.
    The sum of a train is taken as Gaussian, and bounds cut the sum instead of each pulse. For
    energy, the pulses meet the mean path, and once it has reached a bound, the bound. Pulses of a
    jump table are drawn one after the other all the same.
    """

    single = False


@PULSINGS.register("pulse-train")
@dataclass(frozen=True)
class PulseTrain(Pulsing):
    """One pulse after the other, each with its own draw: the reference, slow for large changes."""

    single = True
