"""How weight changes reach the cells of a tile: products, pulses, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crossbar.activity import EVENT
from crossbar.circuit.array import Array
from crossbar.circuit.pair_refresh import PairRefresh, refresh_pairs
from crossbar.circuit.trains import Trains
from crossbar.devices import Device, Tally
from crossbar.kernels import offers
from crossbar.types import Floats, Integers, Rng

if TYPE_CHECKING:
    from crossbar.substrates.port import Weights
    from crossbar.substrates.tile import Tile
    from crossbar.substrates.tile_state import TileState


class Offer(NamedTuple):
    """Products of a change (n, cols, rows), number of its weights, and multiplications."""

    products: Floats
    offered: float
    multiplied: float


@dataclass
class Writing:
    """The control of weight changes of one tile.

    Attributes
    ----------
    spec, array
        The tile, and its arrays.
    updates
        Updates since the tile was programmed.
    inexact
        Updates since the last exact line resistance.
    exact_products
        Whether the multipliers make no error.
    pairs
        How pairs of cells are refreshed; None if they are not.
    places
        Places among the counts that an update adds to, in the order of the compiled loop.
    """

    spec: Tile
    array: Array
    updates: int
    inexact: int = 0
    exact_products: bool = field(init=False)
    pairs: PairRefresh | None = field(init=False)
    places: Integers = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.exact_products = self.spec.blocks.multiplier.errors.ideal
        self.pairs = self.array.mapping.pair_refresh
        first = ("mac_outer", "update_adc", "update_weights", self.spec.device.write_event)
        self.places = np.array([EVENT[event] for event in (*first, "cells_changed", "saturated")])

    def change(
        self, x: Floats, d: Floats, rate: float, counts: Floats, *, rng: Rng,
        trains: Trains | None = None,
    ) -> None:  # fmt: skip
        """Change W by ``-rate x^T d`` and add to ``counts``."""
        if trains is not None:
            x, d = (np.ascontiguousarray(s.reshape(-1, s.shape[-1])) for s in (x, d))
            self._meet(x, d, rate, counts, trains, rng)
        elif x.ndim == 2 and self.exact_products:
            tally, offered = self.array.change(x, d[:, :, None], -rate * self.array.scale, rng=rng)
            self._count(counts, tally, offered, offered, offered)
            self._follow(len(x), counts, rng=rng)
        else:
            self.offer(self.products(x, d, rng=rng), rate, counts, rng=rng)

    def _meet(
        self, x: Floats, d: Floats, rate: float, counts: Floats, trains: Trains, rng: Rng
    ) -> None:
        """Change W where trains of ``x`` (n, rows) and ``d`` (n, cols) meet; add to ``counts``.

        A number is compared with a random one in every slot, and for balance once with the largest.
        """
        scale = -rate * self.array.scale
        tally, offered = self.array.change(x, d[:, :, None], scale, rng=rng, trains=trains)
        counts[EVENT["comparison"]] += (trains.length + trains.balanced) * (x.size + d.size)
        self._count(counts, tally, 0.0, 0.0, offered)
        self._follow(len(x), counts, rng=rng)

    def pulses(self, x: Floats, d: Floats, rate: float, *, rng: Rng) -> list[Integers]:
        """Return the pulses (2, lines, cols) of every cell of a weight that a change would give."""
        if x.ndim == 2 and self.exact_products:
            offer = x, d[:, :, None]
        else:
            products = self.products(x, d, rng=rng).products
            offer = np.empty((len(products), 0), products.dtype), products
        return self.array.pulses(*offer, -rate * self.array.scale, rng=rng)

    def products(self, x: Floats, d: Floats, *, rng: Rng) -> Offer:
        """Return the products of ``x`` and ``d`` as the multipliers give them."""
        products = self.spec.blocks.multiplier.outer(x, d, rng=rng)
        if x.ndim == 3:  # sums over the positions of ``d``
            multiplied = self.array.layout.rows * int(np.count_nonzero(d))
            return Offer(products.transpose(0, 2, 1), float(products.size), float(multiplied))
        products = products * (d != 0)[:, None, :]  # no product for a dropped neuron
        offered = float(np.count_nonzero(x, axis=1) @ np.count_nonzero(d, axis=1))
        return Offer(products.transpose(0, 2, 1), offered, offered)

    def converted(self, x: Floats, d: Floats, counts: Floats, *, rng: Rng) -> Floats:
        """Return the products as converted to numbers, and add to ``counts``."""
        offer = self.products(x, d, rng=rng)
        counts[EVENT["mac_outer"]] += offer.multiplied
        counts[EVENT["update_adc"]] += offer.offered
        return offer.products

    def take(
        self, products: Floats, rate: float, multiplied: int | None, counts: Floats, *, rng: Rng
    ) -> None:
        """Change W by ``-rate`` times the products; see :meth:`Weights.offer`."""
        known = multiplied is None
        offered = float(np.count_nonzero(products)) if known else float(products.size)
        offer = Offer(products, offered, float(multiplied or 0))
        self.offer(offer, rate, counts, rng=rng, converted=not known)

    def give(self, x: Floats, d: Floats, counts: Floats, *, rng: Rng) -> None:
        """Change W by ``x^T d``, numbers from digital memory, and add to ``counts``."""
        tally, offered = self.array.change(x, d[:, :, None], self.array.scale, rng=rng)
        self._count(counts, tally, 0.0, 0.0, offered)
        self._follow(len(x), counts, rng=rng)

    @property
    def step(self) -> float:
        """Change of a weight by one pulse of every cell that takes part; 0 for any change."""
        cells = max(total for _, total in self.array.mapping.division)
        return self.spec.device.quantum * cells / self.array.scale

    def offer(
        self, offer: Offer, rate: float, counts: Floats, *, rng: Rng, converted: bool = True
    ) -> None:
        """Change W by ``-rate`` times the products, from converters or from memory."""
        none = np.empty((len(offer.products), 0), offer.products.dtype)
        tally, _ = self.array.change(none, offer.products, -rate * self.array.scale, rng=rng)
        conversions = offer.offered if converted else 0.0
        self._count(counts, tally, offer.multiplied, conversions, offer.offered)
        self._follow(len(offer.products), counts, rng=rng)

    def _count(
        self, counts: Floats, tally: Tally, multiplied: float, converted: float, offered: float
    ) -> None:
        """Count what updates did.

        ``multiplied`` are their products, ``converted`` those that were converted, and ``offered``
        the weights of one copy that were offered one.
        """
        each = multiplied, converted, offered * self.array.layout.copies
        offers.count_update(counts, self.places, tally.totals, *each)
        counts[EVENT["write_energy"]] += pulse_energy(self.spec.device, tally)

    def _follow(self, updates: int, counts: Floats, *, rng: Rng) -> None:
        """Let pairs, flicker and line resistance follow the last ``updates`` when they are due."""
        self.updates += updates
        if self.pairs is not None and self.updates % self.pairs.every < updates:
            self._refresh_pairs(self.pairs, counts, rng=rng)
        if self.array.flickers and self.updates % self.spec.follow < updates:
            self.array.follow_flicker()
        if self.array.wiring is not None:
            self._follow_wires(updates)

    def _refresh_pairs(self, pairs: PairRefresh, counts: Floats, *, rng: Rng) -> None:
        """Look at the pairs of cells, and refresh those that are due."""
        spec = self.spec
        tally = refresh_pairs(self.array, pairs, rng=rng, way=spec.programming, remap=spec.remap)
        counts[EVENT["refreshed"]] += tally.refreshed
        count_writing(counts, spec.device, tally, "refresh")
        if tally.refreshed:
            self.inexact = 0

    def _follow_wires(self, updates: int) -> None:
        """Let the line resistance follow the last ``updates``; recalculate it if that is due."""
        self.inexact += updates
        due = self.inexact >= self.spec.refresh
        if not due and self.updates % self.spec.follow < updates:
            due = self.array.follow() > self.spec.tolerance
        if due:
            self.refresh()

    def refresh(self) -> None:
        """Recalculate what the lines see, line resistance included."""
        self.array.refresh()
        self.inexact = 0


def pulse_energy(device: Device, tally: Tally) -> float:
    """Return the energy [J] of pulses: that of the current really drawn, V I(V) t.

    I is that at the mean conductance that the pulses met.
    """
    pulses, met = tally.pulses, tally.conductance
    v_write, t_write = device.write_pulse
    if not (t_write and pulses):
        return 0.0
    return device.conduction.squared(met / pulses, v_write) * t_write * met


def count_programming(counts: Floats, device: Device, tally: Tally) -> None:
    """Add to ``counts`` what programming took: pulses, reads that verified, energy and time.

    And which cells it missed.

    The energy of its pulses is that of the pulses of an update.
    """
    counts[EVENT["program_clipped"]] += tally.clipped
    count_writing(counts, device, tally, "program")


def count_writing(counts: Floats, device: Device, tally: Tally, of: str) -> None:
    """Add to ``counts`` what writing took, under the events of ``program`` or ``refresh``."""
    counts[EVENT[f"{of}_pulses"]] += tally.pulses
    counts[EVENT[f"{of}_faulty"]] += tally.faulty
    counts[EVENT[f"{of}_missed"]] += tally.missed
    counts[EVENT[f"{of}_reads"]] += tally.reads
    counts[EVENT[f"{of}_energy"]] += pulse_energy(device, tally) + tally.read_energy
    counts[EVENT[f"{of}_time"]] += tally.seconds


def rewrite(tile: TileState, target: Floats | Weights, *, rng: Rng) -> None:
    """Write all cells of ``tile`` again in its way, and count what that took; see Weights."""
    spec, array = tile.spec, tile.array
    if isinstance(target, np.ndarray):
        way, lines = spec.programming, spec.compensation
        tally = array.program(target, rng=rng, way=way, remap=spec.remap, lines=lines)
    else:
        assert target.tile is not None  # the same cells, at another time
        tally = Tally()
        for cells, then in zip(array.groups, target.tile.array.groups, strict=True):
            tally.add(cells.program(then.g, rng=rng, way=spec.programming))
        array.renew()
    tile.writing.inexact = 0
    count_programming(tile.activity.of(tile.name), spec.device, tally)
