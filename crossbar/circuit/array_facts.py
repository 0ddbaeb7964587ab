"""What an array shows of itself."""

from __future__ import annotations

import numpy as np

from crossbar.brief import siemens
from crossbar.circuit.cell_names import cells_in_words
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import Mapping
from crossbar.devices import Cells, Device
from crossbar.displayed import Displayed
from crossbar.units import text
from crossbar.wires import Wires


class ArrayFacts(Displayed):
    """The line and the table of an array."""

    device: Device
    mapping: Mapping
    layout: Layout
    wires: Wires | None
    cells: list[Cells]

    def __repr__(self) -> str:
        at = self.layout
        on = "1 array" if at.arrays == 1 else f"{at.arrays} arrays"
        held = f", {self._stuck} stuck" if self._stuck else ""
        age = f", {self._age} old" if self.cells[0].elapsed else ""
        return f"<Array {at.rows} x {at.cols} weights on {on}, {self._range}{held}{age}>"

    @property
    def _range(self) -> str:
        """Range of the conductances of the cells of weights."""
        return siemens(np.concatenate([cells.g.ravel() for cells in self.cells]))

    @property
    def _stuck(self) -> int:
        """How many cells of weights are stuck."""
        return sum(int((~cells.free).sum()) for cells in self.cells)

    @property
    def _age(self) -> str:
        """Time since the cells were programmed."""
        return text(float(self.cells[0].elapsed), "s")

    def _facts(self) -> dict[str, str]:
        at = self.layout
        return {
            "weights": f"{at.rows} x {at.cols}, copies: {at.copies}",
            "physical arrays": f"{at.arrays}",
            "cells of a weight": cells_in_words(self.mapping.planes),
            "conductances": self._range,
            "stuck cells": f"{self._stuck}",
            "time since programming": self._age,
            "device": repr(self.device),
            "mapping": repr(self.mapping),
            "wires": "ideal" if self.wires is None else repr(self.wires),
        }
