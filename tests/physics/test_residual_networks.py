"""Gradients of residual networks of every kind of layer against differences of the loss."""

from __future__ import annotations

import gradients
import numpy as np
import pytest

from crossbar.energy import OperationCounts
from crossbar.nn import (
    Add,
    AveragePooling,
    BatchNormalisation,
    Clip,
    Concatenate,
    Convolution,
    Convolution1d,
    CrossEntropy,
    Dense,
    Flatten,
    Gelu,
    GlobalAveragePooling,
    LeakyRelu,
    MaxPooling,
    MaxPooling1d,
    Network,
    Node,
    Relu,
    Reshape,
    RunningNormalisation,
    Sigmoid,
    SquaredError,
    Tanh,
)
from crossbar.random import Streams
from crossbar.substrates.digital import Digital

IMAGES = Network(
    input_shape=(6, 6, 2),
    layers={
        "conv1": Convolution(filters=4, kernel=3, padding="same", bias=True),
        "norm1": BatchNormalisation(),
        "relu1": LeakyRelu(leak=0.1),
        "conv2": Convolution(filters=4, kernel=3, padding=1, groups=2, copies=2),
        "norm2": RunningNormalisation(),
        "gelu": Gelu(),
        "sum": Node(Add(), ("relu1", "gelu")),
        "half": Convolution(filters=6, kernel=2, stride=2, bias=True),
        "pool": Node(MaxPooling(), ("sum",)),
        "join": Node(Concatenate(), ("half", "pool")),
        "relu2": Relu(),
        "deep": Convolution(filters=3, kernel=2, dilation=2),
        "mean": Node(AveragePooling(kernel=3), ("relu2",)),
        "flat": Node(Flatten(), ("deep",)),
        "channels": Node(GlobalAveragePooling(), ("mean",)),
        "ends": Node(Concatenate(), ("flat", "channels")),
        "out": Dense(units=3, bias=True),
    },
)
SEQUENCES = Network(
    input_shape=(18,),
    layers={
        "wide": Dense(units=24),
        "tanh": Tanh(),
        "steps": Reshape(shape=(12, 2)),
        "conv": Convolution1d(filters=4, kernel=3, stride=2, padding="same", bias=True),
        "clip": Clip(low=-1.5, high=1.5),
        "pool": MaxPooling1d(),
        "same": Convolution1d(filters=4, kernel=3, padding="same", groups=4),
        "sigmoid": Sigmoid(),
        "sum": Node(Add(), ("pool", "sigmoid", "pool")),
        "out": Dense(units=3),
    },
)


@pytest.mark.parametrize("network", [IMAGES, SEQUENCES], ids=["images", "sequences"])
@pytest.mark.parametrize("loss", [CrossEntropy(), SquaredError()], ids=repr)
def test_gradients_of_a_residual_network_equal_differences(network, loss):
    gradients.check(network, loss=loss)


def test_counts_of_the_shapes_are_those_of_a_training_step():
    """Digital weights count every transposed read; two branches of the input take none."""
    layers = {
        "left": Convolution(filters=4, kernel=3, padding="same", groups=2, bias=True),
        "right": Node(Convolution(filters=4, kernel=1), ("input",)),
        "sum": Node(Add(), ("left", "right")),
        "deep": Convolution(filters=2, kernel=2, stride=2),
        "out": Dense(units=3, bias=True),
    }
    network = Network(input_shape=(6, 6, 2), layers=layers)
    assert network.foremost == {"left.group0", "left.group1", "right"}
    counts = OperationCounts.of(network.matrices, network.foremost)
    chip, rng = network.build(Digital(dtype=np.float64), Streams(0)), np.random.default_rng(1)
    chip.learn(rng.standard_normal((1, 6, 6, 2)), np.array([1]), 0.01, rng=rng)
    counted = [chip.activity.total(f"mac_{kind}") for kind in ("forward", "transposed", "outer")]
    assert counted == [counts.forward, counts.transposed, counts.outer]
