"""How many volts a number is at each place of the circuit, so that signals fit its range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from crossbar.nn import Chip
from crossbar.spice.blocks import FULL
from crossbar.types import Floats, Integers

MARGIN = 1.25  # room above the largest signal seen, as weights and errors grow while it learns
LEAST = 1e-6  # a signal that never showed gets the scale of this number


@dataclass(frozen=True)
class Ranges:
    """Volts per number of the signals that enter each layer with weights.

    Attributes
    ----------
    x
        By layer: its input, forward [V].
    d
        By layer: the gradient at its output [V].
    """

    x: dict[str, float]
    d: dict[str, float]

    @classmethod
    def of(cls, chip: Chip, x: Floats, labels: Integers, *, rng: np.random.Generator) -> Self:
        """Return the ranges that ``chip`` needs for samples like these, learning nothing."""
        seen: dict[str, tuple[float, float]] = {}
        probe = chip.copy()
        for k in range(len(x)):
            probe.gradients(x[k : k + 1], labels[k : k + 1], rng=rng)
            for layer in probe.layers.values():
                for driven, error in layer.pairs().values():
                    before = seen.get(layer.name, (LEAST, LEAST))
                    now = (float(np.abs(driven).max()), float(np.abs(error).max()))
                    seen[layer.name] = (max(before[0], now[0]), max(before[1], now[1]))
        last = list(seen)[-1]
        scale = {n: (FULL / (MARGIN * a), FULL / (MARGIN * b)) for n, (a, b) in seen.items()}
        d = {n: b for n, (_, b) in scale.items()}
        return cls({n: a for n, (a, _) in scale.items()}, d | {last: FULL})
