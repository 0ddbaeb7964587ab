"""Weights in slices of a few bits, each in cells of its own, which digital shifts and adds join."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from crossbar.circuit.mapping import MAPPINGS, Mapping, Window, half
from crossbar.circuit.planes import Plane
from crossbar.converters import WIDEST, Transfer, uniform
from crossbar.errors import fail
from crossbar.types import Floats, Integers
from crossbar.units import quantity

MOST = 40  # bits of a weight: significances and whole numbers stay far inside double precision


@dataclass(frozen=True, kw_only=True)
class Slices(Mapping):
    """A whole number of ``slices`` digits of ``bits`` bits, the least significant first.

    Slice s holds digit d_s in equal steps of conductance. Its lines have amplifiers and ADCs of
    their own, and ``sum_s 2^(bits s) y_s`` is taken in digital. Digits are whole when programmed; a
    weight is rounded to the nearest number that they hold.

    Learning moves the conductances of all slices, not their digits: each cell by the change over
    ``sum_s 2^(bits s)``. Nothing is carried: a cell that comes to the end of its range stays there
    and what it cannot take is lost, until the weights are programmed anew.

    Parameters
    ----------
    bits
        Bits of a slice: a cell has ``2^bits`` levels.
    slices
        Slices of a weight, which has 40 bits at most.

    Source: Shafiee et al., ISCA 2016 (ISAAC), there with 2 bits a cell. Learning without a carry is
    assumed.
    """

    bits: int = quantity(2, low=1, high=8)
    slices: int = quantity(4, low=1, high=16)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.bits * self.slices > MOST:
            expected = f"at most {MOST} bits of a weight, {MOST // self.bits} slices of {self.bits}"
            where = f"{type(self).__name__}.slices"
            fail(where, expected, f"{self.slices}", "Lower slices or bits.")

    @cached_property
    def planes(self) -> tuple[Plane, ...]:
        """One plane a slice, each sensed apart."""
        return tuple(self._plane(2.0 ** (self.bits * s), s) for s in range(self.slices))

    @abstractmethod
    def _plane(self, significance: float, amplifier: int) -> Plane:
        """Return the plane of a slice."""

    @property
    def top(self) -> int:
        """Largest digit."""
        return int(2**self.bits - 1)

    @property
    def whole(self) -> int:
        """Largest number."""
        return int(2 ** (self.bits * self.slices) - 1)

    def transfer(self) -> Transfer:
        """Return the numbers that the digits hold; of 14 bits where there are more."""
        return uniform(min(self.bits * self.slices + 1, WIDEST))

    def digits(self, numbers: Integers) -> list[Integers]:
        """Return the digits of whole ``numbers``, the least significant first."""
        return [(numbers >> (self.bits * s)) & self.top for s in range(self.slices)]


@MAPPINGS.register("slices")
@dataclass(frozen=True, kw_only=True)
class BitSlices(Slices):
    """Bit slices of the magnitude; a pair of cells a slice has its sign.

    w = w_max n / n_max with n = sum_s 2^(bits s) d_s and n_max = 2^(bits slices) - 1. The plus cell
    of a slice stands at G_min + (G_max - G_min) d_s / (2^bits - 1) for w > 0 and its minus cell at
    G_min; the other way round for w < 0. A change raises one of the cells of every slice, as of a
    :class:`~crossbar.circuit.one_sided.OneSidedPair`.
    """

    rising = True

    def _plane(self, significance: float, amplifier: int) -> Plane:
        return Plane(signs=(1, -1), significance=significance, amplifier=amplifier)

    def scale(self, window: Window) -> float:
        """Return k = (G_max - G_min) n_max / ((2^bits - 1) w_max) [S]."""
        low, _, high = window
        return (high - low) / self.top * self.whole / self.limit

    def targets(self, weights: Floats, window: Window) -> list[Floats]:
        """Return the conductances of plus and minus cell of every slice."""
        low, _, high = window
        numbers = np.rint(np.abs(weights) / self.limit * self.whole).astype(np.int64)
        digits = self.digits(np.minimum(numbers, self.whole))
        step = (high - low) / self.top
        return [low + step * d * (s * weights > 0) for d in digits for s in (1, -1)]


@MAPPINGS.register("offset-slices")
@dataclass(frozen=True, kw_only=True)
class OffsetSlices(Slices):
    """Bit slices of the weight plus an offset, one cell a slice beside a reference at the middle.

    w = w_max (2 n / n_max - 1) with n = sum_s 2^(bits s) d_s and n_max = 2^(bits slices) - 1; zero
    lies between two numbers. The cell of a slice stands at G_mid + h (2 d_s / (2^bits - 1) - 1),
    with h = min(G_mid - G_min, G_max - G_mid).
    """

    def _plane(self, significance: float, amplifier: int) -> Plane:
        return Plane(significance=significance, amplifier=amplifier, reference=True)

    def scale(self, window: Window) -> float:
        """Return k = h n_max / ((2^bits - 1) w_max) [S]."""
        return half(window) / self.top * self.whole / self.limit

    def targets(self, weights: Floats, window: Window) -> list[Floats]:
        """Return the conductance of the cell of every slice."""
        numbers = np.rint((weights / self.limit + 1.0) / 2.0 * self.whole).astype(np.int64)
        digits = self.digits(np.clip(numbers, 0, self.whole))
        return [window[1] + half(window) * (2.0 * d / self.top - 1.0) for d in digits]
