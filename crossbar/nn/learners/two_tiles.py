"""Rules that learn through a fast and a slow tile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crossbar.errors import fail
from crossbar.nn.learners.base import Backpropagation
from crossbar.substrates.fast_slow import FastSlow, TwoTiles
from crossbar.substrates.port import Substrate
from crossbar.substrates.transfer import Transfer
from crossbar.types import Floats, Rng

if TYPE_CHECKING:
    from crossbar.nn.chip import Chip


@dataclass(frozen=True, kw_only=True)
class TransferLearner(Backpropagation, Transfer):
    """A rule by which weights in cells learn through a fast tile, sample after sample.

    What it keeps stands with the weights, and a checkpoint of the chip holds it. Parameters and
    weights in digital memory follow the gradient at once.
    """

    def holding(self, held: Substrate) -> Substrate:
        """Return two tiles in place of each that holds weights."""
        return TwoTiles(held=held, rule=self)

    def memory(self, chip: Chip) -> dict[str, Floats]:
        """Return nothing, or raise unless the weights of ``chip`` learn by this rule."""
        for name, held in chip.held.items():
            if held.tile is not None and not (isinstance(held, FastSlow) and held.rule == self):
                where, got = f"Chip '{name}'", f"{type(held).__name__} of one tile"
                if isinstance(held, FastSlow):
                    got = f"tiles for {held.rule!r}"
                remedy = "Build it with network.build(learner.holding(tile), ...)."
                fail(where, f"tiles for {self!r}", got, remedy)
        return {}

    def change(self, chip: Chip, rate: float, memory: dict[str, Floats], *, rng: Rng) -> None:
        """Offer every layer its updates; its tiles do the rest."""
        chip.update(rate, rng=rng)
