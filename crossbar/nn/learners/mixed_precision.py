"""Mixed precision: gradients add up in digital memory, whole pulses go to the cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crossbar.nn.learners.base import LEARNERS, Backpropagation
from crossbar.substrates.steps import taken
from crossbar.types import Floats, Rng
from crossbar.units import quantity

if TYPE_CHECKING:
    from crossbar.nn.chip import Chip


@LEARNERS.register("mixed-precision")
@dataclass(frozen=True, kw_only=True)
class MixedPrecision(Backpropagation):
    """chi <- chi - rate sum x d^T; n = trunc(chi / eps); chi <- chi - n eps; W gets n eps.

    chi stands in digital memory, one number a weight. eps is the change of a weight by
    ``threshold`` pulses of its cells, so that whole pulses are written and nothing is rounded: no
    pulse is lost, and gradients that cancel each other are never written. Weights that take any
    change, and parameters in digital memory, get all of chi at once.

    Parameters
    ----------
    threshold
        Pulses of a cell that add up before they are written.

    Source: Nandakumar et al., Front. Neurosci. 14:406, 2020; Le Gallo et al., Nat.
    Electron. 1:246, 2018. There the products are digital; here the multipliers of the chip make
    them and converters read them, as for :class:`Minibatch`.
    """

    threshold: int = quantity(4, low=1, high=1000, remedy="1 writes every whole pulse.")

    def memory(self, chip: Chip) -> dict[str, Floats]:
        """Return chi of every matrix, zero."""
        return {
            f"{name}.{part}": np.zeros(held.shape)
            for name, layer in chip.layers.items()
            for part, held in layer.held.items()
        }

    def change(self, chip: Chip, rate: float, memory: dict[str, Floats], *, rng: Rng) -> None:
        """Let chi follow the gradients, and write its whole pulses."""
        for name, layer in chip.layers.items():
            changes = {}
            for part, gradient in layer.gradients(rng=rng).items():
                chi = memory.get(f"{name}.{part}")
                changes[part] = -rate * gradient
                if chi is not None:
                    chi += changes[part]
                    layer.activity.add(name, "scaling", chi.size)
                    layer.activity.add(name, "comparison", chi.size)
                    held = layer.held[part]
                    whole = taken(chi, self.threshold * held.step)
                    changes[part] = whole.astype(held.dtype)
            layer.add({part: change for part, change in changes.items() if change.any()}, rng=rng)
