"""A learning rate that falls along half a cosine, for any rule."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from crossbar.errors import fail
from crossbar.nn.learners.adam import Adam
from crossbar.nn.learners.base import LEARNERS, Learner
from crossbar.substrates.port import Substrate
from crossbar.types import Floats, Rng
from crossbar.units import quantity

if TYPE_CHECKING:
    from crossbar.nn.chip import Chip

STEPS = "cosine steps"


@LEARNERS.register("cosine")
@dataclass(frozen=True, kw_only=True)
class Cosine(Learner):
    """Step k of n has the rate (1 + cos(pi k / n)) / 2 of the rule; steps after n have none.

    Parameters
    ----------
    rule
        The rule that learns.
    steps
        n; 0 for all batches of all epochs of a training.

    Source: Loshchilov and Hutter, ICLR 2017 (arXiv:1608.03983), eq 5 without restarts, to 0.
    """

    rule: Learner = field(default_factory=Adam)
    steps: int = quantity(0, low=0, high=10**12)

    def memory(self, chip: Chip) -> dict[str, Floats]:
        """Return what the rule keeps, and the number of steps."""
        return self.rule.memory(chip) | {STEPS: np.zeros(1)}

    def holding(self, held: Substrate) -> Substrate:
        """Return what the rule learns in."""
        return self.rule.holding(held)

    def over(self, steps: int) -> Learner:
        """Return the rule with the steps of a training, unless it has its own."""
        return replace(self, rule=self.rule.over(steps), steps=self.steps or steps)

    def step(
        self,
        chip: Chip,
        x: Floats,
        wanted: Floats,
        rate: float,
        memory: dict[str, Floats],
        *,
        rng: Rng,
        masks: Rng,
        writes: Rng,
    ) -> Floats:
        """Let the rule take a step at the rate of now; see :class:`Learner`."""
        if not self.steps:
            fail("Cosine.steps", "the steps of a training", "0", "Train with fit, or give them.")
        done = min(memory[STEPS].item() / self.steps, 1.0)
        memory[STEPS] += 1
        now = 0.5 * rate * (1.0 + math.cos(math.pi * done))
        draws = {"rng": rng, "masks": masks, "writes": writes}
        return self.rule.step(chip, x, wanted, now, memory, **draws)
