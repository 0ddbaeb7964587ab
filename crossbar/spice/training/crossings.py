"""Crossbars of a training step: synapses with code nodes, and amplifiers that serve both ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from crossbar.devices import Cells
from crossbar.devices.cmos import CmosCells
from crossbar.errors import fail
from crossbar.spice.blocks import FULL, feedback
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.numbers import number
from crossbar.spice.engine.signals import node_name
from crossbar.substrates.port import Weights
from crossbar.substrates.tile_state import TileState

SWITCH = 50e-3  # S, closed switch of a hold and of a latch
HOLD = 1e-12  # F
LINE = 20e-15  # F, of a line: about 100 um of wire; it also keeps voltages continuous at a switch
WIDE = 8.0  # range of the amplifiers of negative lines, relative to that of the others


@dataclass(frozen=True)
class Bus:
    """Signals on nodes.

    Attributes
    ----------
    nodes
        Node of every signal.
    volts
        Volts per number.
    """

    nodes: list[str]
    volts: float


@dataclass(frozen=True)
class Scaled:
    """Signals behind a normaliser: nodes at up to :data:`FULL`, and the node of their peak."""

    nodes: list[str]
    peak: str
    volts: float
    """Volts per number before the normaliser."""


def normalised(deck: Deck, tag: str, bus: Bus) -> Scaled:
    """Add a normaliser over all signals of ``bus``."""
    peak, out = f"{tag}pk", [f"{tag}n{k}" for k in range(len(bus.nodes))]
    deck.instance(f"x{peak}", "normaliser_bus", peak)
    for node, x in zip(out, bus.nodes, strict=True):
        deck.instance(f"x{node}", "normaliser", x, peak, node)
    return Scaled(out, peak, bus.volts)


def held(deck: Deck, tag: str, nodes: Sequence[str]) -> list[str]:
    """Add track-and-hold stages that follow ``nodes`` in the forward phase."""
    out = [f"{tag}h{k}" for k in range(len(nodes))]
    for h, node in zip(out, nodes, strict=True):
        deck.add(f"B{h} 0 {h} I={number(SWITCH)}*v(track)*(v({node})-v({h}))")
        deck.add(f"C{h} {h} 0 {number(HOLD)} IC=0")
    return out


@dataclass
class Codes:
    """Code nodes of a group of cells, (rows, cols).

    Attributes
    ----------
    cells
        The cells, at their codes before the step.
    tag
        Beginning of the names of the nodes.
    """

    cells: CmosCells
    tag: str
    g_unit: np.ndarray = field(init=False)
    """Conductance of one code step of each cell at its code [S]: its mismatch is in it."""

    def __post_init__(self) -> None:
        code = np.maximum(self.cells.code, 1)
        nominal = self.cells.spec.quantum
        self.g_unit = np.where(self.cells.code > 0, self.cells.g / code, nominal)

    def node(self, i: int, j: int) -> str:
        """Return the node of the code of a cell, 1 V a step."""
        return f"{self.tag}_{i}_{j}"

    def nodes(self) -> list[str]:
        """Return all nodes, row by row."""
        rows, cols = self.cells.code.shape
        return [self.node(i, j) for i in range(rows) for j in range(cols)]

    def place_fixed(self, deck: Deck) -> None:
        """Add sources that hold every code."""
        for node, code in zip(self.nodes(), self.cells.code.ravel(), strict=True):
            deck.add(f"V{node} {node} 0 {int(code)}")

    def place_latch(self, deck: Deck, i: int, j: int, steps: str) -> None:
        """Add master and slave of a code, which moves by the rounded expression ``steps``."""
        node, code = self.node(i, j), int(self.cells.code[i, j])
        top = 2**self.cells.spec.bits - 1
        master, gate = f"{node}m", number(SWITCH)
        wanted = f"min(max(v({node})+floor({steps}+0.5),0),{top})"
        if not self.cells.free[i, j]:
            wanted = f"v({node})"
        deck.add(
            f"B{node}w {node}w 0 V={wanted}",
            f"B{master} 0 {master} I={gate}*v(take)*(v({node}w)-v({master}))",
            f"C{master} {master} 0 {number(HOLD)} IC={code}",
            f"B{node} 0 {node} I={gate}*v(give)*(v({master})-v({node}))",
            f"C{node} {node} 0 {number(HOLD)} IC={code}",
        )

    def place_cell(self, deck: Deck, name: str, i: int, j: int, row: str, col: str) -> None:
        """Add a synapse between two lines."""
        g_u = float(f"{self.g_unit[i, j]:.9g}")
        deck.instance(f"x{name}", "synapse_calibrated", row, col, self.node(i, j), g_u=g_u)


def codes_of(tag: str, cells: Cells) -> Codes:
    """Return the code nodes of ``cells``, or raise if they have none."""
    if not isinstance(cells, CmosCells):
        remedy = "Use device.kind = cmos: a pulse of a memristor has no circuit of a whole step."
        fail("train-step", "CMOS synapses, without faults", type(cells).__name__, remedy)
    if cells.spec.rounding.stochastic:
        remedy = "Set device.rounding = deterministic: a netlist draws nothing."
        fail("train-step", "codes rounded to the nearest", "at random", remedy)
    return Codes(cells, tag)


@dataclass
class Crossing:
    """A programmed tile as a crossbar that is read both ways and written.

    Parameters
    ----------
    state
        One array of CMOS synapses with ideal lines.
    name
        Name of the layer.
    """

    state: Weights
    name: str
    tag: str = field(init=False)
    tile: TileState = field(init=False)
    groups: list[Codes] = field(init=False)
    reference: tuple[Codes, Codes] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if not isinstance(self.state, TileState):
            fail(f"train-step '{self.name}'", "weights in a tile", "digital ones", "Use cmos.")
        self.tag, self.tile = node_name(self.name), self.state
        array, spec = self.tile.array, self.tile.spec
        plain = array.layout.copies == 1 and array.layout.arrays == 1 and array.wires is None
        if not plain or spec.adc is not None or spec.dac is not None:
            got = "copies, several arrays, wires or converters"
            remedy = "Set copies = 1 and leave tile.size, tile.wires, tile.adc and tile.dac away."
            fail(f"train-step '{self.name}'", "one array with ideal lines", got, remedy)
        mapping = array.mapping
        kind = (tuple(mapping.signs), mapping.reference)
        if mapping.rising or kind not in (((1,), True), ((1, -1), False)):
            expected = "one cell a weight beside reference lines, or a pair about the middle"
            remedy = "Set tile.mapping = offset or pair."
            fail(f"train-step '{self.name}'", expected, type(mapping).__name__, remedy)
        self.groups = [codes_of(f"{self.tag}_k{s}", c) for s, c in enumerate(array.cells)]
        if array.reference is not None:
            found = [codes_of(f"{self.tag}_ref{k}", c) for k, c in enumerate(array.reference.cells)]
            self.reference = (found[0], found[1])
        if spec.reading.v_read != FULL:
            remedy = 'Set tile.reading.v_read = "350 mV", for which the blocks are made.'
            fail("train-step", f"reads at {FULL} V", f"{spec.reading.v_read} V", remedy)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of weights."""
        return self.tile.array.layout.rows, self.tile.array.layout.cols

    @property
    def signs(self) -> tuple[float, ...]:
        """Sign of each cell of a weight."""
        return self.tile.array.mapping.signs

    def place_codes(self, deck: Deck) -> None:
        """Add the codes that do not change: those of the reference cells."""
        for codes in self.reference or ():
            codes.place_fixed(deck)

    def place_cells(self, deck: Deck, tag: str, rows: Sequence[str], cols: Sequence[str]) -> None:
        """Add the cells between word lines and bit lines, those of a reference last in ``cols``."""
        height, width = self.shape
        for s, codes in enumerate(self.groups):
            for i in range(height):
                for j in range(width):
                    line = cols[j * len(self.groups) + s]
                    codes.place_cell(deck, f"{tag}_{s}_{i}_{j}", i, j, rows[i], line)
        if self.reference is not None:
            for i in range(height):
                self.reference[0].place_cell(deck, f"{tag}_r_{i}", i, 0, rows[i], cols[-1])

    def sensed(self, tag: str) -> list[str]:
        """Return names for the bit lines of one read, the reference last."""
        lines = [f"{tag}_c{j}" for j in range(self.shape[1] * len(self.groups))]
        return lines + ([f"{tag}_cr"] if self.reference is not None else [])

    def place_senses(self, deck: Deck, lines: Sequence[str], drives: Sequence[str] | None) -> None:
        """Add the amplifiers of bit lines, which ``drives`` drive in the backward phase.

        The current of a negative line (minus cells, reference) is copied and taken from its
        positive ones before these amplify: what is common to both would saturate them.
        """
        r_f = self._feedback(self.shape[0])
        negative = {line for line in lines if not self._positive(lines, line)}
        for k, line in enumerate(lines):
            driven = drives is not None and k < len(drives)
            drive, mode = (drives[k], "backward") if drives is not None and driven else ("0", "off")
            own = r_f / WIDE if line in negative else r_f
            _amplifier(deck, line, drive, mode, own)
        for j in range(self.shape[1]):
            plus = lines[j * len(self.signs)]
            minus = lines[-1] if self.reference is not None else lines[j * len(self.signs) + 1]
            mode = "off" if drives is None or self.reference is not None else "backward"
            _copy(deck, minus, plus, mode, r_f / WIDE)

    def _feedback(self, cells: int) -> float:
        """Return the feedback [ohm] of the amplifiers of lines of so many cells."""
        low, _, high = self.tile.spec.device.window
        return feedback(cells, high - low, self.tile.spec.blocks.element.span)

    def _positive(self, lines: Sequence[str], line: str) -> bool:
        """Return whether ``line`` is that of plus cells."""
        k = lines.index(line)
        return k < self.shape[1] * len(self.signs) and self.signs[k % len(self.signs)] > 0

    def restored(self, deck: Deck, tag: str, lines: Sequence[str], x: Scaled, volts: float) -> Bus:
        """Add what gives sensed signals back their size, the gain of the normaliser undone."""
        unit = self._unit(self._feedback(self.shape[0]), x, volts)
        nodes = [f"{tag}{j}" for j in range(self.shape[1])]
        for node, line in zip(nodes, lines[:: len(self.signs)], strict=False):
            deck.add(f"B{node} {node} 0 V=v({line}s)*v({x.peak})*{unit}")
        return Bus(nodes, volts)

    def _unit(self, r_f: float, x: Scaled, volts: float) -> str:
        """Return volts of output per volt of sense signal and volt of peak."""
        return number(volts / (r_f * x.volts * FULL * self.tile.array.scale))

    def place_rows(self, deck: Deck, x: Scaled) -> list[str]:
        """Add the amplifiers of the word lines, driven by ``x`` forward; return the lines."""
        rows = [f"{self.tag}_w{i}" for i in range(self.shape[0])]
        r_f = self._feedback(self.shape[1])
        for line, drive in zip(rows, x.nodes, strict=True):
            _amplifier(deck, line, drive, "forward", r_f)
        return rows

    def back(self, deck: Deck, rows: Sequence[str], d: Scaled, volts: float) -> Bus:
        """Add the transposed read of ``d``: the gradient at the inputs, gain restored."""
        r_f = self._feedback(self.shape[1])
        if self.reference is not None:
            foot = f"{self.tag}_wr"
            for j in range(self.shape[1]):
                name, line = f"{self.tag}_rr_{j}", f"{self.tag}_c{j}"
                self.reference[1].place_cell(deck, name, 0, j, foot, line)
            _amplifier(deck, foot, "0", "off", r_f / WIDE)
            for line in rows:
                _copy(deck, foot, line, "off", r_f / WIDE)
        unit, nodes = self._unit(r_f, d, volts), [f"{self.tag}_g{i}" for i in range(len(rows))]
        for node, line in zip(nodes, rows, strict=True):
            deck.add(f"B{node} {node} 0 V=v({line}s)*v({d.peak})*{unit}")
        return Bus(nodes, volts)


def _amplifier(deck: Deck, line: str, drive: str, mode: str, r_f: float) -> None:
    """Add the amplifier of a line, and the capacitance of the line."""
    deck.instance(f"x{line}", "line", line, drive, mode, f"{line}s", r_f=r_f)
    deck.add(f"C{line} {line} 0 {number(LINE)}")


def _copy(deck: Deck, source: str, line: str, mode: str, r_f: float) -> None:
    """Take from ``line`` the current through the feedback of the amplifier of ``source``.

    A mirror of its output stage: the voltage across r_f is that of the line plus the sensed one.
    It is off where the amplifier drives its line (``mode``).
    """
    across = f"v({source}s)+(1-v({mode}))*v({source})"
    deck.add(f"B{line}n {line} 0 I={number(1.0 / r_f)}*({across})")
