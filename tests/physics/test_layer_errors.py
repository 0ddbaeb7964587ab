"""Errors of layers against floating point: closed forms of chips that differ in known ways."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar import DifferentialPair, IdealCell, Streams, Tile
from crossbar.errors import ConfigError
from crossbar.nn import Chip, Dense, Network, Relu, layer_errors
from crossbar.substrates.digital import Digital

LAYERS = {"a": Dense(units=40), "relu": Relu(), "b": Dense(units=5)}
NETWORK = Network(input_shape=(30,), layers=LAYERS)


def chip(weights: dict[str, np.ndarray], substrate=None) -> Chip:
    return NETWORK.build(substrate or Digital(dtype=np.float64), Streams(0), weights=weights)


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {"a": rng.normal(size=(30, 40)) / 5, "b": rng.normal(size=(40, 5)) / 6}


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(200, 30))


def test_factors_of_layers_multiply_and_each_adds_its_own(weights, samples) -> None:
    """Weights 1.1 and 0.9 times as large: 10 % in `a`, 1.1 x 0.9 - 1 = -1 % after `b`, 10 % own."""
    other = chip({"a": 1.1 * weights["a"], "b": 0.9 * weights["b"]})
    first, last = layer_errors(other, chip(weights), samples, rng=Streams(1)("read"))
    assert (first.layer, last.layer) == ("a", "b")
    assert first.error == pytest.approx(0.1)
    assert first.own == pytest.approx(0.1)
    assert last.error == pytest.approx(0.01)
    assert last.own == pytest.approx(0.1)


def test_read_noise_is_the_error_that_its_variance_says(weights, samples) -> None:
    """Each cell has the rms noise sigma of its range, which stands for the largest weight w_max:
    a weight of a pair has sqrt(2) sigma w_max, and each output its product with the norm of x.

    The rms of 200 x 40 outputs is known to 1 / sqrt(2 x 8000) = 0.8 %: 5 % are six of these.
    """
    sigma = 0.01
    cells = IdealCell(sigma_read=sigma)
    tile = Tile(device=cells, mapping=DifferentialPair(headroom=1.0), dtype=np.float64)
    noisy = chip(weights, tile)
    first, _ = layer_errors(noisy, chip(weights), samples, rng=Streams(1)("read"))
    noise = np.sqrt(2) * sigma * np.abs(weights["a"]).max()
    outputs = np.linalg.norm(samples @ weights["a"])
    expected = noise * np.sqrt(40) * np.linalg.norm(samples) / outputs
    assert first.error == pytest.approx(expected, rel=0.05)


def test_equal_chips_have_no_error_and_others_are_refused(weights, samples) -> None:
    same = layer_errors(chip(weights), chip(weights), samples, rng=Streams(1)("read"))
    assert [(one.error, one.own) for one in same] == [(0.0, 0.0)] * 2
    zero = chip({name: np.zeros_like(w) for name, w in weights.items()})
    none = layer_errors(zero, zero, samples, rng=Streams(1)("read"))
    assert [(one.error, one.own) for one in none] == [(0.0, 0.0)] * 2
    first, last = layer_errors(chip(weights), zero, samples, rng=Streams(1)("read"))
    assert (first.error, first.own, last.error, last.own) == (np.inf, np.inf, np.inf, 0.0)
    small = Network(input_shape=(30,), layers={"c": Dense(units=5)})
    other = small.build(Digital(), Streams(0))
    with pytest.raises(ConfigError, match=r"layer_errors\.reference: expected layers"):
        layer_errors(chip(weights), other, samples, rng=Streams(1)("read"))
