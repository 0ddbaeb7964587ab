"""The parameters of a design as shares of their ranges, in which its steps are taken."""

from __future__ import annotations

import numpy as np

from crossbar.errors import fail
from crossbar.runs.search.space import Axis, Place, Space, number
from crossbar.runs.sweep.axes import Range
from crossbar.types import Doubles

ROUNDED = 1e-9  # share that rounding may take


class Coordinates:
    """Points of a space as shares of the way through every parameter, from 0 to 1.

    A logarithmic range is followed in its logarithm. Values of a list, such as whole numbers of
    bits, are relaxed: they stand at equal distances, and shares lie between them too.

    Parameters
    ----------
    space
        Its parameters are all numbers.

    Attributes
    ----------
    last : (n,)
        Place of the last value of every parameter.
    steps : (n,)
        Share between two values of a list; 0 for a range.

    Raises
    ------
    ConfigError
        If values of a list are no numbers.
    """

    def __init__(self, space: Space) -> None:
        self.axes = space.axes
        for axis in self.axes:
            if not axis.ordered and axis.size is not None:
                remedy = "Compare names with crossbar search, or design for each of them."
                fail(axis.name, "numbers, which have derivatives", str(axis.given), remedy)
        self.last: Doubles = np.array([axis.last or 1.0 for axis in self.axes])
        self.steps: Doubles = np.array(
            [0.0 if axis.size is None else 1.0 / (axis.last or 1.0) for axis in self.axes]
        )

    def share(self, place: Place) -> Doubles:
        """Return the shares (n,) of ``place``."""
        return np.asarray(place, dtype=np.float64) / self.last

    def place(self, share: Doubles) -> Place:
        """Return the place nearest to ``share`` at which every list has one of its values."""
        at = np.clip(share, 0.0, 1.0) * self.last
        return tuple(float(round(p)) if step else float(p)
                     for p, step in zip(at, self.steps, strict=True))  # fmt: skip

    def box(self, place: Place, radius: float) -> tuple[Doubles, Doubles]:
        """Return the shares (n,) around ``place`` that lie at most ``radius`` from it.

        Of lists they are those of values, of which at least one on each side is among them.
        """
        here, apart = self.share(place), np.where(self.steps > 0, self.steps, 1.0)
        reach = np.maximum(radius, self.steps) + ROUNDED
        low, high = np.maximum(here - reach, 0.0), np.minimum(here + reach, 1.0)
        lists = self.steps > 0
        low = np.where(lists, np.ceil(low / apart - ROUNDED) * apart, low)
        return low, np.where(lists, np.floor(high / apart + ROUNDED) * apart, high)

    def beside(self, place: Place) -> list[Place]:
        """Return the places one value of a list away from ``place``, for each list."""
        return [
            (*place[:k], place[k] + side, *place[k + 1 :])
            for k in np.flatnonzero(self.steps).tolist()
            for side in (-1.0, 1.0)
            if 0 <= place[k] + side <= self.last[k]
        ]

    def stretch(self, place: Place) -> Doubles:
        """Return d value / d share (n,) of every parameter at ``place``, values in SI units."""
        return np.array([_stretch(axis, p) for axis, p in zip(self.axes, place, strict=True)])


def _stretch(axis: Axis, place: float) -> float:
    """Return d value / d share of ``axis``; of a list by the values on both sides."""
    marks = [number(axis.name, mark) for mark in axis.marks]
    if isinstance(axis.given, Range):
        low, high = marks
        if not axis.given.log:
            return high - low
        ratio = float(np.log(high / low))
        return low * float(np.exp(ratio * place)) * ratio
    before, after = max(int(place) - 1, 0), min(int(place) + 1, len(marks) - 1)
    return (marks[after] - marks[before]) / max(after - before, 1) * axis.last
