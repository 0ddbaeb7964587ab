"""Cells that are not ohmic in netlists of tiles: ngspice against the reads of the simulator."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.devices import (
    CONDUCTIONS,
    DiodeSelector,
    IdealCell,
    IVTable,
    Ohmic,
    Power,
    Sinh,
    TransistorSelector,
)
from crossbar.errors import ConfigError
from crossbar.spice.engine.ngspice import run
from crossbar.spice.tiles import tile_deck
from crossbar.substrates.tile import Tile
from crossbar.wires import Wires

LAWS = {
    "ohmic": Ohmic(),
    "sinh": Sinh(v0=0.08, v_ref=0.1),
    "power": Power(p=1.6),
    "table": IVTable(v=(0.05, 0.12, 0.25), i=((4e-7, 1.4e-6, 5e-6),)),
    "transistor-selector": TransistorSelector(r_on=2e3, i_sat=2e-6),
}
STATES = IVTable(v=(0.1, 0.3), i=((1e-6, 4e-6), (1e-5, 4e-5)))
REFUSED = {"diode-selector": DiodeSelector(), "table of states": STATES}
RESISTIVE = Wires(r_wl=30.0, r_bl=50.0, r_driver=400.0, r_sense=100.0)
X = np.random.default_rng(3).normal(size=(2, 5))


def tile(law, mapping, wires=None):
    spec = Tile(
        device=IdealCell(g_min=1e-6, g_max=40e-6, conduction=law), mapping=mapping, wires=wires,
        reading=Reading(temperature=0.0), dtype=np.float64,
    )  # fmt: skip
    weights = np.random.default_rng(1).normal(size=(5, 3))
    return spec.program(weights, rng=np.random.default_rng(2))


def test_every_law_has_a_case():
    assert {type(law) for law in (*LAWS.values(), *REFUSED.values())} == {
        CONDUCTIONS.resolve(name, "test") for name in CONDUCTIONS.names
    }


@pytest.mark.ngspice
@pytest.mark.parametrize("mapping", [Offset(), DifferentialPair()], ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_a_tile_in_ngspice_reads_as_the_tile(law, mapping):
    state = tile(law, mapping)
    expected = state.matvec(X, rng=np.random.default_rng(4))
    waves = run(tile_deck(state, X))
    got = np.stack([waves[f"v(y{k})"] for k in range(3)], axis=1)
    np.testing.assert_allclose(got, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.ngspice
@pytest.mark.parametrize("name", ["sinh", "transistor-selector"])
def test_lines_with_resistance_in_ngspice_are_those_of_the_solver(name):
    state = tile(LAWS[name], Offset(), RESISTIVE)
    expected = state.matvec(X, rng=np.random.default_rng(4))
    waves = run(tile_deck(state, X))
    got = np.stack([waves[f"v(y{k})"] for k in range(3)], axis=1)
    np.testing.assert_allclose(got, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.ngspice
@pytest.mark.parametrize("wires", [None, RESISTIVE], ids=["ideal", "resistive"])
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_the_energy_of_a_read_is_what_the_drivers_give_in_ngspice(law, wires):
    """Volts times amperes of every driver, over the time of the reads."""
    state = tile(law, DifferentialPair(), wires)
    before = state.activity.total("read_energy")
    state.matvec(X, rng=np.random.default_rng(4))
    energy = state.activity.total("read_energy") - before
    deck = tile_deck(state, X)
    deck.save(*(f"v(n_v{k})" for k in range(5)), *(f"i(bn_v{k})" for k in range(5)))
    waves = run(deck)
    power = -sum((waves[f"v(n_v{k})"] * waves[f"i(bn_v{k})"]).sum() for k in range(5))
    np.testing.assert_allclose(energy, power * state.spec.reading.t_read, rtol=1e-4)


@pytest.mark.parametrize("law", REFUSED.values(), ids=REFUSED)
def test_a_law_without_an_expression_is_refused_in_one_line(law):
    with pytest.raises(ConfigError, match=r"^Device\.conduction: expected a law with an expr") as e:
        tile_deck(tile(law, Offset()), X)
    assert "\n" not in str(e.value)
