"""Substrates that leave each part of a chip to another one."""

from __future__ import annotations

from abc import abstractmethod

from crossbar.activity import Activity
from crossbar.substrates.port import Substrate, Weights
from crossbar.types import Floats, Rng


class ByPart(Substrate):
    """A substrate that has one of its own for every part."""

    @abstractmethod
    def part(self, name: str) -> Substrate:
        """Return what holds the part ``name``."""

    def program(
        self,
        weights: Floats,
        *,
        rng: Rng,
        copies: int = 1,
        name: str = "tile",
        activity: Activity | None = None,
    ) -> Weights:
        """Return new hardware of the part ``name`` that holds ``weights``."""
        one = self.part(name)
        return one.program(weights, rng=rng, copies=copies, name=name, activity=activity)
