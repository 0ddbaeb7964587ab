"""What is exported into a folder, in one call."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crossbar import files
from crossbar.circuit import physical
from crossbar.errors import fail, shown
from crossbar.exports.pulses import programming
from crossbar.exports.tables import cell_table, of_inputs, weight_table
from crossbar.loading import LoadedRun
from crossbar.nn import Chip
from crossbar.spice.arrays import array_deck
from crossbar.spice.engine.deck import Deck
from crossbar.spice.tiles import facts
from crossbar.substrates.port import Weights
from crossbar.substrates.tile_state import TileState
from crossbar.types import Floats

DIGITS = "%.17g"  # preserve every bit


@functools.singledispatch
def export(one: Any, folder: Path | str) -> list[Path]:
    """Write weights, conductances, pulses and netlists of ``one`` to ``folder``.

    Parameters
    ----------
    one
        A chip, a tile state, or a loaded run: a folder ``seed-N`` for each of its chips.
    folder
        Where to; it is made if it is missing, and files of the same names are replaced.

    Returns
    -------
    list of pathlib.Path
        The files.

        ``weights.csv``, ``weights.npz``
            Weights as lines see them. The archive has what :meth:`Network.build` takes: the mean
            over copies, and what layers keep in digital memory.
        ``conductances.csv``, ``conductances.npz``
            A row for each cell (:func:`cell_table`), and a matrix for each physical array, as
            :meth:`Chip.load` and :meth:`TileState.load` take them. Not of weights in digital
            memory.
        ``pulses.csv``
            Pulses that program the cells from the lowest conductance (:func:`programming`), of the
            layers whose device has whole pulses.
        ``netlists/NAME.cir``
            Each physical array, read with all its word lines at the read voltage.

    Raises
    ------
    ConfigError
        If ``one`` is anything else, or a cell has a conduction without an expression in ngspice.
    OutputError
        If a file cannot be written.
    """
    expected = "a chip, a tile state or a loaded run"
    fail("export", expected, shown(one), "Export the chip that holds it.")


@export.register
def _(one: LoadedRun, folder: Path | str) -> list[Path]:
    return [
        path
        for seed, chip in one.chips.items()
        for path in export(chip, Path(folder) / f"seed-{seed}")
    ]


@export.register
def _(one: Chip, folder: Path | str) -> list[Path]:
    return list(_written(one.held, one.trained(), Path(folder)))


@export.register
def _(one: TileState, folder: Path | str) -> list[Path]:
    return list(_written({one.name: one}, {one.name: one.weights.mean(axis=0)}, Path(folder)))


def _written(
    held: Mapping[str, Weights], weights: Mapping[str, Floats], folder: Path
) -> Iterator[Path]:
    """Write what ``held`` holds and yield the files."""
    files.make_folder(folder)
    yield _table(folder / "weights.csv", [weight_table(w, name) for name, w in held.items()])
    physical.write(folder / "weights.npz", weights)
    yield folder / "weights.npz"
    both = [(w.tile, w) for w in held.values() if w.tile is not None]
    if not both:
        return
    tiles = [tile for tile, _ in both]
    cells = [of_inputs(cell_table(tile), w) for tile, w in both]
    yield _table(folder / "conductances.csv", cells)
    conductances = {name: g for tile in tiles for name, g in tile.conductances.items()}
    physical.write(folder / "conductances.npz", conductances)
    yield folder / "conductances.npz"
    pulsed = [of_inputs(programming(t), w) for t, w in both if t.array.device.quantum]
    if pulsed:
        yield _table(folder / "pulses.csv", pulsed)
    files.make_folder(folder / "netlists")
    for tile in tiles:
        for name, deck in _decks(tile):
            deck.write(folder / "netlists" / f"{name}.cir")
            yield folder / "netlists" / f"{name}.cir"


def _decks(state: TileState) -> Iterator[tuple[str, Deck]]:
    """Yield name and netlist of each physical array."""
    array = state.array
    about = *facts(state), "bit lines of a weight stand side by side; reference lines come last"
    for name, g in state.conductances.items():
        v = np.full((1, len(g)), array.reading.v_read)
        if array.placement.reference:
            v[0, -1] = 0.0  # a forward read leaves the reference word line at 0 V
        law = array.device.conduction
        yield name, array_deck(g, v, array.wires, law=law, about=(f"array: {name}", *about))


def _table(path: Path, parts: Sequence[pd.DataFrame]) -> Path:
    """Write ``parts`` below each other to ``path``."""
    files.write(path, pd.concat(parts).to_csv(index=False, float_format=DIGITS))
    return path
