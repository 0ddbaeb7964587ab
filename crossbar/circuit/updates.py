"""Updates: offers become pulses of the cells of an array, and its sums follow."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crossbar.circuit.mapping import Share
from crossbar.circuit.trains import Trains
from crossbar.devices import Cells, Tally
from crossbar.errors import fail
from crossbar.kernels import offers
from crossbar.kernels.bound import bind
from crossbar.kernels.offers import CHANGED, SATURATED, Offer, Sums
from crossbar.kernels.rare import listed, planned
from crossbar.kernels.visits import EVERY
from crossbar.kernels.writes import whole
from crossbar.random import key
from crossbar.types import Floats, Integers, Rng

if TYPE_CHECKING:
    from crossbar.circuit.array import Array


class Update(NamedTuple):
    """What a change of weights did."""

    tally: Tally
    offered: float
    """Weights offered a change by outer products of nonzero numbers."""


class CellUpdates:
    """How changes reach one group of cells of an array.

    Cells with a compiled law are moved by its loop, which follows the sums as well. All other cells
    get whole numbers of pulses, sample by sample, and the sums follow from what they did. Offers
    are rounded alike in both.

    Attributes
    ----------
    sums
        What the array keeps of them, changed in place.
    compiled
        Their loop, or None.
    quantum : [S]
        What an offer of one pulse is worth; 0 for cells that take any change.
    stochastic
        Whether offers are rounded at random.
    bound
        State of the loop and sums as it takes them, see :class:`Compiled`; or None.
    """

    def __init__(self, cells: Cells, sums: Sums) -> None:
        self.cells, self.sums, self.compiled = cells, sums, cells.compiled
        self.quantum, self.stochastic = cells.spec.quantum, cells.spec.rounding.stochastic
        self.bound = None if self.compiled is None else bind((self.compiled.state, sums))

    def key(self, rng: Rng) -> np.uint64:
        """Return the key of one change; exact changes draw none."""
        return key(rng) if self.quantum else np.uint64(0)

    def change(self, share: Share, tally: Tally, drawn: np.uint64, *, rng: Rng) -> None:
        """Offer ``share``, as :meth:`Mapping.shares` yields it, and add to ``tally``."""
        if self.compiled is None:
            self._pulse(self._offer(share), tally, drawn, rng)
            return
        (x, d, siemens, sign), (loop, _, after) = share, self.compiled
        per = siemens * sign / (self.quantum or 1.0)
        visits = planned(x, d, per, self.stochastic, drawn) if self.quantum else EVERY
        loop(self.bound, x, d, per, sign, drawn, tally.totals, visits)
        if after is not None:
            whole = self._whole
            after(lambda: np.any([n != 0 for n, _ in whole(Offer(x, d, per, sign), drawn)], axis=0))

    def meet(
        self, share: Share, tally: Tally, visits: Integers, drawn: np.uint64, *, rng: Rng
    ) -> None:
        """Give the pulses of ``visits``, where trains for ``share`` meet, and add to ``tally``."""
        offer = self._offer(share)
        if self.compiled is None:
            self._pulse(offer, tally, drawn, rng, visits)
            return
        self.compiled.change(self.bound, *offer, drawn, tally.totals, visits)
        if (after := self.compiled.after) is not None:
            whole = self._whole
            after(lambda: np.any([n != 0 for n, _ in whole(offer, drawn, visits)], axis=0))

    def pulses(self, share: Share, drawn: np.uint64) -> Integers:
        """Return the set and the reset pulses (2, lines, cols) that ``share`` becomes."""
        if not self.quantum:
            where, remedy = type(self.cells).__name__, "Use a device."
            fail(where, "cells that whole pulses move", "exact steps", remedy)
        both = np.zeros((2, *self.cells.g.shape), np.int32)
        for counts, _ in self._whole(self._offer(share), drawn):
            both += np.maximum(counts, 0), np.maximum(-counts, 0)
        return both

    def _offer(self, share: Share) -> Offer:
        """Return ``share`` in pulses."""
        x, d, siemens, sign = share
        return Offer(x, d, siemens * sign / (self.quantum or 1.0), sign)

    def _whole(
        self, offer: Offer, drawn: np.uint64, given: Integers | None = None
    ) -> Iterator[tuple[Integers, float]]:
        """Yield whole numbers of pulses (lines, cols) of every sample, and how many were cut.

        They are those of the visits ``given``, or of the offers rounded.
        """
        most, (lines, cols), (x, d, per, _) = self.cells.spec.max_pulses, self.cells.g.shape, offer
        for s in range(len(x)):
            counts = np.zeros((cols, lines), np.int32)
            if given is None:
                visits = listed(x, d, per, self.stochastic, drawn, s, s + 1)
            else:
                visits = given[given[:, 0] == s]
            control = most, self.stochastic, drawn
            cut = whole(counts, offer, self.sums.starts, visits, *control)
            yield counts.T, cut

    def _pulse(
        self, offer: Offer, tally: Tally, drawn: np.uint64, rng: Rng, given: Integers | None = None
    ) -> None:
        """Give the cells their pulses, and follow the sums."""
        cells, g = self.cells, self.cells.g
        if not self.quantum:
            where, remedy = f"{type(cells.spec).__name__}.quantum", "Give the step of one pulse."
            fail(where, "a conductance above 0", "0", remedy)
        before = g.copy()
        for counts, cut in self._whole(offer, drawn, given):
            tally.totals[SATURATED] += cut
            if counts.any():
                was = cells.g.copy()
                one = cells.pulse(counts, rng=rng)
                one.totals[CHANGED] = np.count_nonzero(cells.g != was)  # not pulse by pulse
                tally.add(one)
        if cells.g is not g:  # replaced by the cells: reads look at the first array
            g[...], cells.g = cells.g, g
        moved, sums = g - before, self.sums
        across = range(0, moved.shape[1], sums.width)
        sums.row_total[...] += np.add.reduceat(moved, across, axis=1).T
        sums.col_total[...] += np.add.reduceat(moved, sums.starts[:-1], axis=0)
        if sums.seen.size:
            sums.seen[...] += offer.sign * moved.T


class ArrayUpdates:
    """How changes of weights reach all cells of ``array``."""

    def __init__(self, array: Array) -> None:
        planes = zip(array.lines, array.by_plane, strict=True)
        self.cells = [CellUpdates(c, lines.sums) for lines, cells in planes for c in cells]
        self.mapping, self.dtype = array.mapping, array.dtype

    def change(
        self, x: Floats, d: Floats, siemens: float, *, rng: Rng, trains: Trains | None = None
    ) -> Update:
        """Offer conductance changes ``x d siemens`` [S]; see :meth:`Array.change`."""
        x, d = np.ascontiguousarray(x, self.dtype), np.ascontiguousarray(d, self.dtype)
        finite, offered = offers.survey(x, d)
        if not (finite and math.isfinite(siemens)):
            fail("Array.change", "finite changes", "NaN or infinity", "Lower the rate.")
        if trains is not None and all(updates.quantum for updates in self.cells):
            return Update(self._meet(x, d, siemens, trains, rng), offered)
        tally, drawn = Tally(), [updates.key(rng) for updates in self.cells]
        shares = self.mapping.shares(x, d, siemens)
        for updates, share, one in zip(self.cells, shares, drawn, strict=True):
            if len(share[0]):  # no cell that does not learn
                updates.change(share, tally, one, rng=rng)
        return Update(tally, offered)

    def _meet(self, x: Floats, d: Floats, siemens: float, trains: Trains, rng: Rng) -> Tally:
        """Give the pulses where trains for ``x d siemens`` meet.

        The cells of a weight hang on one word line and on bit lines of their own.
        """
        tally, of_x = Tally(), key(rng)
        for updates, (sign, total) in zip(self.cells, self.mapping.division, strict=True):
            of_d, drawn = key(rng), key(rng)
            if not total:  # a cell that does not learn
                continue
            share = x, d, siemens / total, sign
            visits, cut = trains.meet(x, d, siemens * sign / (total * updates.quantum), of_x, of_d)
            if self.mapping.rising:
                visits = visits[visits[:, 3] > 0]
            tally.totals[SATURATED] += cut
            updates.meet(share, tally, visits, drawn, rng=rng)
        return tally

    def pulses(self, x: Floats, d: Floats, siemens: float, *, rng: Rng) -> list[Integers]:
        """Return the pulses of every group of cells; see :meth:`Array.pulses`."""
        x, d = np.ascontiguousarray(x, self.dtype), np.ascontiguousarray(d, self.dtype)
        shares = self.mapping.shares(x, d, siemens)
        return [
            updates.pulses(share, updates.key(rng))
            for updates, share in zip(self.cells, shares, strict=True)
        ]
