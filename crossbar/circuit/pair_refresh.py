"""Refresh of pairs: cells that pulses only raise get room to learn again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crossbar.checks import check_fields
from crossbar.circuit.remap import Remap
from crossbar.circuit.writing import make_up
from crossbar.devices import Device, Programming, Tally, Verification
from crossbar.displayed import Displayed
from crossbar.errors import fail
from crossbar.types import Floats, Masks, Rng
from crossbar.units import quantity

if TYPE_CHECKING:
    from crossbar.circuit.array import Array
    from crossbar.circuit.mapping import Window


@dataclass(frozen=True, kw_only=True)
class PairRefresh(Verification, Displayed):
    """Every so many updates pairs are read, and those with little room are reset and written anew.

    A pair is due where the larger of its conductances is read above ``upper`` and the smaller one
    above ``lower``. Both cells are programmed to the lowest end; then the cell of the sign of the
    difference is programmed to it. That is in the way of the tile, so that the weight is afterwards
    off by the noise of the two reads and the errors of the two cells.

    Parameters
    ----------
    every
        Updates of a tile from one look at its pairs to the next. Updates of one batch are given
        together: a look follows the batch.
    upper
        Conductance that the larger one exceeds, relative to the range above its lowest end.
    lower
        Conductance that the smaller one exceeds, likewise: a difference of more than
        ``1 - lower`` of the range leaves nothing to win.

    Raises
    ------
    ConfigError
        If ``lower`` is above ``upper``.

    Source: the scheme of Nandakumar et al., Front. Neurosci. 14:406, 2020, and Burr et al., IEDM
    2014 (occasional reset); ``upper`` and ``lower`` are the defaults of OneSidedUnitCell in IBM
    aihwkit, simulator/configs/compounds.py; ``every`` is assumed.
    Valid for: reads of single cells, beside lines and converters. A pair with a cell stuck at a
    high conductance is due whenever its other cell is read above ``lower``, and what that cell had
    learned is then lost.
    """

    every: int = quantity(100, low=1, high=10**9, remedy="10 to 1000 are usual.")
    upper: float = quantity(0.75, share=True, above=0, high=1, remedy="75 % is usual.")
    lower: float = quantity(0.25, share=True, above=0, high=1, remedy="25 % is usual.")

    def __post_init__(self) -> None:
        check_fields(self)
        if self.lower > self.upper:
            expected = f"at most upper = {self.upper:g}"
            fail(f"{type(self).__name__}.lower", expected, f"{self.lower:g}", "Lower it.")

    def check(self, device: Device) -> None:
        """Raise unless reads tell pairs of ``device`` that are due from those that are not."""
        self.require_within_law(device)
        self.require_beyond_noise("lower", self.lower, device)

    def due(self, seen: Sequence[Floats], window: Window) -> Masks:
        """Return which pairs are due, whose cells are ``seen`` at these conductances [S]."""
        low, _, high = window
        largest, smallest = np.max(seen, axis=0) - low, np.min(seen, axis=0) - low
        due: Masks = (largest > self.upper * (high - low)) & (smallest > self.lower * (high - low))
        return due


def refresh_pairs(
    array: Array, refresh: PairRefresh, *, rng: Rng, way: Programming | None, remap: Remap | None
) -> Tally:
    """Look at the pairs of ``array`` once, refresh those that are due, and return what that took.

    ``way`` and ``remap`` are those of the tile; see :meth:`Array.program`.
    """
    tally, window, mapping = Tally(), array.device.window, array.mapping
    every = np.nonzero(np.ones(array.cells[0].g.shape, np.bool_))
    seen = [
        refresh.read(cells, every, tally, rng=rng).reshape(cells.g.shape) for cells in array.cells
    ]
    due = refresh.due(seen, window)
    if not due.any():
        return tally
    tally.refreshed = float(np.count_nonzero(due))
    held = sum(sign * g for sign, g in zip(mapping.signs, seen, strict=True)) / array.scale
    targets = mapping.targets(np.asarray(held), window)
    for cells, target in zip(array.cells, targets, strict=True):
        lowest = np.full(target.shape, window[0])
        tally.add(cells.program(lowest, rng=rng, way=way, only=due))
        if (raised := due & (target > window[0])).any():
            tally.add(cells.program(target, rng=rng, way=way, only=raised))
    if remap is not None:
        tally.add(make_up(array, targets, remap, rng=rng, way=way, only=due))
    array.renew()
    return tally
