"""Networks that are graphs: gradients, several readers of a node, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass

import gradients
import numpy as np
import pytest

from crossbar.errors import ConfigError
from crossbar.nn import (
    Convolution,
    CrossEntropy,
    Dense,
    ExactDropout,
    Hinge,
    Layer,
    LayerState,
    Network,
    Node,
    Place,
    Relu,
    SquaredError,
)


@dataclass(frozen=True, kw_only=True)
class Total(Layer):
    """The sum of its inputs."""

    takes = None

    def output_shape(self, *inputs):
        return inputs[0]

    def state(self, place: Place) -> LayerState:
        return TotalState(place)


class TotalState(LayerState):
    """A sum on the chip."""

    def forward(self, *inputs, rng):
        self.count = len(inputs)
        return sum(inputs[1:], start=inputs[0])

    def backward(self, d, *, rng):
        return (d,) * self.count


RESIDUAL = Network(
    input_shape=(6, 5, 2),
    layers={
        "conv": Convolution(filters=4, kernel=3),
        "relu": Relu(),
        "left": Dense(units=7),
        "right": Node(Dense(units=7), inputs=("relu",)),
        "sum": Node(Total(), inputs=("left", "right", "left")),
        "on": Relu(),
        "drop": ExactDropout(),
        "back": Dense(units=7),
        "again": Node(Total(), inputs=("back", "sum")),
        "out": Dense(units=3),
    },
)


@pytest.mark.parametrize("loss", [CrossEntropy(), SquaredError(), Hinge()], ids=repr)
def test_gradients_of_a_residual_network_equal_differences(loss):
    gradients.check(RESIDUAL, loss=loss)


def test_a_chip_of_one_matrix_has_the_gradient_of_its_input_too():
    gradients.check(Network(input_shape=(4,), layers={"a": Dense(units=5), "b": Dense(units=2)}))


def test_a_wrong_gradient_is_seen(monkeypatch):
    monkeypatch.setattr(TotalState, "backward", lambda self, d, *, rng: (d, -d, d)[: self.count])
    with pytest.raises(AssertionError, match=r"right\.weights|conv\.weights"):
        gradients.check(RESIDUAL)


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ({"a": Dense(units=4), "b": Node(Dense(units=2), inputs=("aa",))},
         "Network.layers['b'].inputs: expected nodes above it, got 'aa'. Did you mean 'a'?"),
        ({"a": Node(Dense(units=4), inputs=("b",)), "b": Dense(units=2)},
         "Network.layers['a'].inputs: expected nodes above it, got 'b'. Write 'b' above it."),
        ({"a": Node(Dense(units=4), inputs=("a",)), "b": Dense(units=2)},
         "Network.layers['a'].inputs: expected nodes above it, got 'a'. It cannot read itself."),
        ({"a": Dense(units=4), "b": Node(Dense(units=2), inputs=("input",))},
         "Network.layers['a']: expected a layer that another reads, got none."),
        ({"a": Node(Dense(units=2), inputs=("input", "input"))},
         "Network.layers['a'].inputs: expected 1 of them, got 2."),
        ({"input": Dense(units=2)}, "expected a name other than 'input'"),
        ({"a.b": Dense(units=2)}, "expected a name other than 'input', without '.', '/' and ':'"),
        ({"a": Node(Dense(units=2), inputs=())}, "expected 1 of them, got 0."),
    ],
)  # fmt: skip
def test_graphs_that_cannot_be_are_refused_by_name(layers, expected):
    with pytest.raises(ConfigError) as error:
        Network(input_shape=(3,), layers=layers)
    assert expected in str(error.value)


def test_a_name_of_a_node_may_stand_for_all_its_inputs():
    assert Node(Relu(), inputs="a").inputs == ("a",)


def test_a_node_reads_what_it_names():
    """Two branches from one input against plain NumPy."""
    network = Network(
        input_shape=(3,),
        layers={
            "a": Dense(units=4),
            "b": Node(Dense(units=4), inputs="input"),
            "sum": Node(Total(), inputs=("a", "b")),
            "out": Dense(units=2),
        },
    )
    chip = network.build(gradients.IDEAL, gradients.Streams(1))
    x = np.random.default_rng(0).standard_normal((5, 3))
    a, b, out = (chip.held[name].weights[0] for name in ("a", "b", "out"))
    got = chip.scores(x, rng=np.random.default_rng(0))
    np.testing.assert_allclose(got, (x @ a + x @ b) @ out, rtol=1e-12, atol=1e-12)
