"""The cells of an array as records: conductances by physical array, and states for checkpoints."""

from __future__ import annotations

from collections.abc import Mapping

from crossbar.array_checks import entry
from crossbar.circuit import physical
from crossbar.circuit.array import Array
from crossbar.circuit.placement import Stuck
from crossbar.types import Floats


def conductances(array: Array, name: str) -> dict[str, Floats]:
    """Return the conductances [S] of every physical array by name."""
    named = physical.names(name, array.layout.arrays)
    return dict(zip(named, (g for *_, g in array.physical()), strict=True))


def load(array: Array, name: str, given: Mapping[str, Floats]) -> None:
    """Take the ``given`` conductances [S] in place of those of the cells, or raise."""
    references = int(array.mapping.reference)
    checked = physical.conductances(given, name, array.placement.shapes, references)
    array.placement.load(array.groups, checked)
    array.renew()


def stuck(array: Array, name: str) -> dict[str, Stuck]:
    """Return how many cells are stuck on and off in every physical array, by name."""
    named = physical.names(name, array.layout.arrays)
    middle = array.device.window[1]
    return dict(zip(named, array.placement.stuck(array.groups, middle), strict=True))


def states(array: Array) -> dict[str, Floats]:
    """Return the state of every cell, by group and name."""
    return {
        f"cells{k}.{name}": value
        for k, cells in enumerate(array.groups)
        for name, value in cells.arrays().items()
    }


def restore(array: Array, where: str, given: Mapping[str, Floats]) -> None:
    """Take the states of the cells from what :func:`states` returned, all of them or none."""
    parts = [
        (cells, {name: entry(where, given, f"cells{k}.{name}") for name in cells.arrays()})
        for k, cells in enumerate(array.groups)
    ]
    for cells, state in parts:  # all are checked before one is changed
        cells.checked(state)
    for cells, state in parts:
        cells.restore(state)
