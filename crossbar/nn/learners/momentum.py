"""Momentum in digital memory: updates by a decaying sum of gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crossbar.nn.learners.base import LEARNERS, Backpropagation
from crossbar.types import Floats, Rng
from crossbar.units import quantity

if TYPE_CHECKING:
    from crossbar.nn.chip import Chip


@LEARNERS.register("momentum")
@dataclass(frozen=True, kw_only=True)
class Momentum(Backpropagation):
    """V <- decay V + sum x d^T over the samples of a batch; W <- W - rate V.

    V stands in digital memory, one number a weight, and is written as one update a batch. Steady
    gradients move a weight 1 / (1 - decay) times as far as without.

    Parameters
    ----------
    decay
        Share of V that stays from batch to batch.

    Source: Polyak, USSR Comput. Math. Math. Phys. 4(5):1, 1964.
    """

    decay: float = quantity(0.9, low=0, high=0.9999, remedy="0.9 is usual.")

    def memory(self, chip: Chip) -> dict[str, Floats]:
        """Return V of every matrix and parameter, zero."""
        return self.zeros(chip)

    def change(self, chip: Chip, rate: float, memory: dict[str, Floats], *, rng: Rng) -> None:
        """Let V follow the gradients, and offer every layer one update."""
        for name, layer in chip.layers.items():
            changes = {}
            for part, gradient in layer.gradients(rng=rng).items():
                v = memory[f"{name}.{part}"]
                v *= self.decay
                v += gradient
                layer.activity.add(name, "scaling", v.size)
                layer.activity.add(name, "addition", v.size)
                changes[part] = -rate * v
            layer.add(changes, rng=rng)
