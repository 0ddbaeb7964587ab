"""A rule that writes a weight only when its gradients add up to a step worth writing."""

from dataclasses import dataclass

import numpy as np

from crossbar.nn import Backpropagation
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Accumulated(Backpropagation):
    """Gradients add up in digital memory; whole steps of the sum are written, the rest stays.

    Parameters
    ----------
    quantum
        Change of a weight that is written.

    Source: after Nandakumar et al., Front. Neurosci. 14:406, 2020.
    """

    quantum: float = quantity(0.01, low=1e-9, high=10, remedy="Take that of one pulse.")

    def memory(self, chip):
        return self.zeros(chip)

    def change(self, chip, rate, memory, *, rng):
        for name, layer in chip.layers.items():
            changes = {}
            for part, gradient in layer.gradients(rng=rng).items():
                total = memory[f"{name}.{part}"]
                total -= rate * gradient
                changes[part] = self.quantum * np.trunc(total / self.quantum)
                total -= changes[part]
            layer.add(changes, rng=rng)
