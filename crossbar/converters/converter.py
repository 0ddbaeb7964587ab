"""What stands at an edge of an array: transfer, noise, energy, time and area together."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from crossbar.checks import require_whole
from crossbar.contracts import answer, named, require_instance
from crossbar.converters.costs import require_costs
from crossbar.converters.transfer import Transfer, levels_of, uniform
from crossbar.energy.cost import Cost
from crossbar.errors import fail
from crossbar.specification import Specification
from crossbar.types import Rng
from crossbar.units import NOISE, quantity

WIDEST = 14  # bits of a converter with a table of its own for every line: 256 kB each


@dataclass(frozen=True, kw_only=True)
class Converter(Specification):
    """An immutable specification of a converter; each line of an array has one of its own.

    Parameters
    ----------
    noise
        Standard deviation of the analog signal in every conversion, before an ADC and behind a
        DAC, relative to full scale.
    """

    noise: float = quantity(
        0.0, role=NOISE, low=0, high=1,
        remedy="It is relative to full scale; at 1 no signal is left.",
    )  # fmt: skip

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

    def prove(self) -> None:
        """Raise unless its transfer is one, and its costs have their units."""
        super().prove()
        for name, transfer in (
            ("transfer", answer(self, "transfer")),
            ("fabricate", answer(self, "fabricate", 2, rng=np.random.default_rng(0))),
        ):
            remedy = "Return Transfer(thresholds, levels), or nearest(levels)."
            where = named(self, name)
            require_instance(where, transfer, Transfer, remedy).of_lines(where, 2)
        top = require_whole(named(self, "top"), answer(self, "top"), low=0, high=2**24)
        levels = answer(self, "transfer").levels
        even = np.shape(levels) == (2 * top + 1,) and np.allclose(levels, levels_of(max(top, 1)))
        if top and not even:
            got, remedy = "other levels", "Omit top: it is 0 then."
            fail(named(self, "transfer"), f"the {2 * top + 1} levels of a uniform one", got, remedy)
        require_costs(self)

    @property
    def shared(self) -> int:
        """Number of lines of an array that one converter serves in turn; 1 unless it says so."""
        return 1

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

    def fabricate(self, lines: int, *, rng: Rng) -> Transfer:
        """Return the transfer of ``lines`` converters, each with its spread; none by default."""
        return self.transfer()


class MidTread(Converter):
    """A converter of 2^bits - 1 equal steps from minus to plus full scale.

    A class derived from it has the field ``bits``, with the limits that suit it, and names in
    ``faults`` the fields that make its steps unequal where they are not 0.
    """

    bits: int
    faults: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.bits > WIDEST and not self.top:
            where = f"{type(self).__name__}.bits"
            got = f"{self.bits} with {', '.join(self.faults)}"
            fail(where, f"at most {WIDEST} with unequal steps", got, "Set those to 0.")

    @property
    def top(self) -> int:
        """Largest code to each side of zero; 0 where steps are unequal."""
        equal = not any(getattr(self, name) for name in self.faults)
        return int(2 ** (self.bits - 1) - 1) if equal else 0

    def transfer(self) -> Transfer:
        """Return the mid-tread quantiser."""
        return uniform(self.bits)
