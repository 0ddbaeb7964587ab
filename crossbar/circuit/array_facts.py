"""What an array shows of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crossbar.brief import siemens
from crossbar.circuit.cell_names import cells_in_words
from crossbar.units import text

if TYPE_CHECKING:
    from crossbar.circuit.array import Array


def line(array: Array) -> str:
    """Return the array in one line."""
    at, stuck = array.layout, _stuck(array)
    on = "1 array" if at.arrays == 1 else f"{at.arrays} arrays"
    held = f", {stuck} stuck" if stuck else ""
    age = f", {_age(array)} old" if array.cells[0].elapsed else ""
    return f"<Array {at.rows} x {at.cols} weights on {on}, {_range(array)}{held}{age}>"


def facts(array: Array) -> dict[str, str]:
    """Return what the table of the array shows, by name."""
    at = array.layout
    return {
        "weights": f"{at.rows} x {at.cols}, copies: {at.copies}",
        "physical arrays": f"{at.arrays}",
        "cells of a weight": cells_in_words(array.mapping.planes),
        "conductances": _range(array),
        "stuck cells": f"{_stuck(array)}",
        "time since programming": _age(array),
        "device": repr(array.device),
        "mapping": repr(array.mapping),
        "wires": "ideal" if array.wires is None else repr(array.wires),
    }


def _range(array: Array) -> str:
    """Return the range of the conductances of the cells of weights."""
    return siemens(np.concatenate([cells.g.ravel() for cells in array.cells]))


def _stuck(array: Array) -> int:
    """Return how many cells of weights are stuck."""
    return sum(int((~cells.free).sum()) for cells in array.cells)


def _age(array: Array) -> str:
    """Return the time since the cells were programmed."""
    return text(float(array.cells[0].elapsed), "s")
