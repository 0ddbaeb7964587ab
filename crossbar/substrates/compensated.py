"""Weights whose outputs are multiplied by factors that compensate drift."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.substrates.port import Weights
from crossbar.substrates.scaled import Scaled
from crossbar.types import Floats, Rng


@dataclass
class Compensated(Scaled):
    """Weights whose outputs are scaled for what drift has taken from them."""

    @property
    def compensation(self) -> Floats:
        """The factors, times those of a compensation before this one."""
        before = self.held.compensation
        return self.factor if before is None else self.factor * before

    def rewrite(self, target: Floats | Weights, *, rng: Rng) -> None:
        """Write all cells again, after which nothing is left to compensate."""
        self.factor[...] = 1.0
        super().rewrite(target, rng=rng)
