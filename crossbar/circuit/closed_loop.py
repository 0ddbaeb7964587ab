"""Cells that came out otherwise, made up for by what wired arrays compute with them as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crossbar.circuit.mapping import Window
from crossbar.circuit.signed_cells import FALL, RISE, Pass, SignedCells
from crossbar.devices import Cells, Device, Programming, Tally, Verification
from crossbar.displayed import Displayed
from crossbar.types import Doubles, Floats, Masks, Rng
from crossbar.units import quantity

if TYPE_CHECKING:
    from crossbar.circuit.array import Array
    from crossbar.wires import Wires

EXACT = 6  # rounds from one exact operator to the next; estimates follow the cells in between


@dataclass(frozen=True, kw_only=True)
class ClosedLoop(Verification, Displayed):
    """After programming cells are read back, and written until the wired array has the weights.

    All cells are read, those of reference lines too. What lines then make of the cells as they are
    says what each weight is off by. Where that is more than the limit, it is given to the cells of
    the weight, and those that it changes are written and read again, round after round. A cell that
    does not follow, since its own bound or a fault holds it, is not known as such: in every other
    round other cells come first, by turns those that fall and those that rise.

    Parameters
    ----------
    limit
        Distance of a weight from what it is to be, as lines see it, relative to the range of a
        cell.
    rounds
        Most rounds.

    Weights that are farther away in the end are counted as missed.

    Source: ours; reading back and correcting by the model of the array.
    Valid for: reads of single cells, beside lines and converters; the resistances are taken to be
    known.
    """

    limit: float = quantity(
        0.01, share=True, low=1e-6, high=1, remedy="It is relative to the range; 0.01 is usual.",
    )  # fmt: skip
    rounds: int = quantity(20, low=1, high=10_000, remedy="10 to 30 do.")

    def check(self, device: Device) -> None:
        """Raise unless reads tell weights of ``device`` that are off from others."""
        self.require_within_law(device)
        self.require_beyond_noise("limit", self.limit, device)

    def correct(
        self, array: Array, targets: Sequence[Floats], span: Window, *, rng: Rng,
        way: Programming | None,
    ) -> Tally:  # fmt: skip
        """Read the cells of ``array`` and write them until its weights are as wanted.

        ``targets`` [S] are what ideal lines would have of every cell, and ``span`` [S] the lowest
        conductance, the floor and the highest one.
        """
        assert array.wires is not None
        tally, place = Tally(), array.placement
        near = self.limit * (span[2] - span[0])
        ideal = place.collect([*targets, *place.edges(array.device.window[1])])
        watched = [
            _Watched(SignedCells.of(place, k, span), array.wires, g) for k, g in enumerate(ideal)
        ]
        seen: list[Doubles] = [np.zeros(cells.g.shape) for cells in array.groups]
        for cells, values in zip(array.groups, seen, strict=True):
            self._take(cells, np.ones(values.shape, np.bool_), values, tally, rng=rng)
        for k in range(self.rounds + 1):
            exact, passes = k % EXACT == 0 or k == self.rounds, RISE if k % 2 else FALL
            better, tally.missed = [values.copy() for values in seen], 0.0
            for block, (one, g) in enumerate(zip(watched, place.collect(seen), strict=True)):
                tally.missed += one.correct(g, near, passes, exact=exact)
                place.scatter(block, g, better)
            if k == self.rounds or (exact and not tally.missed):
                break
            self._write(array, better, seen, tally, rng=rng, way=way)
        return tally

    def _write(
        self, array: Array, better: Sequence[Doubles], seen: Sequence[Doubles], tally: Tally, *,
        rng: Rng, way: Programming | None,
    ) -> None:  # fmt: skip
        """Write the cells that have ``better`` conductances than ``seen``, and see them again."""
        for cells, target, values in zip(array.cells, better, seen, strict=False):
            if (moved := target != values).any():
                tally.add(cells.program(target, rng=rng, way=way, only=moved))
                self._take(cells, moved, values, tally, rng=rng)

    def _take(self, cells: Cells, which: Masks, values: Doubles, tally: Tally, *, rng: Rng) -> None:
        """Read ``which`` of the cells into ``values`` [S]; none is seen below zero."""
        at = np.nonzero(which)
        values[at] = np.maximum(self.read(cells, at, tally, rng=rng), 0.0)


class _Watched:
    """The weights of a physical array, as its lines make them of the cells that were read."""

    def __init__(self, cells: SignedCells, wires: Wires, ideal: Doubles) -> None:
        self.cells, self.wires = cells, wires
        self.wanted = cells.weights(ideal)
        self.beyond = np.zeros(ideal.shape)  # the estimate

    def correct(self, g: Doubles, near: float, passes: Sequence[Pass], *, exact: bool) -> float:
        """Change conductances ``g`` where weights are off by more than ``near``; count these."""
        seen = self.wires.estimate(g)
        if exact:
            self.beyond = self.wires.operator(g) - seen.transfer
        missing = self.wanted - self.cells.weights(seen.transfer + self.beyond)
        missing[np.abs(missing) <= near] = 0.0
        own = self.cells.own(g)
        self.cells.give(missing, own, self.cells.own(seen.attenuation), passes)
        self.cells.put(own, g)
        return float(np.count_nonzero(missing))
