"""What a linear read of an array needs in one direction, as the compiled loops take it."""

from __future__ import annotations

from typing import NamedTuple

from crossbar.kernels.bound import Bound, bind
from crossbar.kernels.currents import Common, Planes
from crossbar.kernels.noise import LineNoise
from crossbar.kernels.reads import Loads, Parts
from crossbar.types import Floats

Lines = tuple[Planes, Common, Loads, LineNoise, Parts]


class Sensed(NamedTuple):
    """What the compiled loops take of an array, and the same as one argument of theirs."""

    lines: Lines
    bound: Bound

    @classmethod
    def of(cls, *lines: *Lines) -> Sensed:
        """Return both."""
        return cls(lines, bind(lines))


class Way(NamedTuple):
    """What a read in one direction needs: views of the state of an array.

    Attributes
    ----------
    loads
        Conductances on the driven lines.
    apart, whole
        What is read, sensed array by array and as a whole.
    totals
        Sums on the sensed lines by array, which changes of the cells follow.
    summed
        Those in ``whole``, to be summed from ``totals`` before a read where they differ.
    """

    loads: Loads
    apart: Sensed
    whole: Sensed
    totals: Floats
    summed: Floats
