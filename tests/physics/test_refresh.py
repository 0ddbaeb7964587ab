"""A refresh of cells that hold others than the weights that a layer shows: scaled, or led."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.circuit.remap import Remap
from crossbar.devices import Device, IdealCell, Memristor, StuckAt
from crossbar.nn import Chip, Dense, GlobalFactor, Host, Network, Refresh, repaired
from crossbar.random import Streams
from crossbar.substrates import ByColumn, Rerouted, Tile

ROWS, COLS = 24, 4
NETWORK = Network(input_shape=(ROWS,), layers={"out": Dense(units=COLS)})
WEIGHTS = {"out": np.random.default_rng(3).uniform(-1, 1, (ROWS, COLS)) * [1.0, 0.3, 0.1, 0.02]}
PAIR = DifferentialPair(headroom=2.0)
QUIET = Reading(temperature=0.0)


def tile(device: Device, remap: Remap | None = None) -> Tile:
    return Tile(device=device, mapping=PAIR, reading=QUIET, dtype=np.float64, remap=remap)


def routed(device: Device) -> Rerouted:
    return Rerouted(held=tile(device, Remap(limit=0.05)), spare=6)


FAULTY = StuckAt(IdealCell(), p_on=0.05, p_off=0.05)
SUBSTRATES = {
    "columns": ByColumn(held=tile(IdealCell())),
    "lines": routed(IdealCell()),
    "lines, faulty": routed(FAULTY),
    "columns, lines, faulty": ByColumn(held=routed(FAULTY)),
}


def worn(chip: Chip) -> Chip:
    """Return the chip after all cells that move have lost a third of their conductance."""
    later = chip.copy()
    array = later.held["out"].tile.array
    for cells in array.cells:
        cells.g[cells.free] *= 2 / 3
    array.renew()
    return later


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("held", SUBSTRATES.values(), ids=SUBSTRATES)
def test_a_refresh_restores_weights_that_are_scaled_or_led_to_other_lines(held, known) -> None:
    """Exact cells hold after it what they held at first, faults made up for as then."""
    chip = NETWORK.build(held, Streams(1), weights=WEIGHTS)
    host = Host(programmed=chip, weights=WEIGHTS if known else None)
    better, _ = repaired(worn(chip), Refresh(), host, streams=Streams(2))
    first, again = chip.held["out"], better.held["out"]
    np.testing.assert_allclose(again.weights, first.weights, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("known", [True, False])
def test_a_refresh_leaves_no_factor_of_the_drift_before_it(known) -> None:
    chip = NETWORK.build(tile(Memristor(nu=0.05)), Streams(1), weights=WEIGHTS)
    host = Host(programmed=chip, weights=WEIGHTS if known else None)
    scaled, _ = repaired(chip.aged(1e6), GlobalFactor(), host, streams=Streams(2))
    better, _ = repaired(scaled, Refresh(), host, streams=Streams(3))
    np.testing.assert_array_equal(better.held["out"].compensation, [1.0])
    np.testing.assert_allclose(better.held["out"].weights, chip.held["out"].weights, rtol=1e-6)
    assert scaled.held["out"].compensation > 1.5  # the chip before it keeps its own
