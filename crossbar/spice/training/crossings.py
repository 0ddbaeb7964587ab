"""Crossbars of a training step: synapses with code nodes, and amplifiers that serve both ways."""

from __future__ import annotations

from collections.abc import Sequence

from crossbar.circuit.planes import Plane
from crossbar.errors import fail
from crossbar.spice.blocks import FULL, feedback
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.numbers import number
from crossbar.spice.engine.signals import node_name
from crossbar.spice.tiles import tile_of
from crossbar.spice.training.buses import Bus, Scaled
from crossbar.spice.training.codes import codes_of
from crossbar.substrates.port import Weights

LINE = 20e-15  # F, of a line: about 100 um of wire; it also keeps voltages continuous at a switch
WIDE = 8.0  # range of the amplifiers of negative lines, relative to that of the others


class Crossing:
    """The tile of the layer ``name`` as a crossbar that is read both ways and written.

    It is one array of CMOS synapses with ideal lines.
    """

    def __init__(self, state: Weights, name: str) -> None:
        self.name, self.tag = name, node_name(name)
        self.tile = tile_of(state, f"train-step '{name}'")
        array, spec = self.tile.array, self.tile.spec
        plain = array.layout.copies == 1 and array.layout.arrays == 1 and array.wires is None
        if not plain or spec.adc is not None or spec.dac is not None:
            got = "copies, several arrays, wires or converters"
            remedy = "Set copies = 1 and omit tile.size, tile.wires, tile.adc and tile.dac."
            fail(f"train-step '{name}'", "one array with ideal lines", got, remedy)
        mapping = array.mapping
        known = (Plane(reference=True),), (Plane(signs=(1, -1)),)
        if mapping.rising or mapping.planes not in known:
            expected = "one cell a weight beside reference lines, or a pair about the middle"
            remedy = "Set tile.mapping = offset or pair."
            fail(f"train-step '{name}'", expected, type(mapping).__name__, remedy)
        self.groups = [codes_of(c, f"{self.tag}_k{s}") for s, c in enumerate(array.cells)]
        cells = [] if array.reference is None else array.reference.cells
        self.reference = [codes_of(c, f"{self.tag}_ref{k}") for k, c in enumerate(cells)]
        if spec.reading.v_read != FULL:
            remedy = 'Set tile.reading.v_read = "350 mV", for which the blocks are made.'
            fail("train-step", f"reads at {FULL} V", f"{spec.reading.v_read} V", remedy)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of weights."""
        return self.tile.array.layout.rows, self.tile.array.layout.cols

    @property
    def signs(self) -> tuple[int, ...]:
        """Sign of each cell of a weight."""
        return self.tile.array.mapping.signs

    def place_codes(self, deck: Deck) -> None:
        """Add the codes that do not change: those of the reference cells."""
        for codes in self.reference:
            codes.place_fixed(deck)

    def place_cells(self, deck: Deck, tag: str, rows: Sequence[str], cols: Sequence[str]) -> None:
        """Add the cells between word lines and bit lines, those of a reference last in ``cols``."""
        height, width = self.shape
        for s, codes in enumerate(self.groups):
            for i in range(height):
                for j in range(width):
                    line = cols[j * len(self.groups) + s]
                    codes.place_cell(deck, f"{tag}_{s}_{i}_{j}", i, j, rows[i], line)
        if self.reference:
            for i in range(height):
                self.reference[0].place_cell(deck, f"{tag}_r_{i}", i, 0, rows[i], cols[-1])

    def sensed(self, tag: str) -> list[str]:
        """Return names for the bit lines of one read, the reference last."""
        lines = [f"{tag}_c{j}" for j in range(self.shape[1] * len(self.groups))]
        return lines + ([f"{tag}_cr"] if self.reference else [])

    def place_senses(self, deck: Deck, lines: Sequence[str], drives: Sequence[str]) -> None:
        """Add the amplifiers of bit lines, which ``drives``, if any, drive in the backward phase.

        The current of a negative line (minus cells, reference) is copied and taken from its
        positive ones before these amplify: what is common to both would saturate them.
        """
        r_f = self._feedback(self.shape[0])
        signs = [*self.signs * self.shape[1], -1]  # that of the reference last
        for k, line in enumerate(lines):
            drive, mode = (drives[k], "backward") if k < len(drives) else ("0", "off")
            _amplifier(deck, line, drive, mode, r_f if signs[k] > 0 else r_f / WIDE)
        for j in range(self.shape[1]):
            plus = lines[j * len(self.signs)]
            minus = lines[-1] if self.reference else lines[j * len(self.signs) + 1]
            mode = "backward" if drives and not self.reference else "off"
            _copy(deck, minus, plus, mode, r_f / WIDE)

    def _feedback(self, cells: int) -> float:
        """Return the feedback [ohm] of the amplifiers of lines of so many cells."""
        low, _, high = self.tile.spec.device.window
        return feedback(cells, high - low, self.tile.spec.blocks.element.span)

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
        if self.reference:
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
