"""Where cells stand beside where their weights are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from crossbar.circuit.mapping import Mapping
from crossbar.devices import Cells, Exact, WriteVerify
from crossbar.nn import Chip
from crossbar.runs.hardware import Hardware
from crossbar.substrates.port import Weights
from crossbar.substrates.scaled import Scaled
from crossbar.substrates.tile_state import TileState
from crossbar.types import Floats


class Beside(NamedTuple):
    """How far cells stand from where their weights are written.

    ``mapping`` is that of the weights, ``shifts`` (lines, cols) one array for each cell of a weight
    and for reference lines, relative to the range.
    """

    mapping: type[Mapping]
    shifts: Sequence[Floats]

    def add(self, held: Weights) -> None:
        """Let the cells of ``held`` stand as far away, if they hold weights in the same way."""
        tile = held.tile
        if tile is None or type(tile.array.mapping) is not self.mapping:
            return
        cells = tile.array.groups
        if [one.g.shape for one in cells] != [shift.shape for shift in self.shifts]:
            return
        for one, shift in zip(cells, self.shifts, strict=True):
            one.write(one.g + shift * span_of(one))
        tile.array.renew()


def beside(chip: Chip, again: Chip) -> dict[str, Beside]:
    """Return how far the cells of ``chip`` stand from those ``again``, by matrix.

    Matrices whose columns are scaled anew, or whose rows stand on lines that are chosen, are
    omitted.
    """
    shifts = {}
    for name, held in chip.held.items():
        (tile, factor), (other, same) = _behind(held), _behind(again.held[name])
        if not (isinstance(tile, TileState) and isinstance(other, TileState)):
            continue
        if not np.array_equal(factor, same):
            continue
        pairs = zip(tile.array.groups, other.array.groups, strict=True)
        each = [(one.g.astype(np.float64) - two.g) / span_of(one) for one, two in pairs]
        shifts[name] = Beside(type(tile.array.mapping), each)
    return shifts


def _behind(held: Weights) -> tuple[Weights, Floats]:
    """Return the weights before factors of outputs, and these."""
    factor: Floats = np.ones(1)
    while isinstance(held, Scaled):
        factor = factor * held.factor
        held = held.held
    return held, factor


def span_of(cells: Cells) -> float:
    """Return the range of ``cells`` [S]."""
    low, _, high = cells.spec.window
    return high - low


def repeats(one: Hardware) -> bool:
    """Return whether cells are read and written again, so that small changes have large effects."""
    tile = one.tile
    way = tile.programming or (one.device.programming_law if one.device else None)
    loop = tile.compensation is not None and tile.compensation.loop is not None
    again = isinstance(way, WriteVerify) or loop or tile.remap is not None
    return again and tile.spare_rows is None  # whose lines are found by reading


def once(one: Hardware) -> Hardware:
    """Return hardware whose cells are written once, without error, if they are written again."""
    if not repeats(one):
        return one
    lines = one.tile.compensation
    lines = None if lines is None else replace(lines, loop=None)
    return one.with_tile(programming=Exact(), remap=None, compensation=lines)
