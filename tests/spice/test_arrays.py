"""Arrays in ngspice against the closed form and the exact operator."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit.closed_loop import ClosedLoop
from crossbar.circuit.line_compensation import LineCompensation
from crossbar.circuit.mapping import DifferentialPair
from crossbar.devices import IdealCell, LogNormal, Memristor, SingleShot, Sinh
from crossbar.errors import ShapeError
from crossbar.spice import run
from crossbar.spice.arrays import array_deck, currents
from crossbar.substrates.tile import Tile
from crossbar.wires import Driven, Sensed, Wires

pytestmark = pytest.mark.ngspice

# Twelve digits of every resistance and reltol 1e-9: 1e-10 of the largest current was measured.
ACCURACY = 1e-9

WIRES = {
    "all": Wires(r_wl=2.0, r_bl=3.0, r_driver=10.0, r_sense=5.0),
    "segments only": Wires(r_wl=2.0, r_bl=3.0),
    "terminals only": Wires(r_wl=0.0, r_bl=0.0, r_driver=10.0, r_sense=5.0),
    "word lines": Wires(r_wl=2.0, r_bl=0.0),
    "bit lines": Wires(r_wl=0.0, r_bl=3.0),
    "right, top": Wires(r_wl=2.0, r_bl=3.0, r_driver=9.0, driven=Driven.RIGHT, sensed=Sensed.TOP),
    "both, both": Wires(r_wl=2.0, r_bl=3.0, r_sense=7.0, driven=Driven.BOTH, sensed=Sensed.BOTH),
}


@pytest.fixture
def cells() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    return rng.uniform(1e-6, 1e-3, (6, 4)), rng.uniform(-0.3, 0.3, (3, 6))


def test_ideal_array_is_the_matrix_product(cells):
    g, v = cells
    i = v @ g
    assert np.abs(currents(g, v) - i).max() < ACCURACY * np.abs(i).max()


@pytest.mark.parametrize("wires", WIRES.values(), ids=WIRES)
def test_line_resistance_is_that_of_the_exact_operator(cells, wires):
    g, v = cells
    i = v @ wires.operator(g)
    assert np.abs(currents(g, v, wires) - i).max() < ACCURACY * np.abs(i).max()


def test_one_cell_is_series_resistors():
    wires = Wires(r_wl=1.0, r_bl=2.0, r_driver=4.0, r_sense=3.0)
    assert currents([[1e-3]], [0.5], wires)[0, 0] == pytest.approx(0.5 / 1010, rel=ACCURACY)


def test_open_cells_are_left_out():
    g = np.array([[1e-3, 0.0], [0.0, 2e-3]])
    assert array_deck(g, [1.0, 1.0]).text.count("\nRcell") == 2
    assert currents(g, [1.0, 1.0])[0] == pytest.approx([1e-3, 2e-3], rel=ACCURACY)


def test_cells_that_are_not_ohmic_follow_their_law(cells):
    g, v = cells
    law = Sinh(v0=0.1)
    deck = array_deck(g, v[0], law=law)
    waves = run(deck)
    got = [waves[name][0] for name in deck.wanted]
    i, _ = law.current(g, np.broadcast_to(v[0][:, np.newaxis], g.shape))
    assert np.abs(got - i.sum(axis=0)).max() < ACCURACY * np.abs(i).max()


def test_same_array_same_text(cells):
    g, v = cells
    assert array_deck(g, v, WIRES["all"]).text == array_deck(g, v, WIRES["all"]).text


def test_voltages_must_fit():
    with pytest.raises(ShapeError, match=r"voltages \(n, 2\), got \(1, 3\)"):
        array_deck([[1e-3], [1e-3]], [1.0, 1.0, 1.0])


def test_cells_that_make_up_for_lines_compute_the_weights_in_ngspice():
    """32 x 32 weights in pairs at 1 ohm: ngspice has the wires, and their drops are made up for."""
    rng, wires = np.random.default_rng(6), Wires(r_wl=1.0, r_bl=1.0)
    weights, v = rng.uniform(-0.7, 0.7, (32, 32)), rng.uniform(0.0, 0.2, (1, 32))
    errors = []
    for compensation in (None, LineCompensation()):
        tile = Tile(
            device=IdealCell(g_min=1e-6, g_max=40e-6), mapping=DifferentialPair(w_max=1.0),
            wires=wires, compensation=compensation, dtype=np.float64,
        )  # fmt: skip
        ((*_, g),) = tile.program(weights, rng=np.random.default_rng(7)).array.physical()
        i = currents(g, v, wires)
        wanted = v @ weights * 39e-6
        errors.append(np.abs(i[:, ::2] - i[:, 1::2] - wanted).max() / np.abs(wanted).max())
    assert errors[0] > 0.01
    assert errors[1] < 1e-4


def test_a_loop_brings_cells_with_bounds_of_their_own_to_the_weights() -> None:
    """Outputs of 32 x 32 pairs are off by no more than inputs times the limit of each weight."""
    rng, wires, limit = np.random.default_rng(6), Wires(r_wl=1.0, r_bl=1.0), 0.002
    weights, v = rng.uniform(-0.5, 0.5, (32, 32)), rng.uniform(0.0, 0.2, (1, 32))
    spread = LogNormal(sigma_bounds=0.15)
    errors = []
    for loop in (None, ClosedLoop(limit=limit, rounds=60)):
        tile = Tile(
            device=Memristor(g_min=1e-6, g_max=40e-6, spread=spread, programming=SingleShot()),
            mapping=DifferentialPair(w_max=1.0), wires=wires, dtype=np.float64,
            compensation=LineCompensation(floor=0.1, loop=loop),
        )  # fmt: skip
        ((*_, g),) = tile.program(weights, rng=np.random.default_rng(7)).array.physical()
        i = currents(g, v, wires)
        errors.append(np.abs(i[:, ::2] - i[:, 1::2] - v @ weights * 39e-6).max())
    assert errors[1] <= limit * 39e-6 * v.sum() < errors[0]
