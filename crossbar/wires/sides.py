"""Sides of an array where word lines are driven and bit lines sensed, and its lines by kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Driven(Enum):
    """Where the sources of the word lines are."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    """A source at either end, with the same voltage; each behind a driver resistance."""

    def lines(self, segment: float, terminal: float) -> Line:
        """Return the word lines of ``segment`` and, at the ends in use, ``terminal`` [ohm]."""
        near, far = self is not Driven.RIGHT, self is not Driven.LEFT
        return Line(segment=segment, end=segment + terminal, near=near, far=far)


class Sensed(Enum):
    """Where the virtual grounds of the bit lines are."""

    BOTTOM = "bottom"
    TOP = "top"
    BOTH = "both"
    """One at either end, each behind a sense resistance; their currents are added."""

    def lines(self, segment: float, terminal: float) -> Line:
        """Return the bit lines of ``segment`` and, at the ends in use, ``terminal`` [ohm]."""
        near, far = self is not Sensed.TOP, self is not Sensed.BOTTOM
        return Line(segment=segment, end=segment + terminal, near=near, far=far)


@dataclass(frozen=True, kw_only=True)
class Line:
    """Lines of one kind, seen from their near end.

    Near is where the first cell of a word line and the last cell of a bit line are.
    """

    segment: float
    """Resistance between two cells [ohm]."""
    end: float
    """Resistance between the outermost cell and a source or virtual ground [ohm]."""
    near: bool
    """Whether a source or virtual ground stands at the near end."""
    far: bool
    """Whether one stands at the far end."""

    @property
    def ideal(self) -> bool:
        """Whether the whole line is at the voltage of its source or virtual ground."""
        return self.end == 0.0

    @property
    def near_conductance(self) -> float:
        """Conductance before the near cell [S], infinite in an ideal line."""
        if self.ideal:
            return float("inf")
        return 1.0 / self.end if self.near else 0.0

    @property
    def far_conductance(self) -> float:
        """Conductance behind the far cell [S]; 0 in an ideal line, where the near end is enough."""
        return 1.0 / self.end if self.far and not self.ideal else 0.0
