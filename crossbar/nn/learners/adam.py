"""Adam: updates by moments of the gradients, in digital memory."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crossbar.nn.learners.base import LEARNERS, Backpropagation
from crossbar.types import Floats, Rng
from crossbar.units import quantity

if TYPE_CHECKING:
    from crossbar.nn.chip import Chip

STEPS = "steps"


@LEARNERS.register("adam")
@dataclass(frozen=True, kw_only=True)
class Adam(Backpropagation):
    """W <- W - rate m / (sqrt(v) + e), with the moments m and v of the gradients.

    M <- beta1 M + (1 - beta1) G and V <- beta2 V + (1 - beta2) G^2, where G is the sum of the
    gradients of a batch; m = M / (1 - beta1^t) and v = V / (1 - beta2^t) at step t. M and V stand
    in digital memory, a number a weight each, and the change is written as one update a batch. A
    weight moves by about ``rate`` a step, whatever the size of gradients.

    Parameters
    ----------
    beta1, beta2
        Share of M and of V that stays from batch to batch.
    epsilon
        e, which keeps weights without gradients where they are.

    Source: Kingma and Ba, ICLR 2015 (arXiv:1412.6980), algorithm 1, with its numbers.
    """

    beta1: float = quantity(0.9, low=0, high=0.9999, remedy="0.9 is usual.")
    beta2: float = quantity(0.999, low=0, high=0.999999, remedy="0.999 is usual.")
    epsilon: float = quantity(1e-8, above=0, high=1, remedy="1e-8 is usual.")

    def memory(self, chip: Chip) -> dict[str, Floats]:
        """Return M and V of every matrix and parameter, zero, and the number of steps."""
        moments = {f"{k}/{n}": a for k in "mv" for n, a in self.zeros(chip).items()}
        return moments | {STEPS: np.zeros(1)}

    def change(self, chip: Chip, rate: float, memory: dict[str, Floats], *, rng: Rng) -> None:
        """Let the moments follow the gradients, and offer every layer one update."""
        memory[STEPS] += 1
        steps = memory[STEPS].item()
        unbiased = math.sqrt(1 - self.beta2**steps)
        for name, layer in chip.layers.items():
            changes = {}
            for part, gradient in layer.gradients(rng=rng).items():
                m, v = (memory[f"{k}/{name}.{part}"] for k in "mv")
                m += (1 - self.beta1) * (gradient - m)
                v += (1 - self.beta2) * (gradient**2 - v)
                size = np.sqrt(v) / unbiased + self.epsilon
                layer.activity.add(name, "scaling", 5 * m.size)
                layer.activity.add(name, "addition", 5 * m.size)
                changes[part] = -rate / (1 - self.beta1**steps) * m / size
            layer.add(changes, rng=rng)
