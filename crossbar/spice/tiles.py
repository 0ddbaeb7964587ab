"""Tiles as netlists: normaliser, word-line drivers, arrays with their cells, sense amplifiers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crossbar.circuit.array import Array
from crossbar.circuit.planes import factors, gains
from crossbar.errors import ShapeError, fail, message
from crossbar.spice.arrays import place_array
from crossbar.spice.engine.deck import Deck, begin, in_words
from crossbar.spice.engine.numbers import number
from crossbar.spice.engine.signals import drive, erring, looked_up, peak, quantised
from crossbar.substrates.port import Weights
from crossbar.substrates.tile import Tile
from crossbar.substrates.tile_state import TileState
from crossbar.types import Floats


@dataclass(frozen=True)
class Normalised:
    """Signals scaled to the lines.

    Attributes
    ----------
    peak
        Node of the largest magnitude before scaling, 1 V for the number one; 1 V where all are
        zero.
    lines
        Node of each scaled signal [V], as it drives a line.
    """

    peak: str
    lines: list[str]


class Current(NamedTuple):
    """What flows into an amplifier, and what the output of that counts."""

    sum: str
    factor: float


def place_normaliser(deck: Deck, tag: str, tile: Tile, signals: Sequence[str]) -> Normalised:
    """Add the normaliser and the DAC of ``tile`` for numbers on the nodes ``signals``."""
    full, errors = tile.reading.v_read, tile.blocks.normaliser.errors
    largest, top = peak(deck, tag, signals), f"{tag}_gain"
    deck.add(f"B{top} {top} 0 V=v({largest}) > 0 ? v({largest}) : 1")  # zero stays zero
    lines = [f"{tag}_v{k}" for k in range(len(signals))]
    dac = None if tile.dac is None else tile.dac.top
    for line, signal in zip(lines, signals, strict=True):
        scaled = f"{number(full)}*v({signal})/v({top})"
        deck.add(f"B{line} {line} 0 V={quantised(erring(scaled, errors, full), dac, full)}")
    return Normalised(top, lines)


def place_read(
    deck: Deck, tag: str, state: TileState, scaled: Normalised, vectors: Sequence[Sequence[str]]
) -> list[str]:
    """Add the arrays of a tile and their amplifiers, once for every vector; return output nodes.

    Names of what is added begin with ``tag``.

    Parameters
    ----------
    vectors
        Node that drives each word line, vector by vector. Vector p is read on copy p mod copies.
        Vectors of one copy follow each other on the chip; here each has the array for itself.

    Returns
    -------
    list of str
        Nodes of the outputs, 1 V for the number one, vector by vector.
    """
    array, spec = state.array, state.spec
    cols = array.layout.cols
    unit = number(1.0 / (spec.reading.v_read * array.scale))
    single = array.layout.copies == 1
    apart = (
        [r.start for r in array.layout.row_slices()] if single else [*range(array.layout.copies)]
    )
    outputs = []
    for p, lines in enumerate(vectors):
        sensed: list[list[str]] = [[] for _ in range(cols)]
        for b, (rows, across, copy, g) in enumerate(array.physical()):
            if array.layout.copies > 1 and copy != p % array.layout.copies:
                continue
            start = rows.start % array.layout.rows
            driven = lines[start : start + rows.stop - rows.start]
            parts = _place_block(deck, f"{tag}_p{p}_a{b}", array, g, driven)
            for j, column in zip(range(across.start, across.stop), parts, strict=True):
                for k, current in enumerate(column):
                    line = (k * len(apart) + apart.index(start if single else copy)) * cols + j
                    node = f"{tag}_p{p}_a{b}_q{j}_{k}"
                    sensed[j].append(_amplified(deck, node, current, state, len(driven), line))
        for j, currents in enumerate(sensed):
            node = f"{tag}_y{p * cols + j}"
            deck.add(f"B{node} {node} 0 V=({'+'.join(currents)})*{unit}*v({scaled.peak})")
            outputs.append(node)
    return outputs


def _place_block(
    deck: Deck, tag: str, array: Array, g: Floats, driven: Sequence[str]
) -> list[list[Current]]:
    """Add one physical array on virtual grounds; return the currents of each weight column."""
    rows = list(driven)
    if array.reference is not None and array.wires is None:
        g = g[: len(rows)]  # the reference word line stays at 0 V: without wires it is not seen
    rows += ["0"] * (len(g) - len(rows))
    lines = [f"{tag}_s{k}" for k in range(g.shape[1])]
    place_array(deck, tag, g, rows, lines, array.wires, array.device.conduction)
    deck.lines += [f"V{line} {line} 0 0" for line in lines]
    planes = array.mapping.planes
    common = f"i(V{lines[-1]})" if array.reference is not None else ""
    cells, columns = sum(len(plane.signs) for plane in planes), []
    for k in range(0, len(lines) - bool(common), cells):
        own, gained = iter(lines[k : k + cells]), [""] * array.mapping.amplifiers
        for plane, gain in zip(planes, gains(planes), strict=True):
            parts = [(sign, f"i(V{next(own)})") for sign in plane.signs]
            parts += [(-plane.references, common)] if plane.references else []
            gained[plane.amplifier] += "".join(_term(gain * f, node) for f, node in parts)
        counts = [factor for factor in factors(planes) if factor]
        columns.append(
            [Current(i.removeprefix("+"), f) for i, f in zip(gained, counts, strict=True)]
        )
    return columns


def _term(factor: float, name: str) -> str:
    """Return ``factor`` times the current ``name`` as a term of a sum."""
    sign, size = "-" if factor < 0 else "+", abs(factor)
    return f"{sign}{name}" if size == 1 else f"{sign}{number(size)}*{name}"


def _amplified(
    deck: Deck, node: str, current: Current, state: TileState, cells: int, line: int
) -> str:
    """Return the expression of a sensed (and converted) current, with the amplifier's errors.

    ``line`` is the number of its ADC, whose signal is on ``node`` where it goes by a table.
    """
    tile = state.spec
    low, _, high = tile.device.window
    largest = tile.device.conduction.reach(low, high, tile.reading.v_read)
    full = tile.blocks.element.span * largest * (high - low) * math.sqrt(cells)
    sensed = erring(f"({current.sum})", tile.blocks.element.errors, full)
    if tile.adc is not None:
        full *= state.sensing.reach[0]
        table = state.transfers.adc
        if len(table):
            sensed = looked_up(deck, node, sensed, table[line % len(table)], full)
        else:
            sensed = quantised(sensed, tile.adc.top, full)
    return sensed if current.factor == 1 else f"{number(current.factor)}*({sensed})"


def facts(state: TileState) -> list[str]:
    """Return what a netlist says of the tile that it was written from."""
    array, spec = state.array, state.spec
    layout = array.layout
    return [
        f"weights: {layout.rows}x{layout.cols}, copies {layout.copies}, arrays {layout.arrays}",
        f"device: {in_words(spec.device)}",
        f"mapping: {in_words(array.mapping)}; weight 1 stands for {number(array.scale)} S",
        f"reading: {in_words(spec.reading)}; noise is not in a netlist",
        f"wires: {'ideal' if spec.wires is None else in_words(spec.wires)}",
    ]


def tile_of(held: Weights, where: str) -> TileState:
    """Return the tile of ``held``, or raise if numbers in digital memory have a part in a read."""
    if held.tile is None or held.tile is not held:
        remedy = "Program the network into a tile: device.kind other than float."
        if held.compensation is not None:
            remedy = "Remove the compensation of drift: its factor is no part of a netlist."
        fail(where, "weights in a tile", type(held).__name__, remedy)
    drive = held.tile.array.drive
    if drive is not None and not held.tile.spec.device.conduction.ohmic:
        remedy = "Take StringDac: the lines of a netlist stand at the voltages of the numbers."
        fail(where, "ohmic cells, or a DAC of voltages", type(drive).__name__, remedy)
    return held.tile


def tile_deck(state: TileState, x: Floats) -> Deck:
    """Return the netlist of a tile that reads the vectors ``x``: v(y0), v(y1) ... come back.

    Parameters
    ----------
    x : (n, rows)
        Numbers at its inputs, 1 V for one; n > 1 is a sweep, a step a vector.
    """
    x = np.atleast_2d(np.asarray(x, float))
    layout = state.array.layout
    if x.shape[1] != layout.rows:
        text = message("tile_deck", f"x (n, {layout.rows})", x.shape, "Give one a word line.")
        raise ShapeError(text)
    deck = begin(f"tile {layout.rows}x{layout.cols}", *facts(state))
    deck.comment("signals are voltages, 1 V for the number one; x0 ... in, y0 ... out")
    deck.option(*ACCURATE)
    inputs = [f"x{k}" for k in range(layout.rows)]
    drive(deck, inputs, x)
    scaled = place_normaliser(deck, "n", state.spec, inputs)
    outputs = place_read(deck, "t", state, scaled, [scaled.lines])
    for k, node in enumerate(outputs):
        deck.add(f"Ey{k} y{k} 0 {node} 0 1")
    deck.save(*(f"v(y{k})" for k in range(len(outputs))))
    return deck


ACCURATE = ("klu", "reltol=1e-6", "abstol=1e-15", "vntol=1e-9")  # no KLU before release 42
