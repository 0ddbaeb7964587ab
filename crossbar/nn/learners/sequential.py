"""The rule of the chip: one update a sample, in sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crossbar.nn.learners.base import LEARNERS, Backpropagation
from crossbar.types import Floats, Rng

if TYPE_CHECKING:
    from crossbar.nn.chip import Chip


@LEARNERS.register("sequential")
@dataclass(frozen=True, kw_only=True)
class Sequential(Backpropagation):
    """W <- W - rate x d^T, sample after sample, in the arrays (eq 16).

    Multipliers work the products out where they change the weights. Nothing is kept.

    Source: LETI 2026.
    """

    def change(self, chip: Chip, rate: float, memory: dict[str, Floats], *, rng: Rng) -> None:
        """Offer every layer its updates."""
        chip.update(rate, rng=rng)
