"""What stands at an edge of an array: transfer, noise, energy, time and area together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from crossbar.checks import check_fields
from crossbar.converters.transfer import Transfer
from crossbar.energy.cost import Cost
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Converter(ABC):
    """An immutable specification of a converter; each line of an array has one of its own.

    Parameters
    ----------
    noise
        Standard deviation of the analog signal in every conversion, before an ADC and behind a
        DAC, relative to full scale.
    """

    noise: float = quantity(
        0.0, low=0, high=1, remedy="It is relative to full scale; at 1 no signal is left.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_fields(self)

    @abstractmethod
    def transfer(self) -> Transfer:
        """Return thresholds and levels without spread, relative to full scale."""

    @property
    @abstractmethod
    def energy(self) -> Cost:
        """Energy of a conversion [J]."""

    @property
    @abstractmethod
    def time(self) -> Cost:
        """Time of a conversion [s]."""

    @property
    @abstractmethod
    def area(self) -> Cost:
        """Area of one converter [m2]."""

    @property
    def quiet(self) -> Self:
        """The same converter without noise."""
        return replace(self, noise=0.0)

    @property
    def top(self) -> int:
        """Largest code to each side of zero of a uniform quantiser, which needs no table.

        0 where the converter goes by :meth:`fabricate`.
        """
        return 0

    def fabricate(self, lines: int, *, rng: np.random.Generator) -> Transfer:
        """Return the transfer of ``lines`` converters, each with its spread; none by default."""
        return self.transfer()
