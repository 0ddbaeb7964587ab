"""Conductances of all arrays of a chip, out and in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from crossbar.errors import CrossbarError, fail, nearest
from crossbar.types import Floats

if TYPE_CHECKING:
    from crossbar.nn.chip import Chip


def conductances(chip: Chip) -> dict[str, Floats]:
    """Conductances [S] of every physical array by name; see :mod:`crossbar.circuit.physical`.

    Weights in digital memory have none.
    """
    tiles = [held.tile for held in chip.held.values() if held.tile is not None]
    return {name: g for tile in tiles for name, g in tile.conductances.items()}


def load(chip: Chip, conductances: Mapping[str, Floats]) -> None:
    """Take measured conductances [S] of every physical array; see :meth:`TileState.load`.

    Raises
    ------
    ConfigError, ShapeError, DataError
        If an array is missing or unknown, or its matrix cannot be its conductances; the chip stays
        as it is.
    """
    known = chip.conductances
    for name in conductances:
        if name not in known:
            fail("Chip.load", "an array of the chip", repr(name), nearest(name, known))
    before = {name: array.copy() for name, array in chip.arrays().items()}
    try:
        for tile in (held.tile for held in chip.held.values() if held.tile is not None):
            own = tile.conductances.keys() & conductances.keys()
            tile.load({name: conductances[name] for name in own})
    except CrossbarError:
        chip.restore(before)
        raise
