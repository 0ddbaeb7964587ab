"""Windows that a read cuts from samples equal windows that are laid out before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from crossbar.activity import EVENTS
from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import Blocks, Normaliser
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.converters import PulseWidthDac, SarAdc, SerialDac, StringDac
from crossbar.devices import PRESETS
from crossbar.kernels.cuts import largest
from crossbar.nn import (
    Chip,
    Convolution,
    Convolution1d,
    GlobalMaxPooling,
    MaxPooling,
    Network,
    calibrate,
)
from crossbar.nn.layers.base import Layer
from crossbar.nn.layers.windowed import WindowedState
from crossbar.random import Streams
from crossbar.substrates.tile import Tile
from crossbar.wires import Wires

RERAM = PRESETS["reram"].device
ADC = SarAdc(bits=6)
TILES = {
    "no converters": Tile(device=RERAM, mapping=Offset()),
    "serial": Tile(device=RERAM, mapping=Offset(), dac=SerialDac(bits=6), adc=ADC),
    "pulse width": Tile(device=RERAM, mapping=Offset(), dac=PulseWidthDac(bits=5), adc=ADC),
    "string": Tile(device=RERAM, mapping=DifferentialPair(), dac=StringDac(bits=6), adc=ADC),
    "double": Tile(device=RERAM, mapping=Offset(), dac=SerialDac(bits=6), dtype=np.float64),
    "several arrays": Tile(device=RERAM, mapping=Offset(), dac=SerialDac(bits=6), size=(8, 2)),
    "wires": Tile(
        device=RERAM, mapping=Offset(), dac=SerialDac(bits=6), wires=Wires(r_wl=2.0, r_bl=3.0)
    ),
}
IMAGE, SEQUENCE = (6, 5, 4), (9, 4)
LAYERS: dict[str, tuple[tuple[int, ...], Layer]] = {
    "padding and bias": (IMAGE, Convolution(filters=3, kernel=3, padding="same", bias=True)),
    "strides": (IMAGE, Convolution(filters=3, kernel=(2, 3), stride=2, dilation=(2, 1))),
    "groups": (IMAGE, Convolution(filters=4, kernel=3, groups=2, padding=1, bias=True)),
    "sequence": (SEQUENCE, Convolution1d(filters=2, kernel=3, padding=2, bias=True)),
}


def chip_of(tile: Tile, shape: tuple[int, ...], layer: Layer) -> Chip:
    layers = {"conv": layer, "pool": GlobalMaxPooling()}
    return Network(input_shape=shape, layers=layers).build(tile, Streams(0))


def samples(shape: tuple[int, ...]) -> np.ndarray:
    x = np.random.default_rng(1).standard_normal((3, *shape)).astype(np.float32)
    x[np.abs(x) < 0.2] = 0  # which drives no line
    return x


def read(chip: Chip, x: np.ndarray) -> tuple[np.ndarray, dict[str, float]]:
    """Maps of the convolution, and everything that was counted."""
    maps = chip.signals(x, rng=np.random.default_rng(2))[1]
    return maps, {event: chip.activity.total(event) for event in EVENTS}


@pytest.mark.parametrize("tile", TILES.values(), ids=TILES)
@pytest.mark.parametrize(("shape", "layer"), LAYERS.values(), ids=LAYERS)
def test_outputs_and_counts_are_those_of_windows_laid_out(tile, shape, layer, monkeypatch):
    x = samples(shape)
    chip = chip_of(tile, shape, layer)
    assert all(held.cutting is not None for held in chip.layers["conv"].held.values())
    outputs, counted = read(chip, x)
    monkeypatch.setattr(WindowedState, "infer", WindowedState.forward)
    laid_out, expected = read(chip_of(tile, shape, layer), x)
    np.testing.assert_allclose(outputs, laid_out, rtol=1e-5, atol=1e-6)  # sums in another order
    assert counted.pop("read_energy") == pytest.approx(expected.pop("read_energy"), rel=1e-6, abs=0)
    assert counted == expected


OTHERWISE: dict[str, dict[str, Any]] = {
    "errors of the normaliser": {"blocks": Blocks(normaliser=Normaliser(errors=Errors(noise=0.1)))},
    "noise of DACs": {"dac": SerialDac(bits=6, noise=0.01)},
}


@pytest.mark.parametrize("parts", OTHERWISE.values(), ids=OTHERWISE)
def test_entries_with_errors_of_their_own_are_laid_out(parts):
    shape, layer = LAYERS["padding and bias"]
    chip = chip_of(replace(TILES["no converters"], **parts), shape, layer)
    assert chip.layers["conv"].held["weights"].cutting is None
    assert np.isfinite(read(chip, samples(shape))[0]).all()


def test_calibration_sees_the_windows_of_reads():
    shape, layer = LAYERS["padding and bias"]
    chip = chip_of(TILES["serial"], shape, layer)
    ranges = calibrate(chip, samples(shape), rng=np.random.default_rng(3))
    assert 0 < ranges["conv"]["used"] <= 1


@pytest.mark.parametrize("dac", [SerialDac(bits=4), PulseWidthDac(bits=4)])
def test_energy_is_that_of_the_steps_in_which_lines_are_driven(dac):
    """Windows of one entry: V^2 G t for every step of its code."""
    reading = Reading(v_read=0.2, t_read=1e-9, temperature=0.0)
    tile = Tile(device=RERAM, mapping=DifferentialPair(), dac=dac, reading=reading)
    chip = chip_of(tile, (3, 2), Convolution1d(filters=2, kernel=1, stride=2))
    (conductances,) = (g.sum(axis=1) for g in chip.conductances.values())
    x = np.array([[[1.0, 3 / 7], [9.0, 9.0], [0.0, -1 / 7]]], np.float32)  # codes 7, 3 and 0, 1
    before = chip.activity.copy()
    chip.scores(x, rng=np.random.default_rng(2))
    steps = {"SerialDac": (3, 2 + 1), "PulseWidthDac": (7, 3 + 1)}[type(dac).__name__]
    expected = 0.2**2 * 1e-9 * float(np.dot(steps, conductances))
    energy = chip.activity.since(before).total("read_energy")
    assert energy == pytest.approx(expected, rel=1e-5, abs=0)


@pytest.mark.parametrize("padding", [0, 1])
def test_largest_of_windows_by_definition(padding):
    x = np.random.default_rng(4).standard_normal((2, 5, 6, 3)).astype(np.float32)
    x[1, 2, 2, 1] = np.nan
    grid = MaxPooling(kernel=3, stride=2, padding=padding).grid(x.shape[1:])
    out = np.empty((2, len(grid.index) * 3), np.float32)
    largest(x.reshape(2, 30, 3), grid.index, out)
    expected = grid.cut(x, pad=-np.inf).max(axis=2)
    np.testing.assert_array_equal(out, expected.reshape(2, -1))
    assert np.isnan(out[1]).any()
    assert not np.isnan(out[0]).any()
