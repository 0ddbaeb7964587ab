"""One update a batch, by the sum of the gradients of its samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crossbar.nn.learners.base import LEARNERS, Backpropagation
from crossbar.types import Floats, Rng

if TYPE_CHECKING:
    from crossbar.nn.chip import Chip


@LEARNERS.register("minibatch")
@dataclass(frozen=True, kw_only=True)
class Minibatch(Backpropagation):
    """W <- W - rate sum x d^T over the samples of a batch: one write of each weight.

    The products of every sample are converted and added in digital memory; the sum is written.

    Source: the usual rule of training in digital; Nandakumar et al., Front. Neurosci. 14:406, 2020
    add up on chip in digital before they write.
    """

    def change(self, chip: Chip, rate: float, memory: dict[str, Floats], *, rng: Rng) -> None:
        """Offer every layer one update."""
        for layer in chip.layers.values():
            gradients = layer.gradients(rng=rng)
            layer.add({part: -rate * each for part, each in gradients.items()}, rng=rng)
