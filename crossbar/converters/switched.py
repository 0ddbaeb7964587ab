"""DACs that switch lines between zero and one voltage: the number is a matter of time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crossbar.converters.converter import MidTread
from crossbar.converters.dac import Dac
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

    @property
    @abstractmethod
    def averaging(self) -> float:
        """Steps over which white noise averages: (sum of their weights)^2 / sum of the squares."""

    @abstractmethod
    def on(self, x: Floats) -> Doubles:
        """Return the number of steps in which lines are driven whose numbers are ``x``, -1 to 1."""

    @abstractmethod
    def steps(self, x: Floats) -> Iterator[Step]:
        """Yield the steps of numbers ``x``, -1 to 1, one after the other."""

    def magnitude(self, x: Floats) -> Doubles:
        """Return the codes of ``x`` without their signs."""
        top = 2.0 ** (self.bits - 1) - 1
        whole: Doubles = np.minimum(np.rint(np.abs(x).astype(np.float64) * top), top)
        return whole
