"""From derivatives by cells to those by the weights that are programmed into them."""

from __future__ import annotations

import math

import numpy as np

from crossbar.circuit.pathwise import ReadState
from crossbar.circuit.slices import Slices
from crossbar.errors import fail
from crossbar.nn import Chip
from crossbar.nn.pathwise import PathwiseChip
from crossbar.runs.experiment import Experiment
from crossbar.runs.sensitivity.held import HeldWeights
from crossbar.runs.tile_settings import Scaling
from crossbar.substrates.tile_state import TileState
from crossbar.types import Doubles, Floats

SHIFT = 1e-4  # of the largest weight, by which weights are moved, or more where they are rounded


def require_single(plan: Experiment) -> None:
    """Raise if cells depend on more than their own weight."""
    for name, one in {"": plan.hardware, **plan.layers}.items():
        tile = one.tile
        several = {
            "compensation of lines": tile.compensation is not None,
            "a scale of every column": tile.scaling is Scaling.COLUMN,
            "rows on lines that are chosen": tile.spare_rows is not None,
        }
        for got in (what for what, is_there in several.items() if is_there):
            where = f"layers.{name}" if name else "tile"
            remedy = "Take the derivatives by cells: PathwiseChip."
            fail(where, "cells that depend on their own weight alone", got, remedy)


def along_weights(
    held: HeldWeights, plan: Experiment, read: PathwiseChip, by: dict[str, ReadState]
) -> dict[str, Doubles]:
    """Return derivatives (rows, cols) by the weights, from those by the states, by matrix.

    Those of the largest weight that cells can hold are by lowering it.
    """
    mappings = {name: tile.held.array.mapping for name, tile in read.tiles.items()}
    largest = {name: mapping.limit / mapping.room for name, mapping in mappings.items()}
    steps = {name: _step(tile.held) for name, tile in read.tiles.items()}
    sides = [
        {
            name: _moved(weights, side * steps[name], mappings[name].limit)
            if name in mappings else weights
            for name, weights in held.weights.items()
        }
        for side in (-1, 1)
    ]  # fmt: skip
    near = held.near(plan, read.chip)
    low, high = (near(plan, largest=largest, weights=weights) for weights in sides)
    whole = {}
    for name, tile in read.tiles.items():
        total = np.zeros(tile.held.array.cells[0].g.shape)
        cells = (_cells(chip, name) for chip in (low, high))
        for d, one, other in zip(tile.by_cells(by[name]), *cells, strict=True):
            total += d * (other - one)
        rows = total.reshape(tile.held.array.layout.copies, *tile.shape).sum(axis=0)
        order = read.chip.held[name].order
        moved = rows if order is None else rows[order]
        apart = sides[1][name] - sides[0][name]  # 0 of weights that are cut
        whole[name] = np.divide(moved, apart, out=np.zeros_like(moved), where=apart != 0)
    return whole


def _step(tile: TileState) -> float:
    """Return by how much weights are moved: whole steps where they or cells are rounded to some."""
    mapping, device = tile.array.mapping, tile.array.device
    step = SHIFT * mapping.limit
    one = 0.0
    if isinstance(mapping, Slices):
        one = 2 * mapping.limit / mapping.whole
    elif device.quantum:
        one = 2 * device.quantum / mapping.scale(device.window)  # half of it in cells of a pair
    return one * math.ceil(step / one) if one else step


def _moved(weights: Floats, step: float, limit: float) -> Floats:
    """Return ``weights`` and ``step``, without it where they would be beyond ``limit``."""
    moved: Floats = np.where(np.abs(weights + step) <= limit, weights + step, weights)
    return moved


def _cells(chip: Chip, name: str) -> list[Floats]:
    """Return the conductances (lines, cols) [S] of the cells of the weights of a matrix."""
    tile = chip.held[name].tile
    assert tile is not None
    return [cells.g for cells in tile.array.cells]
