"""An array: volts in, amperes out. Cells on lines, with the noise and the resistance of both."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crossbar.array_checks import require_array
from crossbar.checks import require_generator
from crossbar.circuit import array_facts
from crossbar.circuit.array_reads import ArrayReads
from crossbar.circuit.law_reads import LawReads
from crossbar.circuit.layout import Layout
from crossbar.circuit.line_compensation import LineCompensation
from crossbar.circuit.linear_reads import LinearReads
from crossbar.circuit.lines import Lines, signed
from crossbar.circuit.mapping import Mapping
from crossbar.circuit.placement import Placement
from crossbar.circuit.planes import require_planes
from crossbar.circuit.reading import CellNoise, Reading
from crossbar.circuit.reference import Reference
from crossbar.circuit.remap import Remap
from crossbar.circuit.trains import Trains
from crossbar.circuit.updates import ArrayUpdates, Update
from crossbar.circuit.wired import Refreshes
from crossbar.circuit.wiring import Wiring
from crossbar.circuit.writing import write
from crossbar.converters import Switched
from crossbar.devices import Cells, Device, Programming, Tally, require_activated
from crossbar.displayed import Displayed
from crossbar.types import Doubles, Floats, FloatType, Integers, Rng
from crossbar.wires import Wires


@dataclass
class Array(Displayed):
    """Programmed cells of one weight matrix, on one or several physical arrays.

    With ideal wires the current of a bit line is v @ g exactly. With ``wires`` it follows from
    nodal analysis at every :meth:`refresh` and closely from it at every :meth:`follow`; a change
    in between is added as if lines were ideal. The noise of a cell is that of its conductance times
    the voltage across it, times the share of its current that is sensed, both as of the last
    :meth:`refresh`; :class:`~crossbar.circuit.wired_noise.WiredNoise` says what is approximate.
    Cells that are not ohmic are read by their law: :class:`~crossbar.circuit.law_reads.LawReads`.
    With a ``drive`` lines stand at plus or minus the read voltage for the share of a read that a
    voltage is of it; currents are means over a read, power times ``reading.t_read`` is all energy.
    """

    device: Device
    mapping: Mapping
    layout: Layout
    reading: Reading
    wires: Wires | None
    dtype: FloatType
    cells: list[Cells]
    reference: Reference | None
    name: str = "tile"
    drive: Switched | None = None
    lines: list[Lines] = field(init=False)
    scale: float = field(init=False)  # signed conductance of weight 1 [S]
    reads: ArrayReads = field(init=False)
    wiring: Wiring | None = field(init=False, default=None)
    refreshes: Refreshes = field(init=False, default_factory=Refreshes)

    __repr__ = array_facts.line
    _facts = array_facts.facts

    def __post_init__(self) -> None:
        planes = self.mapping.planes
        require_planes("Array.mapping", planes)
        self.scale = self.mapping.scale(self.device.window)
        self.placement = Placement(self.layout, planes, self.reference is not None)
        reading = self.reading if self.drive is None else self.reading.over(self.drive.averaging)
        self.noise = CellNoise(*self.device.read_noise, reading)
        if self.wires is not None and self.device.conduction.ohmic:
            self.wiring = Wiring(self.wires, self.layout, self.noise, planes)
        self._refresh_cells()
        self.follow_flicker()

    @property
    def noisy(self) -> bool:
        """Whether reads have noise of the cells."""
        return self.flickers or not self.noise.silent

    @classmethod
    def fabricate(
        cls, device: Device, mapping: Mapping, layout: Layout, reading: Reading,
        wires: Wires | None, *, rng: Rng, dtype: FloatType, name: str = "tile",
        drive: Switched | None = None,
    ) -> Array:  # fmt: skip
        """Return a new array with the device-to-device spread of its cells."""
        shape = (layout.copies * layout.rows, layout.cols)
        *own, shared = rng.spawn(len(mapping.signs) + 1)
        cells = [device.fabricate(shape, rng=generator, dtype=dtype) for generator in own]
        reference = None
        if mapping.reference:
            planes = mapping.planes
            reference = Reference.fabricate(device, layout, planes, rng=shared, dtype=dtype)
        return cls(device, mapping, layout, reading, wires, dtype, cells, reference, name, drive)

    @property
    def groups(self) -> list[Cells]:
        """Every group of cells: those of the weights, then those of the reference lines."""
        return [*self.cells, *([] if self.reference is None else self.reference.cells)]

    def program(
        self, weights: Floats, *, rng: Rng, way: Programming | None = None,
        remap: Remap | None = None, lines: LineCompensation | None = None,
    ) -> Tally:  # fmt: skip
        """Write ``weights`` (rows, cols) into every copy; ``way``: :meth:`Cells.program`."""
        return write(self, weights, rng=rng, way=way, remap=remap, lines=lines)

    def refresh(self) -> None:
        """Work out anew what the lines see, exactly, and sums that rounding let drift."""
        self._refresh_cells()
        if self.wiring is not None:
            conductances = [g for *_, g in self.physical()]
            gap = self.wiring.refresh(conductances, noisy=self.flickers)
            self.wiring.show([line.seen for line in self.lines], self.reference)
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
        self.wiring.show([line.seen for line in self.lines], self.reference)
        return moved / (high - low)

    def follow_flicker(self) -> None:
        """Take the variances of reads that the cells have by their age and conductance."""
        self.flicker: list[Floats] = [
            np.asfortranarray(np.sum([c.flicker() for c in cells], axis=0, dtype=self.dtype))
            for cells in self.by_plane
        ]
        self._bind()

    @property
    def flickers(self) -> bool:
        """Whether the cells have noise by their age, beside ``noise``."""
        return bool(self.flicker[0].size)

    @property
    def by_plane(self) -> list[list[Cells]]:
        """The cells of the weights, plane by plane."""
        cells = iter(self.cells)
        return [[next(cells) for _ in plane.signs] for plane in self.mapping.planes]

    def _refresh_cells(self) -> None:
        """Take what the lines see from the cells, as ideal lines see them."""
        if self.reference is not None:
            self.reference.refresh()
        direct = len(self.cells) == 1 and self.wires is None
        self.lines = [
            Lines.of(cells, plane.signs, self.layout, self.dtype, direct=direct)
            for cells, plane in zip(self.by_plane, self.mapping.planes, strict=True)
        ]

    @property
    def signed(self) -> Floats:
        """Conductances (lines, cols) [S] that a forward read sees in place of the weights."""
        return signed(self.mapping.planes, self.lines, self.reference, self.dtype)

    def physical(self) -> Iterator[tuple[slice, slice, int, Doubles]]:
        """Yield word lines, columns, copy and conductances [S], as physical arrays have them."""
        groups = [c.g for c in self.groups]
        for k, block in enumerate(self.layout.blocks()):
            yield (*block, self.placement.gather(k, groups).astype(np.float64))

    def _bind(self) -> None:
        """Gather what reads and changes need: views, renewed whenever the state is replaced."""
        ohmic = self.device.conduction.ohmic
        self.reads = LinearReads(self) if ohmic else LawReads(self)
        self.reads.bind()
        self._updates = ArrayUpdates(self)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state without views, which would become copies of their own."""
        return {k: v for k, v in vars(self).items() if k not in ("reads", "_updates")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the state and renew the views."""
        vars(self).update(state)
        self._bind()

    def currents(self, v: Floats, *, forward: bool = True, rng: Rng) -> Floats:
        """Return signed line currents (n, copies, lines) [A]: noise of the cells, no other errors.

        ``v`` (n, copies, lines) [V] are the voltages of all word lines, or, in a transposed read,
        of all bit lines, where minus cells see -v and planes take turns. Reference lines are
        subtracted, and planes count by their significance.
        """
        require_generator("Array.currents", rng)
        lines = self.layout.rows if forward else self.layout.cols
        v = require_array("Array.currents.v", v, ("n", self.layout.copies, lines))
        each = self.reads.currents(v, forward=forward, rng=rng)
        total: Floats = np.zeros_like(each[0])
        for plane, currents in zip(self.mapping.planes, each, strict=True):
            total += self.dtype(plane.significance) * currents
        return total

    def power(self, v: Floats, *, forward: bool = True) -> float:
        """Return the power [W] that reads with voltages ``v`` (n, copies, lines) draw, summed."""
        return self.reads.power(v, forward=forward)

    def change(
        self, x: Floats, d: Floats, siemens: float, *, rng: Rng, trains: Trains | None = None
    ) -> Update:
        """Offer signed conductance changes ``x d siemens`` [S] to the cells; return what happened.

        ``x`` (n, rows) and ``d`` (n, cols, 1), or ``x`` (n, 0) and ``d`` (n, cols, rows) in full;
        the cells of a weight share alike, or, with a ``rising`` mapping, each takes what raises it.
        Raises ShapeError unless both fit the weights, ConfigError for a change that is not finite.
        """
        self.layout.check_change(x, d)
        update = self._updates.change(x, d, siemens, rng=rng, trains=trains)
        self.reads.stale = True
        return update

    def pulses(self, x: Floats, d: Floats, siemens: float, *, rng: Rng) -> list[Integers]:
        """Return the pulses (2, lines, cols) that :meth:`change` would give each cell."""
        self.layout.check_change(x, d)
        return self._updates.pulses(x, d, siemens, rng=rng)

    def aged(self, seconds: float, temperature: float | None = None) -> Array:
        """Return a copy whose cells have drifted until ``seconds``; see :meth:`Cells.age_at`."""
        if temperature is not None:
            require_activated("Array.aged.temperature", self.device)
        later = copy.deepcopy(self)
        for cells in later.groups:
            cells.age_at(seconds, temperature)
        later.renew()
        return later
