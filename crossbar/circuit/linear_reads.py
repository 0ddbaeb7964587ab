"""Reads of arrays of ohmic cells, on ideal lines or on lines with resistance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crossbar.circuit.array_reads import ArrayReads
from crossbar.circuit.plane_noise import plane_noise
from crossbar.circuit.planes import factors, gains
from crossbar.circuit.ways import Lines as SensedLines
from crossbar.circuit.ways import Sensed, Way, driven, only
from crossbar.kernels import images, reads, signals
from crossbar.kernels.bound import Bound, bind
from crossbar.kernels.currents import Common, Planes
from crossbar.kernels.cuts import none
from crossbar.kernels.noise import LineNoise
from crossbar.kernels.reads import Count, Edge, Loads, Parts, Signals
from crossbar.kernels.settings import SETTINGS
from crossbar.random import key
from crossbar.types import Doubles, Floats, Integers, Rng

if TYPE_CHECKING:
    from crossbar.circuit.array import Array


class LinearReads(ArrayReads):
    """How an array is read whose line currents are a matrix product.

    What is summed of a plane of one or two cells follows them by itself. Windows need not be laid
    out on one array with ideal wires and the same noise in all cells.
    """

    def __init__(self, array: Array) -> None:
        super().__init__(array)
        one = self.planes[0]
        cells = len(one.signs)
        self.summed = len(self.planes) == 1 and cells <= (1 if one.reference else 2)

    def bind(self) -> None:
        """Gather views of the state, renewed whenever the state is replaced."""
        lines = self.array.lines
        if len(lines) == 1:
            if lines[0].followed.size:
                lines[0].followed = lines[0].seen.T
            seen = lines[0].seen.T[None]
        else:
            seen = np.stack([line.seen.T for line in lines])
            for line, plane in zip(lines, seen, strict=True):
                line.seen, line.followed = plane.T, plane
        self.seen = seen
        self.forward, self.back = self._way(True), self._way(False)
        array, self.stale = self.array, False
        one = array.layout.arrays == 1 and len(lines) == 1 and array.wires is None
        slides = one and array.noise.uniform and not array.flickers
        self.windows = self._read_windows if slides else None
        self.cut = self._read_cut if array.layout.copies == 1 else None

    def _way(self, forward: bool) -> Way:
        """Return what reads in one direction need."""
        array, layout, dtype = self.array, self.array.layout, self.array.dtype
        nothing = np.empty((0, 0), dtype)
        own = [cells.g.T for cells in array.cells] if self.summed else [nothing]
        plus, minus = (*own, nothing)[:2]
        first, planes = array.lines[0], self.planes
        if forward:
            totals, gain, factor = first.col_total, gains(planes), factors(planes)
        else:
            totals = layout.by_copy(first.row_total)
            gain, factor = [1.0] * len(planes), [plane.significance for plane in planes]
        cells = Planes(
            self.seen, plus, minus, array.flicker[0].T, totals, np.array(gain, dtype),
            np.array(factor, dtype),
        )  # fmt: skip
        common, loads = self._common(forward), self._loads(forward)
        noise, (apart, whole) = self._noise(forward), self._parts(forward)
        each, summed = Sensed.of(cells, common, loads, noise, apart), totals
        if len(whole.starts) == 2 and len(totals) != layout.copies:
            summed = layout.whole(totals)
            cells = cells._replace(totals=summed)
            common = common._replace(totals=layout.whole(common.totals))
            noise = noise.whole(layout.copies)
        return Way(loads, each, Sensed.of(cells, common, loads, noise, whole), totals, summed)

    def _common(self, forward: bool) -> Common:
        """Return the reference lines, which are subtracted: bit lines forward, else word lines."""
        r, dtype = self.array.reference, self.array.dtype
        subtracted = [p.references if forward else p.reference for p in self.planes]
        times: Floats = np.array(subtracted, dtype)
        if r is None:
            return Common.empty(dtype, len(times))
        if forward:
            seen, cells, flicker = r.column_seen.T[None], r.column.g.T, r.column.flicker().T
            return Common(seen, cells, flicker, r.column_totals, r.column_edges, times)
        seen, cells, flicker = r.row_seen, r.rows[0].g, r.rows[0].flicker()
        if self.array.layout.copies > 1:  # one word line, the copies of which follow one another
            seen, cells = seen.reshape(len(seen), 1, -1), cells.reshape(1, -1)
            flicker = flicker.reshape(1, -1)
        solid = np.ascontiguousarray(cells), np.ascontiguousarray(flicker)
        return Common(seen, *solid, r.row_totals, r.row_edges, times)

    def _loads(self, forward: bool) -> Loads:
        """Return the conductances on the driven lines."""
        lines, layout, r = self.array.lines, self.array.layout, self.array.reference
        load = np.zeros((layout.copies, layout.rows if forward else layout.cols), self.array.dtype)
        if r is not None and forward:
            load += r.column_load.reshape(load.shape)
        elif r is not None:
            load += r.row_load if layout.copies > 1 else r.row_load.sum(axis=0)
        if len(lines) == 1:
            return Loads(lines[0].row_total if forward else lines[0].col_total, load)
        if forward:
            return Loads(np.concatenate([line.row_total for line in lines]), load)
        return Loads(np.sum([line.col_total for line in lines], axis=0), load)

    def _noise(self, forward: bool) -> LineNoise:
        """Return the noise of the cells, where it is not summed from them as they are read."""
        array, r = self.array, self.array.reference
        if array.wiring is not None and array.wiring.line_noise is not None:
            flickers = [dict(enumerate(c.flicker() for c in array.cells))] if array.flickers else []
            if array.flickers and r is not None:
                rows = zip(array.placement.beside, (c.flicker() for c in r.rows), strict=True)
                flickers += [{0: r.column.flicker()}, dict(rows)]
            return array.wiring.line_noise.lines(array.dtype, flickers, forward=forward)
        if self.summed or array.wiring is not None or not array.noisy:
            return LineNoise.empty(array.dtype, len(self.planes))
        planes = array.by_plane
        return plane_noise(array.noise, array.layout, planes, r, array.dtype, forward=forward)

    def _parts(self, forward: bool) -> tuple[Parts, Parts]:
        """Return how lines are sensed, array by array and as a whole."""
        layout = self.array.layout
        driven = layout.row_slices() if forward else layout.col_slices()
        each = self.array.mapping.amplifiers if forward else len(self.planes)
        ends = np.array([0, layout.rows if forward else layout.cols])
        if layout.copies > 1:  # each of them on one array
            parts = Parts(ends, each, layout.copies, forward)
            return parts, parts
        starts = np.array([0, *(s.stop for s in driven)])
        amplifiers = each * len(driven)
        return Parts(starts, amplifiers, 1, forward), Parts(ends, amplifiers, 1, forward)

    def sensed_lines(self, *, apart: bool) -> SensedLines:
        """Return what a forward read takes, as it is now; see :mod:`crossbar.kernels.reads`."""
        return self._now(forward=True, apart=apart).lines

    def _now(self, *, forward: bool, apart: bool) -> Sensed:
        """Return what a read takes, sensed array by array or as a whole."""
        if self.stale:
            self._renew()
        way = self.forward if forward else self.back
        if apart:
            return way.apart
        if way.summed is not way.totals:
            way.totals.sum(axis=0, keepdims=True, out=way.summed)
        return way.whole

    def _renew(self) -> None:
        """Sum anew what does not follow the cells by itself."""
        if self.stale and not self.summed and self.array.wiring is None:
            self.forward, self.back = self._way(True), self._way(False)
        self.stale = False

    def read(
        self, signals: Signals, edge: Edge, count: Count, *, forward: bool, apart: bool, rng: Rng
    ) -> None:
        """Read; see :meth:`ArrayReads.read`."""
        bound = self._now(forward=forward, apart=apart).bound
        reads.read(*signals, bound, *edge, key(rng), none(), *count)

    def _read_cut(
        self, signals: Signals, cuts: Bound, edge: Edge, count: Count, *, apart: bool, rng: Rng
    ) -> None:
        """Read windows of samples; see :class:`CutReads`."""
        bound = self._now(forward=True, apart=apart).bound
        reads.read(*signals, bound, *edge, key(rng), cuts, *count)

    def read_few(
        self, signals: Signals, edge: Edge, count: Count, *, forward: bool, apart: bool, rng: Rng
    ) -> None:
        """Do what :meth:`read` does, of the driven lines alone where they are few."""
        lines = self._now(forward=forward, apart=apart).lines
        one = len(lines[-1].starts) == 2 and self.array.layout.copies == 1
        few = driven(signals[0]) if one and self.array.wiring is None else None
        if few is None:
            self.read(signals, edge, count, forward=forward, apart=apart, rng=rng)
            return
        x = signals[0].take(few, axis=2)
        sized = x, np.empty_like(x[:, 0]), signals[2]
        *picked, near = only(few, lines, edge, self.array.noise)
        reads.read(*sized, bind(tuple(picked)), *near, key(rng), none(), *count)

    def _read_windows(
        self, x: Floats, kernel: int, settings: Floats, at: Integers, counts: Floats, *, rng: Rng
    ) -> Floats:
        """Return the products of all windows of images; see :class:`WindowReads`."""
        array, cells, bound = self.array, len(self.planes[0].signs), self.forward.whole.bound
        solid: Floats = np.ascontiguousarray(x, array.dtype)
        positions = (x.shape[1] - kernel + 1) * (x.shape[2] - kernel + 1)
        out = np.empty((len(x), positions, array.layout.cols), array.dtype)
        flat = solid.reshape(*x.shape[:2], -1)
        images.read_windows(flat, kernel, out, bound, cells, settings, key(rng), at, counts)
        return out

    def currents(self, v: Floats, *, forward: bool, rng: Rng) -> Floats:
        """Return line currents; see :meth:`ArrayReads.currents`."""
        array, bound = self.array, self._now(forward=forward, apart=False).bound
        settings = np.zeros(SETTINGS, array.dtype)
        array.noise.fill(settings)
        solid: Floats = np.ascontiguousarray(v, array.dtype)
        flat = solid.reshape(-1, v.shape[2])
        outputs = array.layout.cols if forward else array.layout.rows
        out = np.empty((len(self.planes), len(flat), outputs), array.dtype)
        reads.read_currents(flat, out, bound, settings, key(rng))
        return out.reshape(len(out), *v.shape[:2], -1)

    def power(self, v: Floats, *, forward: bool, once: bool = False) -> float:
        """Return the power [W] that reads draw; see :meth:`ArrayReads.power`."""
        drive = self.array.drive
        if drive is None or once:
            return self._drawn(v.astype(np.float64), forward)
        full = self.array.reading.v_read
        if self.array.wiring is None:
            on = np.zeros(v.shape[1:])
            signals.switched(np.ascontiguousarray(v), full, drive.on_by_code, on)
            return full**2 * float((on * self._hanging(forward)).sum())
        steps = drive.steps(v.astype(np.float64) / full)
        return sum(step.long * self._drawn(full * step.x, forward) for step in steps)

    def _drawn(self, wide: Doubles, forward: bool) -> float:
        """Return the power [W] that lines draw at the voltages ``wide`` [V], summed."""
        if self.array.wiring is not None:
            flat = wide.reshape(len(wide), -1)
            wiring = self.array.wiring
            return wiring.power(flat) if forward else wiring.power_back(wide)
        return float(((wide * wide).sum(axis=0) * self._hanging(forward)).sum())

    def _hanging(self, forward: bool) -> Floats:
        """Return the conductance [S] on every driven line of ideal wires, (copies, lines)."""
        self._renew()
        totals, load = (self.forward if forward else self.back).loads
        return load + (totals.sum(axis=0).reshape(load.shape) if forward
                       else self.array.layout.whole(totals))  # fmt: skip
