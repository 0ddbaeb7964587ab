"""A repair: outputs are scaled by what cells of a known exponent lose, without any read."""

from dataclasses import dataclass

import numpy as np

from crossbar.nn import Repair
from crossbar.substrates import Compensated
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Clock(Repair):
    """Factor (t/t0)^nu on every layer, t by the clock of the host. Source: assumed."""

    nu: float = quantity(0.05, low=0, high=1, words="exponent that the host knows")

    def apply(self, chip, host, *, streams):
        for layer in chip.layers.values():
            for part, held in layer.held.items():
                cells = held.tile.array.cells[0]
                lost = max(float(cells.elapsed) / cells.spec.t0, 1.0) ** self.nu
                layer.held[part] = Compensated(held, np.array([lost]))
