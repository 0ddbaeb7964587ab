"""Normalisations folded into the weights before them change no output."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from layered import SUBSTRATES

from crossbar.nn import (
    Add,
    BatchNormalisation,
    Convolution,
    Dense,
    GlobalAveragePooling,
    Layer,
    LayerState,
    MaxPooling,
    Network,
    Node,
    Relu,
    RunningNormalisation,
    folded,
)
from crossbar.random import Streams

NETWORK = Network(
    input_shape=(6, 5, 2),
    layers={
        "conv": Convolution(filters=4, kernel=3, padding="same", groups=2),
        "norm": BatchNormalisation(),
        "relu": Relu(),
        "pool": MaxPooling(),
        "deep": Convolution(filters=4, kernel=2, padding="same", bias=True, copies=2),
        "inner": RunningNormalisation(),
        "sum": Node(Add(), ("pool", "inner")),
        "mean": GlobalAveragePooling(),
        "free": BatchNormalisation(),
        "shared": Dense(units=3),
        "after": BatchNormalisation(),
        "again": Node(BatchNormalisation(), ("shared",)),
        "out": Node(Add(), ("after", "again")),
    },
)


def trained(held):
    chip, rng = NETWORK.build(SUBSTRATES[held], Streams(1)), np.random.default_rng(2)
    for _ in range(20):
        x = 2 + 3 * rng.standard_normal((4, *NETWORK.input_shape))
        chip.learn(x, rng.integers(0, 3, 4), 0.01, rng=rng)
    return chip


@pytest.mark.parametrize("held", SUBSTRATES)
def test_a_folded_network_gives_the_same_scores(held):
    chip = trained(held)
    network, weights = folded(chip)
    assert [*network.nodes] == [n for n in NETWORK.nodes if n not in ("norm", "inner")]
    assert network.nodes["sum"].inputs == ("pool", "deep")
    kept = {name.partition(".")[0] for name in weights if name.endswith("shift")}
    assert kept == {"free", "after", "again"}  # behind no weights, or beside another reader
    ready = network.build(SUBSTRATES[held], Streams(3), weights=weights)
    x = 2 + 3 * np.random.default_rng(4).standard_normal((8, *NETWORK.input_shape))
    got, want = (one.scores(x, rng=np.random.default_rng(0)) for one in (ready, chip))
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-11 * np.abs(want).max())


def test_a_folded_layer_counts_its_bias_line_and_no_scaling():
    network, weights = folded(trained("arrays"))
    chip = network.build(SUBSTRATES["arrays"], Streams(3), weights=weights)
    chip.scores(np.ones((1, *NETWORK.input_shape)), rng=np.random.default_rng(0))
    assert chip.activity.total("scaling", "norm") == 0
    assert {name: w.shape for name, w in chip.held.items()} == {
        "conv.group0": (10, 2), "conv.group1": (10, 2), "deep": (17, 4), "shared": (4, 3),
    }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Gain(Layer):
    """A layer from outside: y = 3 x - c, with the channel c."""

    def output_shape(self, *inputs):
        return inputs[0]

    def state(self, place):
        return GainState(place)


class GainState(LayerState):
    @property
    def affine(self):
        return np.full(self.output[-1], 3.0), -np.arange(float(self.output[-1]))

    def forward(self, *inputs, rng):
        factor, constant = self.affine
        return factor * inputs[0] + constant

    def backward(self, d, *, rng):
        return (3.0 * d,)


def test_a_layer_from_outside_that_says_its_factors_is_folded_too():
    layers = {"fc": Dense(units=4), "gain": Gain(), "relu": Relu(), "last": Gain()}
    chip = Network(input_shape=(5,), layers=layers).build(SUBSTRATES["digital"], Streams(1))
    network, weights = folded(chip)
    assert [*network.nodes] == ["fc", "relu", "last"]  # a rectifier cannot be scaled
    ready = network.build(SUBSTRATES["digital"], Streams(3), weights=weights)
    x = np.random.default_rng(4).standard_normal((8, 5))
    got, want = (one.scores(x, rng=np.random.default_rng(0)) for one in (ready, chip))
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-12 * np.abs(want).max())
