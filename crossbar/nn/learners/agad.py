"""AGAD: analog gradient accumulation with a dynamic reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.nn.learners import choppers
from crossbar.nn.learners.base import LEARNERS
from crossbar.nn.learners.two_tiles import TransferLearner
from crossbar.substrates.steps import taken
from crossbar.types import Floats
from crossbar.units import quantity


@LEARNERS.register("agad")
@dataclass(frozen=True, kw_only=True)
class Agad(TransferLearner):
    """H_k <- H_k + (gain / fast) c_k (A_k - P_k); M_k <- (1 - tail) M_k + tail A_k; C as TikiTaka2.

    Here each read counts ``gain / fast``, whatever the lines: within a period A moves as far from
    P in every layer, and C follows at ``gain (period + 1) / 2`` times the rate of plain descent.
    c_k are the choppers of :class:`Chopped`. When the sign of a line turns, P_k becomes M_k, the
    mean of its last reads: gradients are measured from where the line stood, which need not be the
    symmetry point. No reference is programmed, and A may be of any cells.

    Parameters
    ----------
    period
        Reads of a line from one turn of its sign to the next.
    tail
        Share of the newest read in the mean that becomes the reference.
    threshold
        Pulses of a cell that add up before they are written.

    Source: Rasch et al., Nat. Commun. 15:7133, 2024 (AGAD), with signs that turn at equal
    intervals; ``tail`` is assumed.
    """

    scalings: ClassVar[int] = 3

    fast: float = quantity(10.0, low=1e-6, high=1e9, remedy="1 to 100 are usual.")
    gain: float = quantity(0.01, low=1e-9, high=1e6, remedy="0.005 to 0.2 are usual.")
    period: int = quantity(10, low=1, high=10**6, remedy="10 is usual.")
    tail: float = quantity(0.5, above=0, high=1, remedy="0.5 is usual.")
    threshold: int = quantity(1, low=1, high=1000, remedy="1 writes every whole pulse.")

    def weight(self, lines: int) -> float:
        """Return ``gain / fast``."""
        return self.gain / self.fast

    def begun(self, lines: int, across: int) -> dict[str, Floats]:
        """Return H, P and M, which lines have been read, and the choppers."""
        zeros = {name: np.zeros((lines, across)) for name in ("hidden", "reference", "mean")}
        return zeros | {"seen": np.zeros(lines)} | choppers.begun(lines)

    def signs(self, kept: dict[str, Floats]) -> Floats:
        """Return the sign of every line."""
        return kept["signs"]

    def transferred(self, kept: dict[str, Floats], line: int, seen: Floats, step: Floats) -> Floats:
        """Add to H what is beyond the reference, and return its whole pulses."""
        hidden, reference, mean = (kept[n][line] for n in ("hidden", "reference", "mean"))
        if not kept["seen"][line]:  # where the line stood before it learned
            kept["seen"][line] = 1
            reference[...] = mean[...] = seen
        hidden += kept["signs"][line] * (seen - reference)
        mean += self.tail * (seen - mean)
        if choppers.turned(kept, line, self.period):
            reference[...] = mean
        return taken(hidden, self.threshold * step)
