"""Reads of arrays whose cells are not ohmic: a law of currents in place of a matrix product."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crossbar.circuit.array_reads import ArrayReads
from crossbar.circuit.flow import Cellwise, Flows, flows
from crossbar.circuit.physical import names
from crossbar.circuit.planes import amplified, factors
from crossbar.circuit.switched_flow import switched_flows
from crossbar.errors import SolverError
from crossbar.kernels import reads
from crossbar.kernels.reads import Count, Edge, Signals
from crossbar.kernels.signals import to_numbers
from crossbar.random import key
from crossbar.types import Floats, Rng

if TYPE_CHECKING:
    from crossbar.circuit.array import Array


class Block(NamedTuple):
    """One physical array: its word lines, columns of weights, copy and cells."""

    rows: slice
    cols: slice
    copy: int
    cells: Cellwise


class LawReads(ArrayReads):
    """How an array is read whose cells follow a law of their own, see :mod:`.flow`.

    Array by array, in float64; noise is drawn on every sensed line. Windows are vectors as others.
    """

    def __init__(self, array: Array) -> None:
        super().__init__(array)
        self.cells = array.placement.cells
        self.iterative = array.wires is not None
        parts = array.device.conduction, array.noise, array.wires
        self.direct = flows(*parts)
        self.flows: Flows = switched_flows(*parts, array.drive, array.reading.v_read)

    def bind(self) -> None:
        """Gather the cells anew before the next read."""
        self.stale = True
        self.blocks: list[Block] = []

    def _gathered(self) -> list[Block]:
        """Return the physical arrays with their cells as they are now."""
        if not self.stale:
            return self.blocks
        array, none = self.array, np.empty((0, 0))
        groups = [c.flicker() for c in array.groups] if array.flickers else []
        self.blocks = [
            Block(
                rows, cols, copy, Cellwise(g, array.placement.gather(k, groups) if groups else none)
            )
            for k, (rows, cols, copy, g) in enumerate(array.physical())
        ]
        self.stale = False
        return self.blocks

    def _parts(self, forward: bool) -> list[list[int]]:
        """Return the arrays that are driven together, by their numbers; copies are one part."""
        layout = self.array.layout
        across, count = len(layout.col_slices()), layout.arrays
        if layout.copies > 1:
            return [list(range(count))]
        if forward:
            return [list(range(k, k + across)) for k in range(0, count, across)]
        return [list(range(k, count, across)) for k in range(across)]

    def _part(self, numbers: list[int], v: Floats, forward: bool, rng: Rng) -> tuple[Floats, float]:
        """Return currents (planes, n, copies, outputs) [A] of arrays driven together, and power."""
        layout = self.array.layout
        outputs = layout.cols if forward else layout.rows
        each, power = np.zeros((len(self.planes), *v.shape[:2], outputs)), 0.0
        for number in numbers:
            block = self._gathered()[number]
            start = 0 if layout.copies > 1 else block.rows.start
            lines = slice(start, start + block.rows.stop - block.rows.start)
            driven, to = (lines, block.cols) if forward else (block.cols, lines)
            read = self._forward if forward else self._back
            try:
                each[:, :, block.copy, to], more = read(block, v[:, block.copy, driven], rng)
            except SolverError as error:
                name = names(self.array.name, layout.arrays)[number]
                raise SolverError(error.message.within(f"array '{name}'")) from None
            power += more
        return each, power

    def _forward(self, block: Block, v: Floats, rng: Rng) -> tuple[Floats, float]:
        """Return currents (planes, n, columns) for ``v`` (n, word lines), and the power."""
        i, power = self._flow(block, v, rng, forward=True)
        width, first = block.cols.stop - block.cols.start, 0
        own, currents = i[:, : width * self.cells].reshape(len(i), width, self.cells), []
        for plane in self.planes:
            last = first + len(plane.signs)
            currents.append(own[:, :, first:last] @ np.array(plane.signs, float))
            if plane.references:
                currents[-1] -= plane.references * i[:, -1:]
            first = last
        return np.stack(currents), power

    def _back(self, block: Block, v: Floats, rng: Rng) -> tuple[Floats, float]:
        """Return currents (planes, n, word lines) for ``v`` (n, columns), and the power.

        The planes take turns; their minus cells see -v.
        """
        height, first = block.rows.stop - block.rows.start, 0
        currents, power = [], 0.0
        for plane in self.planes:
            last = first + len(plane.signs)
            driven = np.zeros((*v.shape, self.cells))
            driven[:, :, first:last] = v[:, :, np.newaxis] * np.array(plane.signs, float)
            i, more = self._flow(block, driven.reshape(len(v), -1), rng, forward=False)
            common = i[:, height:].sum(axis=1, keepdims=True)
            currents.append(i[:, :height] - plane.reference * common)
            power, first = power + more, last
        return np.stack(currents), power

    def _flow(self, block: Block, v: Floats, rng: Rng, *, forward: bool) -> tuple[Floats, float]:
        """Return the currents (n, sensed lines) [A] of one array with noise, and the power [W].

        A reference line that is not in use is at 0 V, and counts only where lines have resistance.
        """
        cells = block.cells
        if self.array.reference is not None and self.array.wires is None:
            cells = Cellwise(*(a[:-1] if forward else a[:, :-1] for a in cells))
        rest = cells.g.shape[0 if forward else 1] - v.shape[1]
        volts = np.pad(v.astype(np.float64), ((0, 0), (0, rest)))
        i, variance, power = self.flows.flow(cells, volts, forward=forward)
        if self.array.noisy:
            i += np.sqrt(variance) * rng.standard_normal(i.shape)
        return i, float(power.sum())

    def read(
        self, signals: Signals, edge: Edge, count: Count, *, forward: bool, apart: bool, rng: Rng
    ) -> None:
        """Read; arguments as in :func:`crossbar.kernels.reads.read`.

        Arrays across the driven lines are always sensed one by one: where blocks make no errors
        their currents simply add up, whatever ``apart`` says.
        """
        (x, v, out), (values, at, counts), (settings, dac, _) = signals, count, edge
        own, copies = _own(rng), self.array.layout.copies
        unit = np.empty(len(x), x.dtype)
        cut = reads.drive(x, settings, dac, copies, *_keys(own), v, unit)
        volts = self.array.layout.of_copies(v)
        total, power = np.zeros((len(v), out.shape[2])), 0.0
        parts = self._parts(forward)
        for k, numbers in enumerate(parts):
            each, more = self._part(numbers, volts, forward, own)
            power += more
            cut += self._sense(each, (k, len(parts)), forward, edge, own, total)
        to_numbers(total.astype(x.dtype), len(v) // len(x), unit, out)
        turns = 1 if forward else len(self.planes)
        amplifiers = (self.planes[-1].amplifier + 1 if forward else len(self.planes)) * len(parts)
        reads.count(
            settings, values, turns * (len(v) // copies), float(np.count_nonzero(v)) * out.shape[2],
            power, cut, out.size * amplifiers, at, counts,
        )  # fmt: skip

    def read_few(
        self, signals: Signals, edge: Edge, count: Count, *, forward: bool, apart: bool, rng: Rng
    ) -> None:
        """Read for one step lines that are driven as they are, without a DAC."""
        with self._direct():
            self.read(signals, edge, count, forward=forward, apart=apart, rng=rng)

    @contextmanager
    def _direct(self) -> Iterator[None]:
        """Drive lines as they are, for one step."""
        usual, self.flows = self.flows, self.direct
        try:
            yield
        finally:
            self.flows = usual

    def _sense(
        self,
        each: Floats,
        part: tuple[int, int],
        forward: bool,
        edge: Edge,
        rng: Rng,
        total: Floats,
    ) -> float:
        """Add what amplifiers and ADCs of one of the parts make of ``each`` plane to ``total``.

        Returns how many currents they cut.
        """
        settings, _, adc = edge
        (number, parts), copies, cut = part, self.array.layout.copies, 0.0
        blocks = self.array.layout.row_slices() if forward else self.array.layout.col_slices()
        lines, outputs = blocks[number].stop - blocks[number].start, total.shape[1]
        for m, (i, factor) in enumerate(self._amplifiers(each, forward)):
            solid: Floats = np.ascontiguousarray(i.reshape(total.shape), self.array.dtype)
            turn = m if forward else 0  # the same amplifiers in every turn
            first = (number + turn * max(parts, copies)) * outputs
            cut += reads.sense(solid, lines, settings, adc, first, copies, *_keys(rng))
            total += np.multiply(solid, factor)
        return cut

    def _amplifiers(self, each: Floats, forward: bool) -> Iterator[tuple[Floats, float]]:
        """Yield the current of every amplifier, and what its output counts."""
        if not forward:
            yield from zip(each, [plane.significance for plane in self.planes], strict=True)
            return
        counts = [factor for factor in factors(self.planes) if factor]
        yield from zip(amplified(self.planes, each), counts, strict=True)

    def currents(self, v: Floats, *, forward: bool, rng: Rng) -> Floats:
        """Return line currents; see :meth:`ArrayReads.currents`."""
        own = _own(rng)
        parts = [self._part(numbers, v, forward, own)[0] for numbers in self._parts(forward)]
        total: Floats = np.sum(parts, axis=0, dtype=self.array.dtype)
        return total

    def power(self, v: Floats, *, forward: bool, once: bool = False) -> float:
        """Return the power [W] that reads draw; see :meth:`ArrayReads.power`."""
        own = np.random.default_rng(0)
        with self._direct() if once else nullcontext():
            return sum(self._part(numbers, v, forward, own)[1] for numbers in self._parts(forward))


def _own(rng: Rng) -> Rng:
    """Return a generator for one read: ``rng`` goes on as after any other read."""
    return np.random.default_rng(int(key(rng)))


def _keys(rng: Rng) -> tuple[np.uint32, np.uint32]:
    """Return the key of a stream of the compiled loops."""
    one, other = rng.integers(2**32, size=2, dtype=np.uint32)
    return one, other
