"""States of the tiles of a chip whose settings have moved, and changes along them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crossbar.circuit.pathwise import ReadState, contracted
from crossbar.errors import fail
from crossbar.nn import Chip
from crossbar.nn.pathwise import PathwiseChip
from crossbar.substrates.pathwise import pathwise
from crossbar.substrates.port import Weights
from crossbar.substrates.tile_state import TileState

States = dict[str, ReadState]


def states_of(chip: Chip, read: PathwiseChip, name: str) -> States:
    """Return the state of every tile of ``chip``, its ADCs ranged as those of ``read``.

    Raises
    ------
    ConfigError
        If it is another chip, by its setting ``name``.
    """
    states = {}
    wider = chip.blocks.element.span / read.chip.blocks.element.span
    for part, here in read.tiles.items():
        states[part] = _ranged(chip.held[part], here.held, wider)
        order, other = (np.array(one.held[part].order) for one in (chip, read.chip))
        if not (np.array_equal(order, other) and here.state.alike(states[part])):
            expected = "a setting that keeps arrays, tables and lines of rows as they are"
            fail(name, expected, "another one", "Leave it to a search: crossbar search.")
    return states


def _ranged(held: Weights, here: TileState, wider: float) -> ReadState:
    """Return the state of the tile of ``held``, whose ADC has the range of that of ``here``.

    It is relative to that of the amplifiers, which is ``wider`` by their span.
    """
    tile = held.tile
    assert tile is not None
    if tile.spec.adc is not None and tile.spec.adc.reach is None:
        forward, back = here.sensing.reach
        tile.sensing.span(forward / wider, back / wider)
    own = pathwise(held)[1]
    assert own is not None
    return own.state


def along(by: States, pair: Sequence[States]) -> float:
    """Return the change between the two states of ``pair``, to first order."""
    low, high = pair
    return sum(contracted(by[part], high[part], low[part]) for part in by)
