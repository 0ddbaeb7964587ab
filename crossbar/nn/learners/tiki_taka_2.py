"""Tiki-Taka v2: reads of a fast tile add up in digital memory before a slow one is written."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crossbar.circuit.mapping import Mapping
from crossbar.circuit.zero_shift import ZeroShift
from crossbar.nn.learners.base import LEARNERS
from crossbar.nn.learners.two_tiles import TransferLearner
from crossbar.substrates.steps import taken
from crossbar.types import Floats
from crossbar.units import quantity


@LEARNERS.register("tiki-taka-2")
@dataclass(frozen=True, kw_only=True)
class TikiTaka2(TransferLearner):
    """H_k <- H_k + u A_k; n = trunc(H_k / eps); H_k <- H_k - n eps; C_k gets n eps.

    A and u are those of :class:`TikiTaka`. H stands in digital memory, one number a weight, and
    averages the noise of A and of its reads; eps is the change of a weight by ``threshold`` pulses.

    Parameters
    ----------
    threshold
        Pulses of a cell that add up before they are written.

    Source: Gokmen, Front. Artif. Intell. 4:699148, 2021.
    """

    mapping: Mapping | None = field(default_factory=ZeroShift)
    threshold: int = quantity(1, low=1, high=1000, remedy="1 writes every whole pulse.")

    def begun(self, lines: int, across: int) -> dict[str, Floats]:
        """Return H, zero."""
        return {"hidden": np.zeros((lines, across))}

    def transferred(self, kept: dict[str, Floats], line: int, seen: Floats, step: Floats) -> Floats:
        """Add to H, and return its whole pulses."""
        hidden = kept["hidden"][line]
        hidden += seen
        return taken(hidden, self.threshold * step)
