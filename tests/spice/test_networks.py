"""Tiles and whole networks in ngspice against the chip."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from crossbar import (
    BitSlices,
    DifferentialPair,
    Mapping,
    Offset,
    OffsetSlices,
    OneSidedPair,
    Plane,
    Streams,
    Tile,
    Wires,
)
from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import Blocks, Normaliser, SynapticElement
from crossbar.circuit.mapping import half
from crossbar.circuit.reading import Reading
from crossbar.converters import FlashAdc, LogarithmicAdc, SarAdc, SerialDac, StringDac
from crossbar.devices import PRESETS
from crossbar.errors import ConfigError, ShapeError
from crossbar.nn import Convolution, Dense, ExactDropout, Network, Relu
from crossbar.runs import experiment
from crossbar.runs.circuits import sample_array_deck
from crossbar.spice import run
from crossbar.spice.networks import classify, network_deck
from crossbar.spice.tiles import tile_deck
from crossbar.substrates.compensated import Compensated
from crossbar.substrates.digital import Digital

pytestmark = pytest.mark.ngspice

# reltol 1e-6 of ngspice; the chip computes in double precision.
ACCURACY = 1e-6
QUIET = Reading(temperature=0.0, v_read=0.35)
CMOS = replace(PRESETS["cmos"].device, sigma_read=0.0)
RERAM = replace(PRESETS["reram"].device, sigma_read=0.0)
ERRING = Blocks(
    element=SynapticElement(errors=Errors(gain_error=-0.03, offset=0.01, saturation=0.4)),
    normaliser=Normaliser(errors=Errors(gain_error=0.02, offset=-0.005, saturation=0.9)),
)


@dataclass(frozen=True, kw_only=True)
class Together(Mapping):
    """Three cells in two significances on one amplifier, the fine one beside a reference."""

    planes = (Plane(signs=(-1, 1), significance=4.0), Plane(reference=True))

    def scale(self, window):
        """Return the conductance of weight 1."""
        return 9.0 * half(window) / self.limit

    def targets(self, weights, window):
        """Return the conductances of all three."""
        part = half(window) * weights / self.limit
        return [window[1] - part, window[1] + part, window[1] + part]


LARGE = Wires(r_wl=20, r_bl=10)
TILES = {
    "offset": Tile(device=CMOS, mapping=Offset(), reading=QUIET),
    "pair": Tile(device=RERAM, mapping=DifferentialPair(), reading=QUIET),
    "one-sided": Tile(device=RERAM, mapping=OneSidedPair(), reading=QUIET),
    "wires": Tile(
        device=CMOS, mapping=Offset(), reading=QUIET, wires=Wires(r_wl=1, r_bl=2, r_sense=3)
    ),
    "pair, wires, size": Tile(
        device=RERAM,
        mapping=DifferentialPair(),
        reading=QUIET,
        wires=Wires(r_wl=20, r_bl=10),
        size=(4, 2),
    ),
    "errors": Tile(device=CMOS, mapping=Offset(), reading=QUIET, blocks=ERRING, size=(4, 2)),
    "planes together": Tile(
        device=RERAM, mapping=Together(), reading=QUIET, wires=LARGE, size=(4, 2)
    ),
    "four cells": Tile(
        device=RERAM, mapping=BitSlices(bits=2, slices=2), reading=QUIET, wires=LARGE
    ),
    "slices": Tile(
        device=RERAM,
        mapping=OffsetSlices(bits=3, slices=2),
        reading=QUIET,
        blocks=ERRING,
        adc=SarAdc(bits=6),
        size=(4, 2),
    ),
    "converters": Tile(
        device=CMOS, mapping=Offset(), reading=QUIET, dac=SerialDac(bits=6), adc=SarAdc()
    ),
}


TABLES = {
    "drawn": FlashAdc(bits=5, offset_d2d=0.5, reach=0.3),
    "shared": LogarithmicAdc(bits=4, smallest=0.05, reach=0.5),
}
TILES |= {
    f"ADC by table, {name}": Tile(
        device=CMOS, mapping=Offset(), reading=QUIET, adc=adc, size=(4, 2)
    )
    for name, adc in TABLES.items()
}


def still() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("tile", TILES.values(), ids=TILES)
def test_tile_is_what_the_circuit_computes(tile):
    state = replace(tile, dtype=np.float64).program(
        np.random.default_rng(1).uniform(-1, 1, (7, 3)), rng=still()
    )
    x = np.random.default_rng(2).standard_normal((4, 7))
    x[2] = 0.0  # a signal of zeros stays zero, but for offsets
    y = state.matvec(x, rng=still())
    deck = tile_deck(state, x)
    waves = run(deck)
    found = np.stack([waves[name] for name in deck.wanted], axis=1)
    assert np.abs(found - y).max() < ACCURACY * np.abs(y).max()


def test_dacs_that_differ_from_line_to_line_have_no_netlist():
    tile = replace(TILES["offset"], dac=StringDac(resistor_d2d=0.01))
    state = tile.program(np.eye(3), rng=still())
    with pytest.raises(ConfigError, match="netlist: expected DACs with uniform steps"):
        tile_deck(state, np.ones((1, 3)))


def network(copies: int) -> Network:
    return Network(
        input_shape=(6, 6),
        layers={
            "conv1": Convolution(filters=2, kernel=3, copies=copies),
            "relu1": Relu(),
            "conv2": Convolution(filters=2, kernel=2),
            "fc": Dense(units=4),
            "relu2": Relu(),
            "dropout": ExactDropout(),
            "out": Dense(units=3),
        },
    )


@pytest.mark.parametrize("copies", [1, 5])
def test_network_is_what_the_circuit_computes(copies):
    tile = replace(TILES["offset"], dtype=np.float64)
    chip = network(copies).build(tile, Streams(3))
    x = np.random.default_rng(4).standard_normal((5, 6, 6))
    scores = chip.scores(x, rng=still())
    found = classify(chip, x)
    assert np.abs(found.scores - scores).max() < ACCURACY * np.abs(scores).max()


def test_softmax_of_the_netlist():
    chip = network(1).build(TILES["offset"], Streams(3))
    x = np.random.default_rng(4).standard_normal((1, 6, 6)).astype(np.float32)
    deck = network_deck(chip, x)
    deck.save("v(p0)", "v(p2)")
    waves = run(deck)
    p = chip.outputs(x, rng=still())[0]
    assert [waves["v(p0)"][0], waves["v(p2)"][0]] == pytest.approx(p[[0, 2]], rel=1e-5)


def test_same_chip_same_text():
    chip, x = network(1).build(TILES["pair"], Streams(3)), np.ones((2, 6, 6))
    assert network_deck(chip, x).text == network_deck(chip, x).text


def test_digital_weights_have_no_circuit():
    chip = network(1).build(Digital(), Streams(3))
    with pytest.raises(ConfigError, match=r"'conv1'.*weights in a tile, got DigitalState"):
        network_deck(chip, np.ones((1, 6, 6)))


def test_weights_that_a_factor_compensates_have_no_circuit():
    chip = network(1).build(TILES["offset"], Streams(3))
    held = chip.layers["out"].held
    held["weights"] = Compensated(held["weights"], np.array([2.0]))
    with pytest.raises(ConfigError, match=r"'out'.*in a tile, got Compensated\. Remove the"):
        network_deck(chip, np.ones((1, 6, 6)))


def test_a_sample_of_a_chip_with_layers_of_their_own_is_of_its_own_hardware():
    own = {"fc": {"device": "cmos"}}
    mixed, plain = (
        sample_array_deck(experiment({"device": {"kind": "reram"}, **more}), 4, 3, 1, 0).text
        for more in ({"layers": own}, {})
    )
    assert mixed == plain
    with pytest.raises(ConfigError, match=r"device.kind: expected weights in a tile, got Digital"):
        sample_array_deck(experiment({"device": {"kind": "float"}, "layers": own}), 4, 3, 1, 0)


def test_inputs_must_fit_the_tile():
    state = TILES["offset"].program(np.zeros((7, 3)), rng=still())
    with pytest.raises(ShapeError, match=r"x \(n, 7\), got \(1, 6\)"):
        tile_deck(state, np.ones(6))
