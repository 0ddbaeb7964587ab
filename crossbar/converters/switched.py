"""DACs that switch lines between zero and one voltage: the number is a matter of time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from crossbar.contracts import answer, named, require_instance, require_numbers
from crossbar.converters.converter import MidTread
from crossbar.converters.dac import Dac
from crossbar.errors import fail, require_number
from crossbar.types import Doubles, Floats


class Step(NamedTuple):
    """A part of an input in which no line is switched.

    Attributes
    ----------
    weight
        What its currents count in the sum that is converted; all steps together count 1.
    long
        How many steps of the array it takes.
    x
        -1, 0 or 1 of each line.
    """

    weight: float
    long: int
    x: Doubles


@dataclass(frozen=True, kw_only=True)
class Switched(MidTread, Dac):
    """A DAC that drives a line at plus or minus full scale, or not at all, in every step.

    What cells conduct at the one voltage is all that counts, whatever their law: their mean
    current is that at full scale times the number. The energy of a read is that of the steps in
    which lines are driven.

    Valid for: cells whose conductance stands during an input, and whose noise is that of one read,
    alike in all steps.
    """

    def prove(self) -> None:
        """Raise unless its steps add up to the numbers."""
        super().prove()
        x, where = np.linspace(-1.0, 1.0, 9), named(self, "steps")
        steps = list(answer(self, "steps", x))
        for step in steps:
            require_instance(where, step, Step, "Yield Step(weight=..., long=..., x=...).")
        total = sum((step.weight * step.x for step in steps), np.zeros(x.shape))
        top = 2.0 ** (self.bits - 1) - 1
        if not np.allclose(total, np.sign(x) * self.magnitude(x) / top):
            remedy = "Weights times x add up to the number in whole steps of full scale."
            fail(where, "steps that add up to the numbers", "others", remedy)
        require_numbers(named(self, "on"), answer(self, "on", x), x.shape, low=0)
        require_number(named(self, "averaging"), answer(self, "averaging"), low=1)

    @property
    @abstractmethod
    def averaging(self) -> float:
        """Steps over which white noise averages: (sum of their weights)^2 / sum of the squares."""

    @abstractmethod
    def on(self, x: Floats) -> Doubles:
        """Return the number of steps in which lines are driven whose numbers are ``x``, -1 to 1."""

    @cached_property
    def on_by_code(self) -> Doubles:
        """Number of steps in which lines are driven, by the magnitude of their code."""
        top = 2 ** (self.bits - 1) - 1
        return self.on(np.arange(top + 1) / top)

    @abstractmethod
    def steps(self, x: Floats) -> Iterator[Step]:
        """Yield the steps of numbers ``x``, -1 to 1, one after the other."""

    def magnitude(self, x: Floats) -> Doubles:
        """Return the codes of ``x`` without their signs."""
        top = 2.0 ** (self.bits - 1) - 1
        whole: Doubles = np.minimum(np.rint(np.abs(x).astype(np.float64) * top), top)
        return whole
