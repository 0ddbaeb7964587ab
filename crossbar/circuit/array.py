"""An array: volts in, amperes out. Cells on lines, with the noise and the resistance of both."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crossbar.array_checks import require_array
from crossbar.checks import require_generator
from crossbar.circuit.layout import Layout
from crossbar.circuit.lines import Lines
from crossbar.circuit.mapping import Mapping, require_readable
from crossbar.circuit.placement import Placement
from crossbar.circuit.reading import CellNoise, Reading
from crossbar.circuit.reference import Reference
from crossbar.circuit.updates import CellUpdates, Update
from crossbar.circuit.wired import Matrix, Refreshes
from crossbar.circuit.wiring import Wiring
from crossbar.devices import Cells, Device, Tally
from crossbar.errors import fail
from crossbar.kernels import images, offers, reads
from crossbar.kernels.noise import LineNoise
from crossbar.random import key
from crossbar.types import Floats, FloatType, Integers
from crossbar.wires import Wires

Count = tuple[int, Integers, Floats]  # values scaled, and where reads count what they do
Signals = tuple[Floats, Floats, Floats]  # inputs, room for the line voltages, and outputs
Windows = tuple[Floats, int, Floats]  # images, the side of a window, and outputs
References = tuple[Floats, Floats, Floats, Floats, Integers]
Edge = tuple[Floats, Floats, Floats]  # settings of a read, and tables of DACs and ADCs
Rng = np.random.Generator
_VIEWS = ("_planes", "_column", "_row", "_load", "_load_back", "_across", "_ends", "_noises",
          "_updates")  # fmt: skip


@dataclass
class Array:
    """Programmed cells of one weight matrix, on one or several physical arrays.

    With ideal wires the current of a bit line is v @ g exactly. With ``wires`` it follows from
    nodal analysis at every :meth:`refresh` and closely from it at every :meth:`follow`; a change
    in between is added as if lines were ideal. The noise of a cell is that of its conductance times
    the voltage across it, times the share of its current that is sensed, both as of the last
    :meth:`refresh`; :class:`~crossbar.circuit.wired_noise.WiredNoise` says what is approximate.
    """

    device: Device
    mapping: Mapping
    layout: Layout
    reading: Reading
    wires: Wires | None
    dtype: FloatType
    cells: list[Cells]
    reference: Reference | None
    lines: Lines = field(init=False)
    wiring: Wiring | None = field(init=False, default=None)
    refreshes: Refreshes = field(init=False, default_factory=Refreshes)

    def __post_init__(self) -> None:
        require_readable("Array.mapping", self.mapping)
        self.placement = Placement(self.layout, len(self.cells), self.reference is not None)
        self.noise = CellNoise(*self.device.read_noise, self.reading)
        if self.wires is not None:
            self.wiring = Wiring(self.wires, self.layout, self.noise, self.mapping.signs)
        self._refresh_cells()
        self.follow_flicker()

    def __repr__(self) -> str:
        at = self.layout
        on = "1 array" if at.arrays == 1 else f"{at.arrays} arrays"
        return f"<Array {at.rows} x {at.cols} weights on {on}, cells {self.cells[0]!r}>"

    @classmethod
    def fabricate(
        cls,
        device: Device,
        mapping: Mapping,
        layout: Layout,
        reading: Reading,
        wires: Wires | None,
        *,
        rng: np.random.Generator,
        dtype: FloatType,
    ) -> Array:
        """Return a new array with the device-to-device spread of its cells."""
        height = layout.copies * layout.rows
        *own, shared = rng.spawn(len(mapping.signs) + 1)
        cells = [
            device.fabricate((height, layout.cols), rng=generator, dtype=dtype) for generator in own
        ]
        reference = None
        if mapping.reference:
            reference = Reference.fabricate(device, layout, rng=shared, dtype=dtype)
        return cls(device, mapping, layout, reading, wires, dtype, cells, reference)

    @property
    def scale(self) -> float:
        """Signed conductance of weight 1 [S]."""
        return self.mapping.scale(self.device.window)

    @property
    def groups(self) -> list[Cells]:
        """Every group of cells: those of the weights, then those of the reference lines."""
        return [*self.cells, *([] if self.reference is None else self.reference.cells)]

    def program(self, weights: Floats, *, rng: np.random.Generator) -> Tally:
        """Write ``weights`` (rows, cols) into every copy in the way of the device."""
        require_generator("Array.program", rng)
        shape = (self.layout.rows, self.layout.cols)
        weights = require_array("Array.program.weights", weights, shape)
        self.mapping.check(weights)
        targets = self.mapping.targets(weights.astype(np.float64), self.device.window)
        tally = Tally()
        for cells, target in zip(self.cells, targets, strict=True):
            tally.add(cells.program(np.tile(target, (self.layout.copies, 1)), rng=rng))
        if self.reference is not None:
            tally.add(self.reference.program(self.device.window[1], rng=rng))
        self.renew()
        return tally

    def refresh(self) -> None:
        """Work out anew what the lines see, exactly, and sums that rounding let drift."""
        self._refresh_cells()
        if self.wiring is not None:
            conductances = [g for *_, g in self.physical()]
            gap = self.wiring.refresh(conductances, noisy=bool(self.flicker.size))
            self.wiring.show(self.lines.seen, self.reference)
            if gap is not None:
                low, _, high = self.device.window
                self.refreshes.add(gap / (high - low))
        self.follow_flicker()

    def renew(self) -> None:
        """Work out anew what the lines see of cells that were replaced, not followed."""
        if self.wiring is not None:
            self.wiring.arrays = []
        self.refresh()

    def follow(self) -> float:
        """Let the line resistance follow the cells; return by how much they moved.

        That is the root of the mean square since the last :meth:`refresh`, relative to the range.
        """
        if self.wiring is None:
            return 0.0
        low, _, high = self.device.window
        moved = self.wiring.follow([g for *_, g in self.physical()])
        self.wiring.show(self.lines.seen, self.reference)
        return moved / (high - low)

    def follow_flicker(self) -> None:
        """Take the variances of reads that the cells have by their age and conductance."""
        variances = [cells.flicker() for cells in self.cells]
        self.flicker: Floats = np.asfortranarray(np.sum(variances, axis=0, dtype=self.dtype))
        if self.reference is not None:
            self.reference.refresh_flicker()
        self._bind()

    def _refresh_cells(self) -> None:
        """Take what the lines see from the cells, as ideal lines see them."""
        if self.reference is not None:
            self.reference.refresh()
        direct = len(self.cells) == 1 and self.wires is None
        planes = [c.g.astype(np.float64) for c in self.cells]
        total = np.sum(planes, axis=0)
        down, across = self.layout.row_slices(), self.layout.col_slices()
        row_total = np.stack([total[:, k].sum(axis=1) for k in across])
        col_total = np.stack([total[r].sum(axis=0) for r in down])
        seen = self.cells[0].g
        if not direct:
            signed: Floats = np.einsum("p,pij->ij", self.mapping.signs, planes)
            seen = np.asfortranarray(signed.astype(self.dtype))
        self.lines = Lines(
            seen,
            row_total.astype(self.dtype),
            col_total.astype(self.dtype),
            starts=np.array([0, *(r.stop for r in down)]),
            width=across[0].stop,
            followed=np.empty((0, 0), self.dtype) if direct else seen.T,
        )

    @property
    def signed(self) -> Floats:
        """Conductances (lines, cols) [S] that a forward read sees in place of the weights."""
        if self.reference is None:
            return self.lines.seen
        return self.lines.seen - self.reference.columns_of(self.reference.column_seen)

    def physical(self) -> Iterator[tuple[slice, slice, int, Matrix]]:
        """Yield word lines, columns, copy and conductances [S] of every physical array.

        They lie as in :mod:`crossbar.circuit.physical`.
        """
        groups = [c.g for c in self.groups]
        for k, block in enumerate(self.layout.blocks()):
            yield (*block, self.placement.gather(k, groups).astype(np.float64))

    def _bind(self) -> None:
        """Gather what reads need: views of the state, renewed whenever the state is replaced."""
        layout, nothing, r = self.layout, np.empty((0, 0), self.dtype), self.reference
        if self.lines.followed.size:
            self.lines.followed = self.lines.seen.T
        self._updates = [CellUpdates.of(cells, self.lines.sums) for cells in self.cells]
        minus = self.cells[1].g.T if len(self.cells) > 1 else nothing
        self._planes = (self.lines.seen.T, self.cells[0].g.T, minus, self.flicker.T)
        load = np.zeros((layout.copies, layout.rows), self.dtype)
        load_back = np.zeros((layout.copies, layout.cols), self.dtype)
        self._column = self._row = (nothing, nothing, nothing, nothing, np.zeros(1, np.intp))
        if r is not None:
            seen, cells, flicker = r.row_seen, r.row_cells, r.row_flicker
            load += r.column_load.reshape(load.shape)
            load_back += cells if layout.copies > 1 else cells.sum(axis=0)
            if layout.copies > 1:  # one word line, the copies of which follow one another
                seen, cells = seen.reshape(1, -1), cells.reshape(1, -1)
                flicker = flicker.reshape(1, -1)
            column = r.column_seen.T, r.column_cells, r.column_flicker
            self._column = (*column, r.column_totals, r.column_edges)
            self._row = (seen, cells, flicker, r.row_totals, r.row_edges)
        self._load, self._load_back = load, load_back
        ideal = LineNoise.ideal(self.dtype)
        self._noises = ideal, ideal
        noise = None if self.wiring is None else self.wiring.line_noise
        if noise is not None:
            flickers = [self.flicker]
            if r is not None:
                flickers += [r.column_flicker.T, r.row_flicker]
            self._noises = noise.lines(self.dtype, flickers)
        self._across = np.array([0, *(k.stop for k in layout.col_slices())])
        self._ends = np.array([0, layout.rows]), np.array([0, layout.cols])

    def __getstate__(self) -> dict[str, Any]:
        """Return the state without views, which would become copies of their own."""
        return {k: v for k, v in vars(self).items() if k not in _VIEWS}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the state and renew the views."""
        vars(self).update(state)
        self._bind()

    def read(self, signals: Signals, edge: Edge, count: Count, *, apart: bool, rng: Rng) -> None:
        """Read forward; arguments as in :func:`crossbar.kernels.reads.read`.

        ``apart`` senses the arrays across the word lines one by one.
        """
        lines, copies = self.lines, self.layout.copies
        sums = lines.col_total, lines.row_total, self._load
        starts = lines.starts if apart and copies == 1 else self._ends[0]
        arrays = 1 if copies > 1 else len(lines.col_total)
        parts = starts, arrays, copies, True
        self._read(signals, sums, self._column, parts, edge, count, rng)

    def read_back(
        self, signals: Signals, edge: Edge, count: Count, *, apart: bool, rng: Rng
    ) -> None:
        """Read transposed; arguments as in :func:`crossbar.kernels.reads.read`."""
        lines, copies = self.lines, self.layout.copies
        sums = self.layout.by_copy(lines.row_total), lines.col_total, self._load_back
        starts = self._across if apart and copies == 1 else self._ends[1]
        parts = starts, len(lines.row_total), copies, False
        self._read(signals, sums, self._row, parts, edge, count, rng)

    def _read(
        self,
        signals: Signals,
        sums: tuple[Floats, Floats, Floats],
        reference: References,
        parts: tuple[Integers, int, int, bool],
        edge: Edge,
        count: Count,
        rng: Rng,
    ) -> None:
        """Read; ``sums`` on sensed lines, on driven lines, and what else hangs on these."""
        totals, driven, load = sums
        seen, cells, flicker, common, edges = reference
        noise = self._noises[0 if parts[3] else 1]
        if len(parts[0]) == 2:  # every line is sensed in one part
            totals, common = self.layout.whole(totals), self.layout.whole(common)
            noise = noise.whole(self.layout.copies)
        reads.read(
            *signals, *self._planes, totals, driven, load, seen, cells, flicker, common, edges,
            noise, *parts, *edge, key(rng), *count,
        )  # fmt: skip

    @property
    def slides(self) -> bool:
        """Whether :meth:`read_windows` reads it: one array, ideal wires, the same noise in all."""
        one = self.layout.copies == 1 and len(self.lines.col_total) == 1
        return one and self.wires is None and self.noise.uniform and not self.flicker.size

    def read_windows(
        self, signals: Windows, settings: Floats, at: Integers, counts: Floats, *, rng: Rng
    ) -> None:
        """Read the windows of images; see :func:`crossbar.kernels.images.read_windows`."""
        seen, _, _, sums, edges = self._column
        images.read_windows(
            *signals, self._planes[0], len(self.cells), self.lines.col_total,
            self.lines.row_total, self._load, seen, sums, edges, settings, key(rng), at, counts,
        )  # fmt: skip

    def currents(self, v: Floats, *, rng: Rng) -> Floats:
        """Return the signed bit-line currents (n, copies, cols) [A] of reads with ``v``.

        ``v`` (n, copies, rows) [V] are the voltages of all word lines. The current of the
        reference bit line is subtracted.
        """
        return self._currents(v, self.lines.col_total, self._column, True, rng)

    def currents_back(self, v: Floats, *, rng: Rng) -> Floats:
        """Return the word-line currents (n, copies, rows) [A] of transposed reads with ``v``.

        ``v`` (n, copies, cols) [V] are the voltages of all bit lines; minus cells see -v.
        """
        totals = self.layout.by_copy(self.lines.row_total)
        return self._currents(v, totals, self._row, False, rng)

    def _currents(
        self, v: Floats, totals: Floats, reference: References, forward: bool, rng: Rng
    ) -> Floats:
        """Return currents (n, copies, outputs) [A]: noise of the cells, and no other errors."""
        require_generator("Array.currents", rng)
        lines = self.layout.rows if forward else self.layout.cols
        v = require_array("Array.currents.v", v, ("n", self.layout.copies, lines))
        seen, cells, flicker, common, edges = reference
        totals, common = self.layout.whole(totals), self.layout.whole(common)
        settings = np.zeros(reads.SETTINGS, self.dtype)
        self.noise.fill(settings)
        solid: Floats = np.ascontiguousarray(v, self.dtype)
        flat = solid.reshape(-1, v.shape[2])
        out = np.empty((len(flat), totals.shape[-1]), self.dtype)
        reads.read_currents(
            flat, out, *self._planes, totals, seen, cells, flicker, common, edges,
            self._noises[0 if forward else 1].whole(self.layout.copies), self.layout.copies,
            forward, settings, key(rng),
        )  # fmt: skip
        return out.reshape(*v.shape[:2], -1)

    def power(self, v: Floats) -> float:
        """Return the power [W] that reads with voltages ``v`` (n, copies, rows) draw, summed."""
        flat = v.reshape(len(v), -1).astype(np.float64)
        if self.wiring is not None:
            return self.wiring.power(flat)
        hanging = self._load.ravel() + self.lines.row_total.sum(axis=0)
        return float((flat * flat).sum(axis=0) @ hanging)

    def power_back(self, v: Floats) -> float:
        """Return the power [W] that transposed reads with ``v`` (n, copies, cols) draw, summed."""
        wide = v.astype(np.float64)
        if self.wiring is not None:
            return self.wiring.power_back(wide)
        hanging = self._load_back + self.layout.whole(self.lines.col_total)
        return float(((wide * wide).sum(axis=0) * hanging).sum())

    def change(self, x: Floats, d: Floats, siemens: float, *, rng: Rng) -> Update:
        """Offer signed conductance changes ``x d siemens`` [S] to the cells; return what happened.

        ``x`` (n, rows) and ``d`` (n, cols, 1), or ``x`` (n, 0) and ``d`` (n, cols, rows) in full;
        the cells of a weight share alike, or, with a ``rising`` mapping, each takes what raises it.

        Raises
        ------
        ShapeError
            If ``x`` and ``d`` do not fit the weights.
        ConfigError
            If a change is not finite.
        """
        self.layout.check_change(x, d)
        x, d = np.ascontiguousarray(x, self.dtype), np.ascontiguousarray(d, self.dtype)
        finite, offered = offers.survey(x, d)
        if not (finite and math.isfinite(siemens)):
            fail("Array.change", "finite changes", "NaN or infinity", "Lower the rate.")
        tally, drawn = Tally(), [updates.key(rng) for updates in self._updates]
        shares = self.mapping.shares(x, d, siemens)
        for updates, share, one in zip(self._updates, shares, drawn, strict=True):
            updates.change(share, tally, one, rng=rng)
        return Update(tally, offered)

    def pulses(self, x: Floats, d: Floats, siemens: float, *, rng: Rng) -> list[Integers]:
        """Return the pulses (2, lines, cols), set and reset, that :meth:`change` would give.

        One array for each cell of a weight; a generator in the same state gives the same.
        """
        self.layout.check_change(x, d)
        x, d = np.ascontiguousarray(x, self.dtype), np.ascontiguousarray(d, self.dtype)
        return [
            updates.pulses(share, updates.key(rng))
            for updates, share in zip(
                self._updates, self.mapping.shares(x, d, siemens), strict=True
            )
        ]

    def aged(self, seconds: float) -> Array:
        """Return a copy whose cells have drifted until ``seconds`` after they were programmed."""
        later = copy.deepcopy(self)
        for cells in later.groups:
            cells.age(seconds)
        later.renew()
        return later
