"""Small arrays of CMOS synapses in transistors, written row by row and read all at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crossbar.errors import ShapeError, message
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.numbers import number, pulse, pwl, steps
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
    levels = (synapse.v_low, synapse.v_dd)
    order = [*before, *codes]  # what the data lines carry, a row in each slot
    for j in range(cols):
        deck.add(f"Vcol{j} col{j} 0 0")
        deck.save(f"i(vcol{j})")
        for b in range(synapse.bits):
            values = [levels[bits_of(int(row[j]), synapse.bits)[b]] for row in order]
            deck.add(f"Vd{j}_{b} d{j}_{b} 0 {pwl(steps(values, synapse.slot, synapse.edge))}")
    for i in range(rows):
        deck.add(f"Vrow{i} row{i} 0 {number(float(v_rows[i]))}")
        enable = [(0.0, synapse.v_low)]
        for slot in (i, rows + i):
            at = slot * synapse.slot + 2 * synapse.edge  # after the data
            enable += pulse(at, synapse.edge, at + synapse.write, synapse.v_dd, synapse.v_low)
        deck.add(f"Vwe{i} we{i} 0 {pwl(enable)}")
        for j in range(cols):
            data = " ".join(f"d{j}_{b}" for b in range(synapse.bits))
            deck.add(f"Xcell{i}_{j} row{i} col{j} we{i} vdd low {data} {synapse.name}")
    slots = 2 * rows + 1
    deck.tran(step=synapse.slot / 100, stop=slots * synapse.slot, longest=synapse.slot / 50)
    return deck
