"""Weights whose outputs are multiplied by factors that compensate drift."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.substrates.scaled import Scaled
from crossbar.types import Floats


@dataclass
class Compensated(Scaled):
    """Weights whose outputs are scaled for what drift has taken from them."""

    @property
    def compensation(self) -> Floats:
        """The factors."""
        return self.factor
