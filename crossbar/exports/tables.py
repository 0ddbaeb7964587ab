"""Tables with one row a cell, or a weight. Numbers of lines, rows and columns begin at 0."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from crossbar.circuit.array import Array
from crossbar.circuit.cell_names import cell_names
from crossbar.substrates.port import Weights
from crossbar.substrates.tile_state import TileState
from crossbar.types import Masks

REFERENCE = "reference"
Whole = npt.NDArray[np.int64]


def weight_table(held: Weights, layer: str) -> pd.DataFrame:
    """Return the weights as lines see them: layer, copy, row (input), column (output), weight."""
    weights = held.weights
    copy, row, column = (axis.ravel() for axis in np.indices(weights.shape))
    places = {"layer": layer, "copy": copy, "row": row, "column": column}
    return pd.DataFrame(places | {"weight": weights.ravel().astype(np.float64)})


def cell_table(state: TileState) -> pd.DataFrame:
    """Return every cell of ``state``, array by array, word line by word line.

    Returns
    -------
    pandas.DataFrame
        ``layer``, ``array`` (name), ``copy``; ``word_line`` and ``bit_line`` of the physical array;
        ``row`` and ``column`` of the weight; ``cell``, ``sign`` and ``significance`` of the plane;
        ``stuck``, and ``conductance_S`` [S]. The cells of reference lines belong to no row or no
        column, and have no sign and no significance.
    """
    array, parts = state.array, []
    free = array.placement.collect([c.free for c in array.groups])
    for k, (name, g) in enumerate(state.conductances.items()):
        table = _places(array, k)
        table.insert(0, "array", name)
        there = table["word_line"].to_numpy(), table["bit_line"].to_numpy()
        table["stuck"] = ~free[k].astype(bool)[there]
        table["conductance_S"] = g[there]
        parts.append(table)
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "layer", state.name)
    return table


def of_inputs(table: pd.DataFrame, held: Weights) -> pd.DataFrame:
    """Return a ``table`` of cells with the rows of ``held``, which may stand on other word lines.

    Spare lines belong to no row.
    """
    if held.order is None:
        return table
    rows = pd.Series(np.arange(len(held.order)), index=held.order, dtype="Int64")
    return table.assign(row=table["row"].map(rows).astype("Int64"))


def _places(array: Array, block: int) -> pd.DataFrame:
    """Return where each cell of the physical array ``block`` is, and what it is of a weight."""
    shapes = [c.g.shape for c in array.groups]
    gathered = array.placement.gather
    group = gathered(block, [np.full(shape, k) for k, shape in enumerate(shapes)])
    line = gathered(block, [np.indices(shape)[0] for shape in shapes])
    column = gathered(block, [np.indices(shape)[1] for shape in shapes])
    there = np.ones(group.shape, bool)
    there[-1, -1] = not array.placement.reference  # where reference lines cross there is no cell
    word, bit = np.nonzero(there)
    group, line, column = group[there], line[there], column[there]
    names, signs, counts = _planes(array)
    own, edge = group < len(names), group == len(names)  # edge: of the reference bit line
    kind = np.minimum(group, len(names) - 1)
    return pd.DataFrame(
        {
            "copy": array.layout.blocks()[block][2],
            "word_line": word,
            "bit_line": bit,
            "row": _where(own | edge, line % array.layout.rows),
            "column": _where(~edge, column),
            "cell": np.where(own, np.array(names)[kind], REFERENCE),
            "sign": _where(own, np.array(signs)[kind]),
            "significance": np.where(own, np.array(counts)[kind], np.nan),
        }
    )


def _planes(array: Array) -> tuple[list[str], list[int], list[float]]:
    """Return name, sign and significance of every cell of a weight."""
    planes = array.mapping.planes
    names = [name for plane in cell_names(planes) for name in plane]
    signs = [sign for plane in planes for sign in plane.signs]
    return names, signs, [plane.significance for plane in planes for _ in plane.signs]


def _where(known: Masks, numbers: Whole) -> pd.Series[int]:
    """Return whole ``numbers`` as a column that is empty where they are not ``known``."""
    return pd.Series(numbers, dtype="Int64").where(pd.Series(known))
