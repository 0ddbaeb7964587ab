"""From derivatives by cells to those by the weights that are programmed into them."""

from __future__ import annotations

import numpy as np

from crossbar.circuit.pathwise import ReadState
from crossbar.errors import fail
from crossbar.nn import Chip
from crossbar.nn.pathwise import PathwiseChip
from crossbar.runs.experiment import Experiment
from crossbar.runs.sensitivity.held import HeldWeights
from crossbar.runs.tile_settings import Scaling
from crossbar.types import Doubles, Floats

SHIFT = 1e-4  # of the largest weight, by which weights are moved to see how cells follow


def require_single(plan: Experiment) -> None:
    """Raise if cells depend on more than their own weight."""
    for name, one in {"": plan.hardware, **plan.layers}.items():
        got = ""
        if one.tile.compensation is not None:
            got = "compensation of lines"
        if one.tile.scaling is Scaling.COLUMN:
            got = "a scale of every column"
        if got:
            where = f"layers.{name}" if name else "tile"
            remedy = "Take the derivatives by cells: PathwiseChip."
            fail(where, "cells that depend on their own weight alone", got, remedy)


def along_weights(
    held: HeldWeights, plan: Experiment, read: PathwiseChip, by: dict[str, ReadState]
) -> dict[str, Doubles]:
    """Return derivatives (rows, cols) by the weights, from those by the states, by matrix."""
    mappings = {name: tile.held.array.mapping for name, tile in read.tiles.items()}
    steps = {name: SHIFT * mapping.limit for name, mapping in mappings.items()}
    largest = {name: mapping.limit / mapping.room for name, mapping in mappings.items()}
    low, high = (
        held.chip(
            plan,
            largest=largest,
            weights={n: w + side * steps.get(n, 0.0) for n, w in held.weights.items()},
        )
        for side in (-1, 1)
    )
    whole = {}
    for name, tile in read.tiles.items():
        total = np.zeros(tile.held.array.cells[0].g.shape)
        ends = (_cells(chip, name) for chip in (low, high))
        for d, one, other in zip(tile.by_cells(by[name]), *ends, strict=True):
            total += d * (other - one) / (2 * steps[name])
        rows = total.reshape(tile.held.array.layout.copies, *tile.shape).sum(axis=0)
        order = read.chip.held[name].order
        whole[name] = rows if order is None else rows[order]
    return whole


def _cells(chip: Chip, name: str) -> list[Floats]:
    """Return the conductances (lines, cols) [S] of the cells of the weights of a matrix."""
    tile = chip.held[name].tile
    assert tile is not None
    return [cells.g for cells in tile.array.cells]
