"""The state of a tile: programmed arrays that are read and that learn."""

from __future__ import annotations

import copy
from collections.abc import Mapping as Named
from dataclasses import InitVar, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from crossbar import brief
from crossbar.activity import Activity
from crossbar.array_checks import require_entry
from crossbar.checks import require_generator
from crossbar.circuit import array_facts
from crossbar.circuit.array import Array
from crossbar.circuit.array_reads import Reads
from crossbar.circuit.converter_tables import Transfers
from crossbar.circuit.placement import Stuck
from crossbar.circuit.sensing import BACK, FORWARD, Edge, Sensing
from crossbar.circuit.trains import Trains
from crossbar.circuit.wired import Refreshes
from crossbar.kernels.reads import ENERGY
from crossbar.substrates import cell_records
from crossbar.substrates.arguments import as_age, as_pair, as_rate
from crossbar.substrates.port import Weights
from crossbar.substrates.tile_windows import ByWindow
from crossbar.substrates.writing import Writing, rewrite
from crossbar.types import Floats, FloatType, Integers, Rng
from crossbar.units import text

if TYPE_CHECKING:
    from crossbar.substrates.tile import Tile


@dataclass
class TileState(ByWindow):
    """Programmed arrays of one weight matrix. Only its own methods change it."""

    spec: Tile
    array: Array
    name: str
    activity: Activity
    transfers: Transfers
    updates: InitVar[int] = 0

    def __post_init__(self, updates: int) -> None:
        spec = self.spec
        self.sensing = Sensing(self.array, spec.blocks, spec.dac, spec.adc, self.transfers)
        # Whether currents of arrays are sensed one by one: without errors they simply add up.
        self.apart = self.spec.adc is not None or not self.spec.blocks.element.errors.ideal
        self.writing = Writing(spec, self.array, updates)
        self.exact_products = self.writing.exact_products

    def __repr__(self) -> str:
        held = repr(self.array)[1:-1].removeprefix("Array ")
        return f"<TileState {self.name}: {held}, {self.writing.updates} updates>"

    def _facts(self) -> dict[str, str]:
        return {
            "name": self.name,
            **array_facts.facts(self.array),
            "weights": brief.array(self.weights),
            "updates": f"{self.writing.updates}",
            "read energy so far": text(self.activity.total("read_energy", self.name), "J"),
        }

    @property
    def weights(self) -> Floats:
        """Weights as lines see them, (copies, rows, cols); of ohmic cells with line resistance."""
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

    @property
    def noisy(self) -> bool:
        """Whether reads have noise, of cells, amplifiers or converters."""
        return self.array.noisy or self.sensing.noisy

    def calibrate(self, x: Floats, *, rng: Rng) -> float:
        """Set the full scale of the ADC by its calibration on the currents of a read of ``x``.

        An ADC with a reach of its own keeps it. Returns the share of the range that the largest
        current uses; the read counts as no activity.
        """
        probe = self.copy()
        watch = probe.sensing.watched()
        probe.matvec(x, rng=rng)
        self.sensing.calibrate(watch)
        return watch.seen[0].largest / self.sensing.reach[0]

    def read(self, x: Floats, *, rng: Rng, values: int | None = None) -> Floats:
        """Return x @ W through one forward read; see :class:`Weights`."""
        return self._read(x, self.sensing.forward, values or x.size, rng, forward=True)

    def read_rows(self, driven: Floats, *, rng: Rng) -> Floats:
        """Return the sums of the driven rows through forward reads; see :class:`Weights`."""
        read = self.array.reads.read_few
        return self._read(driven, self.sensing.events, 0, rng, forward=True, read=read)

    def read_back(self, d: Floats, *, rng: Rng) -> Floats:
        """Return d @ W.T through one transposed read; see :class:`Weights`."""
        return self._read(d, self.sensing.back, d.size, rng, forward=False)

    def _read(
        self, x: Floats, edge: Edge, values: int, rng: Rng, *, forward: bool,
        read: Reads | None = None,
    ) -> Floats:  # fmt: skip
        """Read ``x`` through ``edge``; ``values`` is how many were scaled to make it."""
        array, counts = self.array, self.activity.of(self.name)
        wide, v = array.layout.cycles(x, self.spec.dtype)
        self.sensing.see(wide, forward=forward, rng=rng)
        out = np.empty((*wide.shape[:2], self.shape[forward]), self.spec.dtype)
        at, once, read = FORWARD if forward else BACK, read is not None, read or array.reads.read
        signals, count = (wide, v, out), (values, at, counts)
        read(signals, edge, count, forward=forward, apart=self.apart, rng=rng)
        counts[at[ENERGY]] += self.sensing.metered(v, forward=forward, once=once)
        return out.reshape(*x.shape[:-1], out.shape[2])

    def change(
        self, x: Floats, d: Floats, rate: float, *, rng: Rng, trains: Trains | None = None
    ) -> None:
        """Change W by ``-rate x^T d`` through the multipliers and the device's own steps."""
        self.writing.change(x, d, rate, self.activity.of(self.name), rng=rng, trains=trains)

    def pulses(self, x: Floats, d: Floats, rate: float, *, rng: Rng) -> list[Integers]:
        """Return the pulses that the next ``update`` would give to every cell.

        Nothing changes, ``rng`` included: ``update`` with the same arguments gives these pulses. A
        cell that is stuck or at a bound gets its pulses and does not move.

        Returns
        -------
        list of (2, word lines, bit lines)
            Set and reset pulses (or steps of the code up and down), summed over the samples, of
            every physical array, laid out as in :mod:`crossbar.circuit.physical`, reference lines
            omitted.

        Raises
        ------
        ConfigError
            If the device has no whole pulses.
        """
        require_generator(self._where, rng)
        x, d = as_pair(self._where, x, d, self.shape, self.dtype)
        rate = as_rate(self._where, rate)
        given = self.writing.pulses(x, d, rate, rng=copy.deepcopy(rng))
        placed = replace(self.array.placement, reference=False)
        both = [placed.collect([plane[k] for plane in given]) for k in (0, 1)]
        return [np.stack(pair) for pair in zip(*both, strict=True)]

    def products(self, x: Floats, d: Floats, *, rng: Rng) -> Floats:
        """Return the products of the multipliers, converted; see :class:`Weights`."""
        return self.writing.converted(x, d, self.activity.of(self.name), rng=rng)

    def offer(
        self, products: Floats, rate: float, multiplied: int | None = None, *, rng: Rng
    ) -> None:
        """Change W by ``-rate`` times the products; see :class:`Weights`."""
        self.writing.take(products, rate, multiplied, self.activity.of(self.name), rng=rng)

    def give(self, x: Floats, d: Floats, *, rng: Rng) -> None:
        """Change W by ``x^T d``, numbers from digital memory; see :class:`Weights`."""
        self.writing.give(x, d, self.activity.of(self.name), rng=rng)

    def aged(self, seconds: float, temperature: float | None = None) -> TileState:
        """Return a copy that has drifted until ``seconds``; see :class:`Weights`."""
        array = self.array.aged(as_age(f"Tile '{self.name}'", seconds, temperature), temperature)
        own = self.spec, array, self.name, self.activity.copy()
        aged = TileState(*own, self.transfers, self.writing.updates)
        aged.sensing.span(*self.sensing.reach)
        return aged

    def rewrite(self, target: Floats | Weights, *, rng: Rng) -> None:
        """Write all cells again; see :class:`Weights`."""
        rewrite(self, target, rng=rng)

    @property
    def conductances(self) -> dict[str, Floats]:
        """Conductances [S] of every array by name; see :mod:`crossbar.circuit.physical`."""
        return cell_records.conductances(self.array, self.name)

    def load(self, conductances: Named[str, Floats]) -> None:
        """Take measured conductances [S] in place of those of the cells, reference cells too.

        Drift counts from now on. A cell keeps its bounds, its steps and whether it is stuck.

        Parameters
        ----------
        conductances
            By name of the physical array, as :attr:`conductances` has them or
            :func:`crossbar.circuit.physical.read` reads them. Reference lines may be omitted.

        Raises
        ------
        ConfigError, ShapeError, DataError
            If an array is missing or unknown, or its matrix cannot be its conductances.
        """
        cell_records.load(self.array, self.name, conductances)
        self.writing.inexact = 0

    @property
    def stuck(self) -> dict[str, Stuck]:
        """How many cells are stuck on and off in every physical array, by name."""
        return cell_records.stuck(self.array, self.name)

    def arrays(self) -> dict[str, Floats]:
        """Return the state of every cell and the number of updates."""
        log = self.array.refreshes
        refreshes = np.array([float(log.count), log.largest])
        named = {"updates": np.array(self.writing.updates), "refreshes": refreshes}
        return named | cell_records.states(self.array)

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned."""
        where = f"Tile '{self.name}'"
        updates = require_entry(where, arrays, "updates", ())
        count, largest = require_entry(where, arrays, "refreshes", (2,))
        cell_records.restore(self.array, where, arrays)
        self.writing.updates = int(updates)
        self.array.refreshes = Refreshes(int(count), float(largest))
        self.array.renew()
        self.writing.inexact = 0

    @property
    def tile(self) -> TileState:
        """These arrays."""
        return self

    def refresh(self) -> None:
        """Recalculate what the lines see, line resistance included."""
        self.writing.refresh()
