"""Tiki-Taka: reads of a fast tile change a slow one at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from crossbar.circuit.mapping import Mapping
from crossbar.circuit.zero_shift import ZeroShift
from crossbar.nn.learners.base import LEARNERS
from crossbar.nn.learners.two_tiles import TransferLearner
from crossbar.types import Floats
from crossbar.units import quantity


@LEARNERS.register("tiki-taka")
@dataclass(frozen=True, kw_only=True)
class TikiTaka(TransferLearner):
    """A <- A - fast rate x d^T; C_k <- C_k + u A_k, line k by line; W = C + share A.

    u is gain / fast, times the updates from one read of a line to the next.

    Cells whose up and down steps differ are drawn to their symmetry point, where these are equal.
    A rests there, which its mapping makes its zero, so that it shows the mean gradient beside that
    of its size. C moves only as A is off zero: near a minimum of the loss both come to rest, and
    the asymmetry of C does no harm.

    Parameters
    ----------
    share
        What A counts in the weights that reads use.

    Source: Gokmen and Haensch, Front. Neurosci. 14:103, 2020 (``share`` is called gamma
    there); zero-shifting of A by Kim et al., arXiv:1907.10228, 2019.
    """

    mapping: Mapping | None = field(default_factory=ZeroShift)
    share: float = quantity(0.0, low=0, high=1e3, remedy="0 reads the slow tile alone.")

    @property
    def forward(self) -> float:
        """``share``."""
        return self.share

    def transferred(self, kept: dict[str, Floats], line: int, seen: Floats, step: Floats) -> Floats:
        """Return what was seen; it is rounded at random to whole pulses."""
        return seen
