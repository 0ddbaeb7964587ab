"""The state of a tile: programmed arrays that are read and that learn."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping as Named
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crossbar.activity import EVENT, Activity
from crossbar.array_checks import entry, require_entry
from crossbar.checks import require_generator
from crossbar.circuit import physical
from crossbar.circuit.array import Array
from crossbar.circuit.placement import Stuck
from crossbar.circuit.sensing import BACK, FORWARD, Edge, Sensing, Transfers
from crossbar.circuit.wired import Refreshes
from crossbar.devices import Cells, Tally
from crossbar.substrates.arguments import as_age, as_pair, as_rate
from crossbar.substrates.port import Sliding, Weights
from crossbar.types import Floats, FloatType, Integers

if TYPE_CHECKING:
    from crossbar.substrates.tile import Tile


class Offer(NamedTuple):
    """Products of a change (n, cols, rows), number of its weights, and multiplications."""

    products: Floats
    offered: float
    multiplied: float


@dataclass
class TileState(Weights):
    """Programmed arrays of one weight matrix. Only its own methods change it."""

    spec: Tile
    array: Array
    name: str
    activity: Activity
    transfers: Transfers
    updates: int = 0
    inexact: int = 0
    """Updates since the last exact line resistance."""

    def __post_init__(self) -> None:
        spec = self.spec
        self.sensing = Sensing(self.array, spec.blocks, spec.dac, spec.adc, self.transfers)
        # Whether currents of arrays are sensed one by one: without errors they simply add up.
        self.apart = self.spec.adc is not None or not self.spec.blocks.element.errors.ideal
        self.exact_products = self.spec.blocks.multiplier.errors.ideal

    def __repr__(self) -> str:
        return f"<TileState {self.name}: {self.array!r}, {self.updates} updates>"

    @property
    def weights(self) -> Floats:
        """Weights as the lines see them, (copies, rows, cols), line resistance included."""
        layout = self.array.layout
        seen: Floats = self.array.signed / self.array.scale
        return seen.reshape(layout.copies, layout.rows, layout.cols)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and cols."""
        return self.array.layout.rows, self.array.layout.cols

    @property
    def dtype(self) -> FloatType:
        """Floating-point type of conductances and signals."""
        return self.spec.dtype

    def calibrate(self, x: Floats, *, rng: np.random.Generator) -> float:
        """Set the full scale of the ADC to the largest line current of a read of ``x``.

        An ADC with a reach of its own keeps it. Returns the share of the range that the largest
        current uses; the read counts as no activity.
        """
        probe = self.copy()
        watch = probe.sensing.watched()
        probe.matvec(x, rng=rng)
        self.sensing.span(*watch.largest)
        return watch.largest[0] / self.sensing.reach[0]

    def read(self, x: Floats, *, rng: np.random.Generator, values: int | None = None) -> Floats:
        """Return x @ W through one forward read; see :class:`Weights`."""
        return self._read(x, self.sensing.forward, values or x.size, rng)

    def read_rows(self, driven: Floats, *, rng: np.random.Generator) -> Floats:
        """Return the sums of the driven rows through forward reads; see :class:`Weights`."""
        return self._read(driven, self.sensing.events, 0, rng)

    def _read(self, x: Floats, edge: Edge, values: int, rng: np.random.Generator) -> Floats:
        """Read ``x`` forward through ``edge``; ``values`` is how many were scaled to make it."""
        array, layout, counts = self.array, self.array.layout, self.activity.of(self.name)
        wide, v = self._prepare(x)
        self.sensing.see(wide, forward=True, rng=rng)
        out = np.empty((*wide.shape[:2], layout.cols), self.spec.dtype)
        count, signals = (values, FORWARD, counts), (wide, v, out)
        array.reads.read(signals, edge, count, forward=True, apart=self.apart, rng=rng)
        if array.wiring is not None:
            power = array.power(v.reshape(-1, layout.copies, layout.rows))
            counts[EVENT["read_energy"]] += power * self.spec.reading.t_read
        return out.reshape(*x.shape[:-1], layout.cols)

    def read_back(self, d: Floats, *, rng: np.random.Generator) -> Floats:
        """Return d @ W.T through one transposed read; see :class:`Weights`."""
        array, layout, counts = self.array, self.array.layout, self.activity.of(self.name)
        wide, v = self._prepare(d)
        self.sensing.see(wide, forward=False, rng=rng)
        out = np.empty((*wide.shape[:2], layout.rows), self.spec.dtype)
        count = (d.size, BACK, counts)
        signals, edge = (wide, v, out), self.sensing.back
        array.reads.read(signals, edge, count, forward=False, apart=self.apart, rng=rng)
        if array.wiring is not None:
            power = array.power_back(v.reshape(-1, layout.copies, layout.cols))
            counts[EVENT["read_energy_transposed"]] += power * self.spec.reading.t_read
        return out.reshape(*d.shape[:-1], layout.rows)

    @property
    def sliding(self) -> Sliding | None:
        """The compiled read of windows, where the array and its noise allow it."""
        laid = self.sensing.tabulated or self.sensing.watch is not None
        return self._slide if self.array.reads.slides and not laid else None

    def _slide(self, x: Floats, kernel: int, *, rng: np.random.Generator) -> Floats:
        """Return the products of all windows; see :class:`Sliding`."""
        array, cols = self.array, self.array.layout.cols
        solid: Floats = np.ascontiguousarray(x, self.spec.dtype)
        flat = solid.reshape(*x.shape[:2], -1)
        positions = (x.shape[1] - kernel + 1) * (x.shape[2] - kernel + 1)
        out = np.empty((len(x), positions, cols), self.spec.dtype)
        counts = self.activity.of(self.name)
        settings = self.sensing.forward.settings
        signals = flat, kernel, out
        array.reads.read_windows(signals, settings, FORWARD, counts, rng=rng)
        return out

    def change(self, x: Floats, d: Floats, rate: float, *, rng: np.random.Generator) -> None:
        """Change W by ``-rate x^T d`` through the multipliers and the device's own steps."""
        if x.ndim == 2 and self.exact_products:
            tally, offered = self.array.change(x, d[:, :, None], -rate * self.array.scale, rng=rng)
            self._count_update(tally, (offered, offered, offered), len(x))
        else:
            self._offer(self._products(x, d, rng), rate, rng)

    def pulses(
        self, x: Floats, d: Floats, rate: float, *, rng: np.random.Generator
    ) -> list[Integers]:
        """Return the pulses that the next :meth:`update` would give to every cell.

        Nothing changes, ``rng`` included: ``update`` with the same arguments gives these pulses. A
        cell that is stuck or at a bound gets its pulses and does not move.

        Returns
        -------
        list of (2, word lines, bit lines)
            Set and reset pulses (for a CMOS synapse steps of the code up and down), summed over
            the samples, of every physical array; cells lie as in
            :mod:`crossbar.circuit.physical`, without reference lines.

        Raises
        ------
        ConfigError
            If the device has no whole pulses.
        """
        require_generator(f"Tile '{self.name}'", rng)
        x, d = as_pair(f"Tile '{self.name}'", x, d, self.shape, self.dtype)
        rate, rng = as_rate(f"Tile '{self.name}'", rate), copy.deepcopy(rng)
        if x.ndim == 2 and self.exact_products:
            offer = x, d[:, :, None]
        else:
            products = self._products(x, d, rng).products
            offer = np.empty((len(products), 0), products.dtype), products
        given = self.array.pulses(*offer, -rate * self.array.scale, rng=rng)
        placed = replace(self.array.placement, reference=False)
        both = [placed.collect([plane[k] for plane in given]) for k in (0, 1)]
        return [np.stack(pair) for pair in zip(*both, strict=True)]

    def _products(self, x: Floats, d: Floats, rng: np.random.Generator) -> Offer:
        """Return the products of ``x`` and ``d`` as the multipliers give them."""
        products = self.spec.blocks.multiplier.outer(x, d, rng=rng)
        if x.ndim == 3:
            return self._summed(products.transpose(0, 2, 1), d)
        products = products * (d != 0)[:, None, :]  # no product for a dropped neuron
        offered = float(np.count_nonzero(x, axis=1) @ np.count_nonzero(d, axis=1))
        return Offer(products.transpose(0, 2, 1), offered, offered)

    def products(self, x: Floats, d: Floats, *, rng: np.random.Generator) -> Floats:
        """Return the products of the multipliers, converted; see :class:`Weights`."""
        offer = self._products(x, d, rng)
        counts = self.activity.of(self.name)
        counts[EVENT["mac_outer"]] += offer.multiplied
        counts[EVENT["update_adc"]] += offer.offered
        return offer.products

    def offer(
        self,
        products: Floats,
        rate: float,
        multiplied: int | None = None,
        *,
        rng: np.random.Generator,
    ) -> None:
        """Change W by ``-rate`` times the products; see :class:`Weights`."""
        known = multiplied is None
        offered = float(np.count_nonzero(products)) if known else float(products.size)
        self._offer(Offer(products, offered, multiplied or 0), rate, rng, converted=not known)

    def _summed(self, products: Floats, d: Floats) -> Offer:
        """Return the offer of ``products`` (n, cols, rows), sums over the positions of ``d``."""
        rows = self.array.layout.rows
        return Offer(products, products.size, rows * int(np.count_nonzero(d)))

    def _offer(
        self, offer: Offer, rate: float, rng: np.random.Generator, *, converted: bool = True
    ) -> None:
        """Offer weight changes of ``-rate`` times the products, from converters or from memory."""
        none = np.empty((len(offer.products), 0), offer.products.dtype)
        tally, _ = self.array.change(none, offer.products, -rate * self.array.scale, rng=rng)
        counted = offer.multiplied, offer.offered if converted else 0.0, offer.offered
        self._count_update(tally, counted, len(offer.products))

    def _count_update(
        self, tally: Tally, counted: tuple[float, float, float], updates: int
    ) -> None:
        """Count products multiplied and converted and weights offered a change, and what changed.

        Line resistance is recalculated when it is due.
        """
        counts, device = self.activity.of(self.name), self.spec.device
        multiplied, converted, offered = counted
        counts[EVENT["mac_outer"]] += multiplied
        counts[EVENT["update_adc"]] += converted
        counts[EVENT["update_weights"]] += offered * self.array.layout.copies
        counts[EVENT[device.write_event]] += tally.pulses
        counts[EVENT["cells_changed"]] += tally.changed
        counts[EVENT["saturated"]] += tally.saturated
        v_write, t_write = device.write_pulse
        if tally.pulses:
            squared = device.conduction.squared(tally.conductance / tally.pulses, v_write)
            counts[EVENT["write_energy"]] += squared * t_write * tally.conductance
        self.updates += updates
        if self.array.flickers and self.updates % self.spec.follow < updates:
            self.array.follow_flicker()
        if self.array.wiring is not None:
            self._follow_wires(updates)

    def count_programming(self, tally: Tally) -> None:
        """Count what programming took: pulses, reads that verified, their energy and their time."""
        counts, (v_write, t_write) = self.activity.of(self.name), self.spec.device.write_pulse
        counts[EVENT["program_pulses"]] += tally.pulses
        counts[EVENT["program_reads"]] += tally.reads
        energy = v_write**2 * t_write * tally.conductance + tally.read_energy
        counts[EVENT["program_energy"]] += energy
        counts[EVENT["program_time"]] += tally.seconds

    def _follow_wires(self, updates: int) -> None:
        """Let the line resistance follow the last ``updates``; recalculate it if that is due."""
        self.inexact += updates
        due = self.inexact >= self.spec.refresh
        if not due and self.updates % self.spec.follow < updates:
            due = self.array.follow() > self.spec.tolerance
        if due:
            self.refresh()

    def aged(self, seconds: float) -> TileState:
        """Return a copy that has drifted until ``seconds`` after programming."""
        array = self.array.aged(as_age(f"Tile '{self.name}'", seconds))
        aged = TileState(
            self.spec, array, self.name, self.activity.copy(), self.transfers, self.updates
        )
        aged.sensing.span(*self.sensing.reach)
        return aged

    @property
    def conductances(self) -> dict[str, Floats]:
        """Conductances [S] of every array by name; see :mod:`crossbar.circuit.physical`."""
        named = physical.names(self.name, self.array.layout.arrays)
        return dict(zip(named, (g for *_, g in self.array.physical()), strict=True))

    def load(self, conductances: Named[str, Floats]) -> None:
        """Take measured conductances [S] in place of those of the cells, reference cells too.

        Drift counts from now on. A cell keeps its bounds, its steps and whether it is stuck.

        Parameters
        ----------
        conductances
            By name of the physical array, as :attr:`conductances` has them: from
            :func:`crossbar.circuit.physical.read`, where ``EVERY`` of that module names the one
            matrix of a file. Reference lines may be omitted; they then stay as they are.

        Raises
        ------
        ConfigError
            If an array is missing or unknown.
        ShapeError, DataError
            If a matrix has another shape, or a conductance is negative or not finite.
        """
        shapes, references = self.array.placement.shapes, int(self.spec.mapping.reference)
        given = physical.conductances(conductances, self.name, shapes, references)
        self.array.placement.load(self.array.groups, given)
        self.array.renew()
        self.inexact = 0

    @property
    def stuck(self) -> dict[str, Stuck]:
        """How many cells are stuck on and off in every physical array, by name."""
        named = physical.names(self.name, self.array.layout.arrays)
        array, middle = self.array, self.spec.device.window[1]
        return dict(zip(named, array.placement.stuck(array.groups, middle), strict=True))

    def arrays(self) -> dict[str, Floats]:
        """Return the state of every cell and the number of updates."""
        log = self.array.refreshes
        named = {
            "updates": np.array(self.updates),
            "refreshes": np.array([float(log.count), log.largest]),
        }
        for part, cells in self._parts():
            named |= {f"{part}.{name}": array for name, array in cells.arrays().items()}
        return named

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned."""
        where = f"Tile '{self.name}'"
        updates = require_entry(where, arrays, "updates", ())
        count, largest = require_entry(where, arrays, "refreshes", (2,))
        parts = [
            (cells, {name: entry(where, arrays, f"{part}.{name}") for name in cells.arrays()})
            for part, cells in self._parts()
        ]
        for cells, state in parts:  # all are checked before one is changed
            cells.checked(state)
        for cells, state in parts:
            cells.restore(state)
        self.updates = int(updates)
        self.array.refreshes = Refreshes(int(count), float(largest))
        self.array.renew()
        self.inexact = 0

    @property
    def tile(self) -> TileState:
        """These arrays."""
        return self

    def refresh(self) -> None:
        """Recalculate what the lines see, line resistance included."""
        self.array.refresh()
        self.inexact = 0

    def _parts(self) -> list[tuple[str, Cells]]:
        """Return the groups of cells by name."""
        return [(f"cells{k}", cells) for k, cells in enumerate(self.array.groups)]

    def _prepare(self, x: Floats) -> tuple[Floats, Floats]:
        """Return ``x`` as (n, positions, lines) and room for the voltages of all cycles."""
        lines = x.shape[-1]
        positions = x.shape[1] if x.ndim == 3 else 1
        copies = self.array.layout.copies
        solid: Floats = np.ascontiguousarray(x, self.spec.dtype)
        wide = solid.reshape(len(x), positions, lines)
        vectors = len(x) * math.ceil(positions / copies) * copies
        return wide, np.empty((vectors, lines), self.spec.dtype)
