"""Chopped Tiki-Taka v2: gradients change their sign on the way into a fast tile and out of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crossbar.circuit.mapping import Mapping
from crossbar.circuit.zero_shift import ZeroShift
from crossbar.nn.learners import choppers
from crossbar.nn.learners.base import LEARNERS
from crossbar.nn.learners.two_tiles import TransferLearner
from crossbar.substrates.steps import taken
from crossbar.types import Floats
from crossbar.units import quantity


@LEARNERS.register("chopped")
@dataclass(frozen=True, kw_only=True)
class Chopped(TransferLearner):
    """A_k <- A_k - fast rate c_k x_k d^T; H_k <- H_k + u c_k A_k; C as TikiTaka2.

    The sign c_k of a line turns after every ``period`` reads of it. What is off in A whatever the
    gradients do, as the error of its zero, is added as often as it is subtracted.

    Parameters
    ----------
    period
        Reads of a line from one turn of its sign to the next. A has to come from one sign to the
        other well within it.
    threshold
        Pulses of a cell that add up before they are written.

    Source: Rasch et al., Nat. Commun. 15:7133, 2024 (chopped TTv2), with signs that turn at equal
    intervals.
    """

    mapping: Mapping | None = field(default_factory=ZeroShift)
    period: int = quantity(10, low=1, high=10**6, remedy="10 is usual.")
    threshold: int = quantity(1, low=1, high=1000, remedy="1 writes every whole pulse.")

    def begun(self, lines: int, across: int) -> dict[str, Floats]:
        """Return H, zero, and the choppers."""
        return {"hidden": np.zeros((lines, across)), **choppers.begun(lines)}

    def signs(self, kept: dict[str, Floats]) -> Floats:
        """Return the sign of every line."""
        return kept["signs"]

    def transferred(self, kept: dict[str, Floats], line: int, seen: Floats, step: Floats) -> Floats:
        """Add to H with the sign of the line, and return its whole pulses."""
        hidden = kept["hidden"][line]
        hidden += kept["signs"][line] * seen
        choppers.turned(kept, line, self.period)
        return taken(hidden, self.threshold * step)
