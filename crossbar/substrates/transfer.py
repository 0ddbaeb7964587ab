"""How what a fast tile has gathered gets into a slow one: the contract of rules of two tiles."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from crossbar.circuit.mapping import Mapping
from crossbar.specification import Specification
from crossbar.types import Floats
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Transfer(Specification):
    """Immutable specification of the way from a fast tile A to a slow tile C.

    A changes by the gradients, ``A <- A - fast rate x d^T``. After every ``every`` updates one of
    its lines is read, in turn, and the rule says what C gets of it.

    Parameters
    ----------
    fast
        Learning rate of the fast tile, relative to ``train.gamma``. A cell that pulses move to its
        symmetry point forgets within (range / 2) / (fast rate mean |x d|) updates.
    gain
        How C follows A: by ``gain / fast`` of it an update, in reads that are as much rarer as
        larger. That is plain descent at the rate of ``train.gamma`` times ``gain`` times the
        updates that A remembers.
    every
        Updates from one read of a line to the next. Lines are rows or columns, whichever are fewer.
    mapping
        Cells of a weight of the fast tile; None for those of the slow one.
    """

    fast: float = quantity(40.0, low=1e-6, high=1e9, remedy="10 to 1000 are usual.")
    gain: float = quantity(0.002, low=1e-9, high=1e6, remedy="0.001 to 0.1 are usual.")
    every: int = quantity(1, low=1, high=10**9, remedy="1 to 10 are usual.")
    mapping: Mapping | None = None

    scalings: ClassVar[int] = 1
    """Digital multiplications with an addition that each number takes that is read."""

    @property
    def forward(self) -> float:
        """What the fast tile counts in the weights, 0 where only the slow one does."""
        return 0.0

    def begun(self, lines: int, across: int) -> dict[str, Floats]:
        """Return what the rule keeps in digital memory, as it begins; nothing by default."""
        return {}

    def signs(self, kept: dict[str, Floats]) -> Floats | None:
        """Return the sign (lines,) with which each line takes gradients; None for plus."""
        return None

    @abstractmethod
    def transferred(self, kept: dict[str, Floats], line: int, seen: Floats, step: Floats) -> Floats:
        """Return the change of the slow weights of ``line`` for what a read has ``seen``.

        Parameters
        ----------
        kept
            What :meth:`begun` gave, as the reads before left it; changed in place.
        seen : (across,)
            The weights of the line of the fast tile, as the read shows them, times :meth:`weight`.
        step : (1,) or (across,)
            Change of a slow weight by one pulse of its cells.
        """

    def weight(self, lines: int) -> float:
        """Return what a read counts for the slow weights, of one in turn of ``lines``."""
        return self.gain / self.fast * self.every * lines
