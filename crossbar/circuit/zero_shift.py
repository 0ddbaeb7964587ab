"""Zero-shifting: the symmetry point of every cell becomes the zero of its weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from crossbar.circuit.mapping import MAPPINGS, Mapping, Window, half
from crossbar.circuit.planes import Plane
from crossbar.devices import Verification
from crossbar.types import Floats, Rng
from crossbar.units import quantity

if TYPE_CHECKING:
    from crossbar.devices import Cells, Tally


@MAPPINGS.register("zero-shift")
@dataclass(frozen=True, kw_only=True)
class ZeroShift(Mapping):
    """One live cell a weight, less one of a reference array that stands at its symmetry point.

    w = (G - G_ref) / k with k = min(G_mid - G_min, G_max - G_mid) / w_max. Before weights are
    written, every live cell gets ``pulses`` pairs of a set and a reset pulse, which bring it to
    where both move it as far: soft bounds that take the shares a and b of the distance to their
    ends u and v leave (1 - a)(1 - b) of what is missing to (a u + b v) / (a + b), to half a step.
    It is read there, and its reference is programmed to what was read. The noise of that read and
    the programming error of the reference are the error of the zero.

    Parameters
    ----------
    pulses
        Pairs of pulses a cell.
    reading
        How the cells are read.

    Source: Kim et al., arXiv:1907.10228, 2019; the default of ``pulses`` is assumed, enough for
    steps of 0.1 % of the range to come to 2 % of where they began.
    Valid for: cells whose symmetry point stands; the reference is written once. Cells that take any
    change have none, and the middle of the range is their reference.
    """

    pulses: int = quantity(1000, low=1, high=1_000_000, remedy="One over the step is enough.")
    reading: Verification = field(default_factory=Verification)

    planes = (Plane(signs=(1,)), Plane(signs=(-1,), learns=False))

    def scale(self, window: Window) -> float:
        """Return k [S]."""
        return half(window) / self.limit

    def targets(self, weights: Floats, window: Window) -> list[Floats]:
        """Return G_mid + k w and G_mid, for cells that are symmetric at the middle."""
        return [window[1] + self.scale(window) * weights, np.full(weights.shape, window[1])]

    def settled(
        self, cells: Sequence[Cells], targets: list[Floats], tally: Tally, *, rng: Rng
    ) -> list[Floats]:
        """Return G_ref + k w and G_ref, the conductance that the live cells are read to rest at."""
        live, wanted = cells[0], targets[0] - targets[1]
        if live.spec.quantum:
            up = np.ones(live.g.shape, np.int32)
            for _ in range(self.pulses):
                tally.add(live.pulse(up, rng=rng))
                tally.add(live.pulse(-up, rng=rng))
            tally.seconds += 2 * self.pulses * live.spec.write_pulse[1]
            every = np.nonzero(up)
            rest = self.reading.read(live, every, tally, rng=rng).reshape(up.shape)
        else:
            rest = targets[1]
        rest = np.maximum(rest, 0.0)
        return [np.maximum(rest + wanted, 0.0), rest]
