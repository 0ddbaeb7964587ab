"""Weights to conductances and back: which cells hold a weight, and with which sign."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from crossbar.circuit.clipping import LARGEST, chosen
from crossbar.circuit.planes import Plane, require_planes
from crossbar.contracts import answer, require_instance, require_numbers
from crossbar.converters import Calibration, Transfer
from crossbar.errors import fail, require_number, shown
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Floats, Rng
from crossbar.units import quantity

if TYPE_CHECKING:
    from crossbar.circuit.pair_refresh import PairRefresh
    from crossbar.devices import Cells, Tally

MISSED = 0.1  # of the largest weight, by which a mapping from outside may miss it
LEARNING = 3.0  # headroom of initial weights, assumed
Window = tuple[float, float, float]
Share = tuple[Floats, Floats, float, float]


@dataclass(frozen=True, kw_only=True)
class Mapping(Specification):
    """How one weight is held by one or more cells.

    Parameters
    ----------
    w_max
        Largest weight; +-w_max use the whole range of the device (about a middle, as far as it is
        symmetric). None: ``headroom`` times the largest weight that is programmed first.
    headroom
        Room for weights to grow while they learn. None: 3, and 1 for a network that is built with
        weights of its own.
    clipping
        Rule for what takes the place of the largest weight there, as for the full scale of an ADC;
        larger weights are cut at ``w_max`` and counted.
    """

    w_max: float | None = quantity(
        None, low=1e-30, high=1e30, remedy="It is the largest weight that the array can hold.",
    )  # fmt: skip
    headroom: float | None = quantity(
        None, low=1, high=1000,
        remedy="1 leaves no room to learn; at 1000 the first weights use 0.1 % of the range.",
    )  # fmt: skip
    clipping: Calibration = LARGEST

    def fitted(self, weights: Floats) -> Self:
        """Return the mapping with ``w_max`` settled for ``weights``."""
        if self.w_max is not None:
            return self
        reach = chosen(weights, self.clipping, self.transfer)
        return replace(self, w_max=self.room * reach if reach else 1.0)

    @property
    def room(self) -> float:
        """The headroom of weights that are programmed first."""
        return LEARNING if self.headroom is None else self.headroom

    def filled(self) -> Self:
        """Return the mapping for weights that have grown: no headroom, unless it was asked for."""
        return replace(self, headroom=1.0) if self.headroom is None else self

    @property
    def limit(self) -> float:
        """The settled ``w_max``."""
        if self.w_max is None:
            fail(f"{type(self).__name__}.w_max", "a number", "None", "Call fitted(weights) first.")
        return self.w_max

    def transfer(self) -> Transfer:
        """Return the weights that cells hold, relative to ``w_max``, of a mapping that rounds."""
        where, remedy = f"{type(self).__name__}.clipping", "Take percentile, or largest."
        return fail(where, "a rule that asks for no rounding", "one that does", remedy)

    @property
    @abstractmethod
    def planes(self) -> tuple[Plane, ...]:
        """The cells of a weight."""

    def prove(self) -> None:
        """Raise unless the largest weights of either sign stand in the cells as planes say."""
        super().prove()
        where, window = type(self).__name__, (1e-6, 2e-6, 3e-6)
        planes = require_instance(f"{where}.planes", answer(self, "planes"), tuple, "Write (...,).")
        for plane in planes:
            require_instance(f"{where}.planes", plane, Plane, "Write Plane(signs=...).")
        require_planes(f"{where}.planes", planes)
        weights = np.array([[1.0, -1.0]])
        fitted = replace(self, w_max=1.0)
        k = require_number(f"{where}.scale", answer(fitted, "scale", window), above=0, unit="S")
        cells, count = answer(fitted, "targets", weights, window), len(self.signs)
        if not isinstance(cells, (list, tuple)) or len(cells) != count:
            got = f"{len(cells)}" if isinstance(cells, (list, tuple)) else shown(cells)
            fail(f"{where}.targets", f"{count} arrays, one a cell", got, "Planes say how many.")
        for g in cells:
            require_numbers(f"{where}.targets", g, weights.shape, low=0)
        each = iter(cells)
        held = sum(plane.significance * sign * (next(each) - plane.reference * window[1])
                   for plane in planes for sign in plane.signs) / k  # fmt: skip
        if np.abs(held - weights).max() > MISSED:
            got = ", ".join(f"{w:.4g}" for w in held[0])
            remedy = "sum_p s_p sum_c sign_c (G_c - G_ref) = weight x scale, G_ref the middle or 0."
            fail(f"{where}.targets", "cells that hold the weights 1, -1", got, remedy)

    @cached_property
    def signs(self) -> tuple[int, ...]:
        """Sign of each cell of a weight in the current of its plane, plane after plane."""
        return tuple(sign for plane in self.planes for sign in plane.signs)

    @property
    def reference(self) -> bool:
        """Whether arrays have reference lines at the middle conductance."""
        return any(plane.reference for plane in self.planes)

    @property
    def amplifiers(self) -> int:
        """Amplifiers that sense a weight in a forward read."""
        return self.planes[-1].amplifier + 1

    @property
    def rising(self) -> bool:
        """Whether a change only raises conductances; else all cells of a weight share it alike."""
        return False

    @property
    def pair_refresh(self) -> PairRefresh | None:
        """How the cells of weights are refreshed while they learn; None if they are not."""
        return None

    @property
    def settles(self) -> bool:
        """Whether :meth:`settled` asks the cells what they are to be programmed to."""
        return type(self).settled is not Mapping.settled

    def settled(
        self, cells: Sequence[Cells], targets: list[Floats], tally: Tally, *, rng: Rng
    ) -> list[Floats]:
        """Return what ``cells`` are to be programmed to [S]: ``targets``, unless they say more.

        What it takes to ask them is added to ``tally``.
        """
        return targets

    def shares(self, x: Floats, d: Floats, siemens: float) -> Iterator[Share]:
        """Yield what each cell of a weight is offered of the change ``x d siemens`` [S].

        That is ``x``, ``d``, siemens and the sign, as ``CellUpdates`` takes them. All cells
        that learn move by the same conductance, ``siemens / sum s_p`` over these cells, so that a
        plane takes part by its significance; with a :attr:`rising` mapping the sum is over those
        that the change raises, and the others stay. Nothing is carried from a plane that has come
        to the end of its range to the next: what is cut there is lost, and counted.
        """
        if self.rising and x.size:
            x, d = x[:, :0], d * x[:, None, :]
        for sign, total in self.division:
            if not total:
                yield x[:0], d[:0], 0.0, sign
            else:
                own = d * (siemens * sign * d > 0) if self.rising else d
                yield x, own, siemens / total, sign

    @cached_property
    def division(self) -> tuple[tuple[float, float], ...]:
        """Sign of each cell, and by what a change is divided for it; 0 if it does not learn."""
        if not any(plane.learns for plane in self.planes):
            remedy = "It holds weights for inference; learn with another mapping."
            fail("Array.change", "a mapping with cells that learn", type(self).__name__, remedy)
        cells = [(plane, sign) for plane in self.planes for sign in plane.signs]
        return tuple(
            (float(sign), plane.learns * sum(p.significance for p, s in cells
                                             if p.learns and (s == sign or not self.rising)))
            for plane, sign in cells
        )  # fmt: skip

    @abstractmethod
    def scale(self, window: Window) -> float:
        """Return the signed conductance that stands for weight 1 [S]."""

    @abstractmethod
    def targets(self, weights: Floats, window: Window) -> list[Floats]:
        """Return the conductances [S] of each cell of ``weights``, in the order of ``signs``."""


MAPPINGS = Registry(Mapping, "mappings", "cells of a weight", setting="tile.mapping")


def half(window: Window) -> float:
    """Return the smaller distance from the middle to an end [S]: no weight is cut at the other."""
    low, middle, high = window
    return min(middle - low, high - middle)


@MAPPINGS.register("offset")
@dataclass(frozen=True, kw_only=True)
class Offset(Mapping):
    """One live cell a weight; reference lines at the middle of the range are subtracted.

    w = (G - G_ref) / k with k = min(G_mid - G_min, G_max - G_mid) / w_max.
    """

    planes = (Plane(reference=True),)

    def scale(self, window: Window) -> float:
        """Return k [S]."""
        return half(window) / self.limit

    def targets(self, weights: Floats, window: Window) -> list[Floats]:
        """Return G_mid + k w."""
        return [window[1] + self.scale(window) * weights]


@MAPPINGS.register("pair")
@dataclass(frozen=True, kw_only=True)
class DifferentialPair(Mapping):
    """Two live cells a weight, moved in opposite directions around the middle of the range.

    w = (G+ - G-) / k with k = 2 min(G_mid - G_min, G_max - G_mid) / w_max and
    G+- = G_mid +- k w / 2.
    """

    planes = (Plane(signs=(1, -1)),)

    def scale(self, window: Window) -> float:
        """Return k [S]."""
        return 2.0 * half(window) / self.limit

    def targets(self, weights: Floats, window: Window) -> list[Floats]:
        """Return G_mid + k w / 2 and G_mid - k w / 2."""
        half = 0.5 * self.scale(window) * weights
        return [window[1] + half, window[1] - half]
