"""Pulses for real arrays as tables: what programs the cells, or what an update would give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from crossbar.circuit import physical
from crossbar.circuit.physical import Matrix
from crossbar.exports.response import Response
from crossbar.exports.tables import cell_table
from crossbar.substrates.tile_state import TileState
from crossbar.types import Floats, Integers

POLARITIES = ("set", "reset")
PLACE = ["layer", "array", "copy", "word_line", "bit_line", "row", "column", "cell"]


def pulse_table(state: TileState, pulses: Sequence[Integers]) -> pd.DataFrame:
    """Return ``pulses``, as :meth:`TileState.pulses` returns them, with a row a cell and polarity.

    Cells without pulses have no row.

    Parameters
    ----------
    pulses : (2, word lines, bit lines) for each physical array
        Set and reset pulses; reference lines may be omitted.

    Returns
    -------
    pandas.DataFrame
        Place of the cell as in :func:`cell_table`; ``polarity`` (set or reset), number of
        ``pulses``, ``amplitude_V`` [V] and ``width_s`` [s] of each. Amplitude and width are empty
        for a device whose steps are no pulses of a voltage, such as the codes of a CMOS synapse.

    Examples
    --------
    >>> from crossbar import DifferentialPair, Memristor, Tile
    >>> rng = np.random.default_rng(0)
    >>> tile = Tile(device=Memristor(), mapping=DifferentialPair(w_max=1.0))
    >>> state = tile.program(np.array([[0.5]]), rng=rng)
    >>> counts = state.pulses(np.array([[1.0]]), np.array([[-1.0]]), 0.1, rng=rng)
    >>> pulse_table(state, counts)[["cell", "polarity", "pulses"]].values.tolist()
    [['G+', 'set', 25], ['G-', 'reset', 25]]
    """
    cells, parts = cell_table(state), []
    for name, both in zip(cells["array"].unique(), pulses, strict=True):
        own = cells[cells["array"] == name]
        own = own[(own["word_line"] < both.shape[1]) & (own["bit_line"] < both.shape[2])]
        for polarity, counts in zip(POLARITIES, both, strict=True):
            parts.append(_rows(own, state, polarity, _at(own, counts)))
    return _given(pd.concat(parts).sort_index(kind="stable"))


def programming(
    state: TileState, start: Mapping[str, Floats] | None = None, *, seed: int = 0
) -> pd.DataFrame:
    """Return the pulses that program cells to the conductances of ``state``, without verifying.

    The number of pulses is the nearest by the mean :class:`Response` of the device. A real cell
    differs by its own step and by the noise of each pulse: read, and ask again from there.

    Parameters
    ----------
    start
        Conductances [S] from which the cells begin, by array, as :attr:`TileState.conductances`
        has them or :func:`crossbar.circuit.physical.read` reads them. None: all are at the lowest,
        as reference lines are that ``start`` omits.
    seed
        Seed of the cells whose mean response is taken.

    Returns
    -------
    pandas.DataFrame
        The table of :func:`pulse_table`, with ``start_S``, ``target_S`` and ``expected_S`` [S],
        the mean after the pulses: it stays short of a target that the train does not reach. Stuck
        cells have no row.

    Raises
    ------
    ConfigError
        If the device has no whole pulses, or ``start`` lacks an array or names one that is not.
    ShapeError, DataError
        If a matrix of ``start`` has another shape, or no conductances.
    """
    cells, (low, _, _) = cell_table(state), state.array.device.window
    response = Response.of(state.array.device, seed=seed)
    begun, target = np.full(len(cells), low), cells["conductance_S"].to_numpy()
    if start is not None:
        placement = state.array.placement
        shapes, references = placement.shapes, int(placement.reference)
        given = physical.conductances(start, state.name, shapes, references)
        for name, g in zip(cells["array"].unique(), given, strict=True):
            known = cells["array"] == name
            known &= (cells["word_line"] < g.shape[0]) & (cells["bit_line"] < g.shape[1])
            begun[known] = _at(cells[known], g)
    counts = np.where(cells["stuck"], 0, response.pulses(begun, target))
    table = _rows(cells, state, np.where(counts > 0, *POLARITIES), np.abs(counts))
    expected = response.after(begun, counts)
    return _given(table.assign(start_S=begun, target_S=target, expected_S=expected))


def _at(cells: pd.DataFrame, matrix: Matrix) -> Matrix:
    """Return the values of ``cells`` of one physical array, of which there is a ``matrix``."""
    values: Matrix = matrix[cells["word_line"].to_numpy(), cells["bit_line"].to_numpy()]
    return values


def _rows(
    cells: pd.DataFrame, state: TileState, polarity: str | Matrix, pulses: Matrix
) -> pd.DataFrame:
    """Return places, numbers of pulses, and amplitude and width of each."""
    amplitude, width = (one or np.nan for one in state.array.device.write_pulse)
    return cells[PLACE].assign(
        polarity=polarity, pulses=pulses, amplitude_V=amplitude, width_s=width
    )


def _given(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of cells that get a pulse."""
    return table[table["pulses"] > 0].reset_index(drop=True)
