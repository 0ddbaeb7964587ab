"""Small arrays of CMOS synapses in transistors, written row by row and read all at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crossbar.errors import ShapeError, message
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.numbers import number, pwl
from crossbar.spice.synapse.circuit import Synapse, bench, bits_of
from crossbar.types import Floats

Codes = NDArray[np.integer]


def array_deck(synapse: Synapse, before: Codes, codes: Codes, v_rows: Floats) -> Deck:
    """Return the deck of an array that is written ``before``, then ``codes``, and read throughout.

    Each row has a write enable of its own and each column its data lines, so that a row is written
    per slot while the others keep their codes; one slot of hold follows. ``i(vcolJ)`` is the
    current of column J, held at ground.

    Parameters
    ----------
    synapse
        Circuit of every cell; its ``v_in`` is not used.
    before, codes : (rows, cols)
        Codes written first, row by row, and codes written over them.
    v_rows : (rows,) [V]
        Row voltages.

    Raises
    ------
    ShapeError
        If the codes are not of one shape with a row for every voltage.
    """
    if before.shape != codes.shape or len(codes) != len(v_rows):
        got = f"{before.shape}, {codes.shape} and {len(v_rows)} voltages"
        remedy = "Give one voltage per row."
        raise ShapeError(message("array_deck", "codes (rows, cols) and rows voltages", got, remedy))
    rows, cols = codes.shape
    deck = bench(synapse, f"{rows} x {cols} array of {synapse.name}")
    deck.add(f"Vdd vdd 0 {number(synapse.v_dd)}", f"Vlow low 0 {number(synapse.v_low)}")
    order = [*before, *codes]  # what the data lines carry, a row in each slot
    for j in range(cols):
        deck.add(f"Vcol{j} col{j} 0 0")
        deck.save(f"i(vcol{j})")
        for b in range(synapse.bits):
            values = [bits_of(int(row[j]), synapse.bits)[b] for row in order]
            deck.add(_steps(f"Vd{j}_{b}", f"d{j}_{b}", values, synapse))
    for i in range(rows):
        deck.add(f"Vrow{i} row{i} 0 {number(float(v_rows[i]))}")
        pulses = [1 if k % rows == i else 0 for k in range(2 * rows)]
        deck.add(_pulses(f"Vwe{i}", f"we{i}", pulses, synapse))
        for j in range(cols):
            data = " ".join(f"d{j}_{b}" for b in range(synapse.bits))
            deck.add(f"Xcell{i}_{j} row{i} col{j} we{i} vdd low {data} {synapse.name}")
    slots = 2 * rows + 1
    deck.tran(step=synapse.slot / 100, stop=slots * synapse.slot, longest=synapse.slot / 50)
    return deck


def _steps(name: str, node: str, values: list[int], synapse: Synapse) -> str:
    """Return a data line that takes each value for a slot."""
    levels = (synapse.v_low, synapse.v_dd)
    points = [(0.0, levels[values[0]])]
    for k in range(1, len(values)):
        at = k * synapse.slot
        points += [(at, levels[values[k - 1]]), (at + synapse.edge, levels[values[k]])]
    return f"{name} {node} 0 {pwl(points)}"


def _pulses(name: str, node: str, slots: list[int], synapse: Synapse) -> str:
    """Return a write enable that is high early in the slots that are 1."""
    low, high, edge = synapse.v_low, synapse.v_dd, synapse.edge
    points = [(0.0, low)]
    for k, on in enumerate(slots):
        if on:
            at = k * synapse.slot + 2 * edge  # after the data
            end = at + synapse.write
            points += [(at, low), (at + edge, high), (end, high), (end + edge, low)]
    return f"{name} {node} 0 {pwl(points)}"
