"""How the update control turns a wanted change into whole pulses or code steps."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from crossbar.registry import Registry
from crossbar.specification import Specification


class Rounding(Specification):
    """Rounding of the real number of pulses that a weight change asks for."""

    @property
    @abstractmethod
    def stochastic(self) -> bool:
        """Whether the kernels add a uniform dither before they take the floor."""


ROUNDINGS = Registry(
    Rounding, "roundings", "how a change becomes whole pulses or codes", setting="device.rounding"
)


@ROUNDINGS.register("deterministic")
@dataclass(frozen=True)
class Deterministic(Rounding):
    """To the nearest whole number: changes below half a pulse are lost."""

    stochastic = False


@ROUNDINGS.register("stochastic")
@dataclass(frozen=True)
class Stochastic(Rounding):
    """Up or down at random so that the mean is exact: floor(o + u), u uniform on [0, 1)."""

    stochastic = True
