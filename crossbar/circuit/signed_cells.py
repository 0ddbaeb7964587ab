"""Cells of a physical array as what they are of weights: signed sums, and room to change them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from crossbar.circuit.mapping import Window
from crossbar.circuit.placement import Placement
from crossbar.circuit.planes import Plane, signs_of_each
from crossbar.types import Doubles

Pass = tuple[Callable[[Doubles, float], Doubles], int]
LOW, FLOOR = 0, 1  # how far cells fall, as places in a span
EASE: tuple[Pass, ...] = (np.minimum, FLOOR), (np.maximum, FLOOR), (np.minimum, LOW)
FALL: tuple[Pass, ...] = (np.minimum, LOW), (np.maximum, LOW)
RISE: tuple[Pass, ...] = (np.maximum, LOW), (np.minimum, LOW)


@dataclass(frozen=True)
class SignedCells:
    """The cells of weights on one physical array, and the range that they are written within.

    Attributes
    ----------
    planes
        Which cells a weight has.
    shape
        Lines, columns and cells of a weight.
    span : [S]
        Lowest conductance, floor and highest conductance.
    """

    planes: Sequence[Plane]
    shape: tuple[int, int, int]
    span: Window

    @classmethod
    def of(cls, placement: Placement, block: int, span: Window) -> SignedCells:
        """Return those of the physical array ``block``."""
        height, width = placement.shapes[block]
        cells = placement.cells
        return cls(placement.planes, (height, width // cells, cells), span)

    def own(self, values: Doubles) -> Doubles:
        """Return a copy of ``values`` of the array without reference lines, shape ``shape``."""
        height, cols, cells = self.shape
        own: Doubles = values[:height, : cols * cells].reshape(self.shape).copy()
        return own

    def put(self, own: Doubles, values: Doubles) -> None:
        """Enter what :meth:`own` returned into the ``values`` of the array."""
        height, cols, cells = self.shape
        values[:height, : cols * cells] = own.reshape(height, cols * cells)

    def weights(self, seen: Doubles) -> Doubles:
        """Return signed conductances (planes, lines, cols) of an array whose lines see ``seen``."""
        each = self.own(seen) @ np.array(signs_of_each(self.planes), float).T
        edge = seen[: self.shape[0], -1, np.newaxis, np.newaxis]
        each -= edge * [plane.references for plane in self.planes]
        weights: Doubles = np.moveaxis(each, 2, 0)
        return weights

    def lower(self, own: Doubles) -> None:
        """Take from cells ``own`` what cancels within their planes.

        The lowest cell of a weight is put at the floor, and lower where the highest one would leave
        the range.
        """
        _, floor, high = self.span
        for plane, at in self._cells():
            if sum(plane.signs) == 0:
                lowest, highest = (
                    end(own[..., at], axis=-1, keepdims=True) for end in (np.min, np.max)
                )
                own[..., at] -= np.maximum(lowest - floor, highest - high)

    def give(
        self, missing: Doubles, own: Doubles, by: Doubles, passes: Sequence[Pass] = EASE
    ) -> Doubles:
        """Add to cells ``own`` what their weights miss, and return what they still miss.

        ``by`` is how much of a change of each cell its line senses. In each of the ``passes``
        cells fall, no lower than it says, or rise, as far as they can; one that stands beyond the
        range goes no farther.
        """
        rest = missing.copy()
        for (plane, at), left in zip(self._cells(), rest, strict=True):
            for some, end in passes:
                for k, sign in zip(range(at.start, at.stop), plane.signs, strict=True):
                    g = own[..., k]
                    low, high = np.minimum(g, self.span[end]), np.maximum(g, self.span[2])
                    moved = np.clip(g + some(sign * left / by[..., k], 0.0), low, high) - g
                    own[..., k] += moved
                    left -= sign * moved * by[..., k]
        return rest

    def _cells(self) -> list[tuple[Plane, slice]]:
        """Return every plane with which cells of a weight are its own."""
        ends = np.cumsum([len(plane.signs) for plane in self.planes]).tolist()
        return [
            (plane, slice(end - len(plane.signs), end))
            for plane, end in zip(self.planes, ends, strict=True)
        ]
