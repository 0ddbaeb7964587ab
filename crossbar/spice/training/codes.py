"""Codes of synapses as node voltages: fixed, or latched and changed by a step."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import numpy as np

from crossbar.devices import Cells
from crossbar.devices.cmos_cells import CmosCells
from crossbar.errors import fail
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.numbers import number
from crossbar.types import Integers

SWITCH = 50e-3  # S, closed switch of a hold and of a latch


HOLD = 1e-12  # F


@dataclass
class Codes:
    """Code nodes, whose names begin with ``tag``, of cells (rows, cols) as before the step."""

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

    def take(self, codes: Integers) -> None:
        """Bring the cells to ``codes``, row by row."""
        self.cells.code[...] = codes.reshape(self.cells.code.shape)
        self.cells.g[...] = self.cells.conductance(self.cells.code)


@functools.singledispatch
def codes_of(cells: Cells, tag: str) -> Codes:
    """Return the code nodes of ``cells``, or raise if they have none.

    Register one for a class of cells: ``@codes_of.register``.
    """
    remedy = "Use device.kind = cmos: a pulse of a memristor has no circuit of a whole step."
    fail("train-step", "CMOS synapses, without faults", type(cells).__name__, remedy)


@codes_of.register
def _(cells: CmosCells, tag: str) -> Codes:
    if cells.spec.rounding.stochastic:
        remedy = "Set device.rounding = deterministic: a netlist draws nothing."
        fail("train-step", "codes rounded to the nearest", "at random", remedy)
    return Codes(cells, tag)
