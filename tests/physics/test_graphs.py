"""Networks that are graphs: gradients, several readers of a node, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass

import gradients
import numpy as np
import pytest

from crossbar.errors import ConfigError, CrossbarError
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
from crossbar.random import Streams


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
    chip = network.build(gradients.IDEAL, Streams(1))
    x = np.random.default_rng(0).standard_normal((5, 3))
    a, b, out = (chip.held[name].weights[0] for name in ("a", "b", "out"))
    got = chip.scores(x, rng=np.random.default_rng(0))
    np.testing.assert_allclose(got, (x @ a + x @ b) @ out, rtol=1e-12, atol=1e-12)


@dataclass(frozen=True, kw_only=True)
class Scale(Layer):
    """Multiplies each input by a number of its own, which learns; counts what it was shown."""

    def output_shape(self, *inputs):
        return inputs[0]

    def state(self, place: Place) -> LayerState:
        return ScaleState(place)


class ScaleState(LayerState):
    """Numbers in digital memory."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.parameters["scale"] = np.full(place.output, 1.5)
        self.running["shown"] = np.zeros(1)

    def forward(self, *inputs, rng):
        (self.x,) = inputs
        self.running["shown"] += len(self.x)
        return self.x * self.parameters["scale"].astype(self.x.dtype)

    def backward(self, d, *, rng):
        return (d * self.parameters["scale"],)

    def slopes(self):
        return {"scale": (self.d * self.x).sum(axis=0)}


SCALED = Network(
    input_shape=(4,),
    layers={"a": Dense(units=3), "scale": Scale(), "out": Dense(units=2)},
)


def test_numbers_in_digital_memory_learn_and_have_their_gradient():
    gradients.check(SCALED)


def test_digital_numbers_go_to_a_checkpoint_and_to_another_chip():
    chip, x = SCALED.build(gradients.IDEAL, Streams(1)), np.ones((2, 4))
    chip.learn(x, [0, 1], 0.1, rng=np.random.default_rng(0))
    assert np.all(chip.layers["scale"].parameters["scale"] != 1.5)
    again = SCALED.build(gradients.IDEAL, Streams(1))
    again.restore(chip.arrays())
    other = SCALED.build(gradients.IDEAL, Streams(2), weights=chip.trained())
    expected = chip.scores(x, rng=np.random.default_rng(0))
    for copied in (again, other):
        got = copied.scores(x, rng=np.random.default_rng(0))
        np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)
    assert again.layers["scale"].running["shown"] == 4  # two in training, and the read


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"scale.scale": None}, "got none of scale.scale. Give all that a trained network keeps"),
        ({"scale.sale": np.ones(3)}, "got 'scale.sale'. Did you mean 'scale.scale'?"),
        ({"scale.scale": np.ones(2)}, "['scale.scale']: expected shape (3,), got (2,)."),
        ({"skale.scale": np.ones(3)}, "got 'skale.scale'."),
    ],
)
def test_digital_numbers_that_do_not_fit_are_refused(change, expected):
    weights = SCALED.build(gradients.IDEAL, Streams(1)).trained() | change
    weights = {name: array for name, array in weights.items() if array is not None}
    with pytest.raises(CrossbarError) as error:
        SCALED.build(gradients.IDEAL, Streams(1), weights=weights)
    assert expected in str(error.value)
