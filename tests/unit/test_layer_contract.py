"""Layers from outside that break the contract: refused in one line that names layer and method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from crossbar.errors import CrossbarError
from crossbar.nn import Activation, Dense, Dropout, Network
from crossbar.nn.layers.base import Layer, LayerState
from crossbar.nn.layers.place import Matrix
from crossbar.random import Streams
from crossbar.substrates import Digital


class Good(LayerState):
    def forward(self, x, *, rng):
        return 2 * x

    def backward(self, d, *, rng):
        return (2 * d,)


class Bare(Good):
    def backward(self, d, *, rng):
        return 2 * d


class Narrow(Good):
    def forward(self, x, *, rng):
        return x[:, :1]


class Short(Good):
    def backward(self, d, *, rng):
        return (d[:, :1],)


class Undefined(Good):
    def forward(self, x, *, rng):
        return np.log(-abs(x))


class Broken(Good):
    def backward(self, d, *, rng):
        return d @ np.ones((7, 7))


class Careless(Good):
    def forward(self, x, *, rng):
        x *= 2
        return x


class Exact(Good):
    def forward(self, x, *, rng):
        return x.astype(complex)


class Idle(Good):
    """Holds a matrix and does not say what drove it."""


class Loose(Good):
    def __init__(self, place):
        self.place = place


class Counted(Good):
    def __init__(self, place):
        super().__init__(place)
        self.parameters["a"] = 1.0


class Whole(Good):
    def forward(self, x, *, rng):
        return (x > 0).astype(int)


class Random(Good):
    def forward(self, x, *, rng):
        return x + np.random.default_rng().random(x.shape)


class Scaled(Good):
    @property
    def affine(self):
        return np.full(4, 3.0), np.zeros(4)


W = Matrix("w", 4, 4)


@dataclass(frozen=True, kw_only=True)
class Custom(Layer):
    made: object = Good
    shape: object = None
    parts: object = ()

    def output_shape(self, *inputs):
        return inputs[0] if self.shape is None else self.shape

    def matrices(self, *inputs):
        return self.parts

    def state(self, place):
        return None if self.made is None else self.made(place)


def build(layer: Layer):
    layers = {"first": Dense(units=4), "own": layer, "out": Dense(units=2)}
    return Network(input_shape=(3,), layers=layers).build(Digital(), Streams(0))


def test_a_layer_that_keeps_the_contract_is_taken_and_counts_nothing_yet():
    chip = build(Custom())
    assert not chip.activity.counts
    assert chip.scores(np.ones((2, 3)), rng=np.random.default_rng(0)).shape == (2, 2)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (Custom(made=Bare), "Bare.backward of layer 'own': expected a tuple with one gradient"),
        (Custom(made=Narrow), "Narrow.forward of layer 'own': expected an array of shape"),
        (Custom(made=Short), "Short.backward of layer 'own': expected an array of shape"),
        (Custom(made=Undefined), "Undefined.forward of layer 'own': expected finite numbers, got"),
        (Custom(made=Broken), "Broken.backward of layer 'own': expected an answer, got ValueError"),
        (Custom(made=Careless), "Careless.forward of layer 'own': expected arguments that it"),
        (Custom(made=Exact), "Exact.forward of layer 'own': expected real numbers, got numbers of"),
        (Custom(made=None), "Custom.state of layer 'own': expected a LayerState, got None"),
        (Custom(made=int), "Custom.state of layer 'own': expected an answer, got TypeError: int"),
        (
            Custom(made=Idle, parts=(W,)),
            "Idle.pairs of layer 'own': expected what drove w, got none",
        ),
        (Custom(made=Scaled), "Scaled.affine of layer 'own': expected x factor . constant, the"),
        (Custom(made=Loose), "Loose.__init__: expected the beginning super"),
        (
            Custom(made=Counted),
            "Counted.parameters of layer 'own', 'a': expected an array of shape",
        ),
        (Custom(made=Whole), "Whole.forward of layer 'own': expected floating-point numbers, got"),
        (
            Custom(made=Random),
            "Random.forward of layer 'own': expected the same output for the same",
        ),
        (Custom(parts=(W, W)), "Custom.matrices of layer 'own': expected names of letters, digits"),
        (
            Custom(parts=(Matrix("w", 4.0, 4),)),
            "Custom.matrices of layer 'own', 'w', rows: expected a",
        ),
        (
            Custom(parts=(Matrix("w", 0, 4),)),
            "Custom.matrices of layer 'own', 'w', rows: expected a ",
        ),
        (Custom(shape=4), "Custom.output_shape of layer 'own': expected a tuple of whole numbers"),
        (Custom(parts=Matrix("w", 4, 4)), "Custom.matrices of layer 'own': expected a tuple"),
    ],
    ids=lambda value: "" if isinstance(value, str) else str(value)[:60],
)
def test_a_layer_that_breaks_it_is_refused_by_name(layer, said):
    with pytest.raises(CrossbarError, match=f"^({said})"):
        build(layer)


@pytest.mark.parametrize(
    ("contract", "methods", "said"),
    [
        (Activation, {"value": lambda self, x: 1.0, "slope": lambda self, x, y: x},
         r"Own.value: expected an array of shape \(2, 3\), got 1.0"),
        (Activation, {"value": lambda self, x: x, "slope": lambda self, x, y: 1 / 0},
         "Own.slope: expected an answer, got ZeroDivisionError"),
        (Dropout, {"mask": lambda self, shape, rng: rng.random(shape[1:])},
         r"Own.mask: expected an array of shape \(2, 3\), got an array"),
    ],
)  # fmt: skip
def test_neurons_and_dropout_are_tried_by_their_own_methods(contract, methods, said):
    layer = dataclass(frozen=True, kw_only=True)(type("Own", (contract,), methods))()
    with pytest.raises(CrossbarError, match=f"^{said}"):
        build(layer)


def test_a_failure_in_a_line_of_the_users_is_his_whoever_called_it():
    """A state of the package calls the function of a layer from outside."""

    @dataclass(frozen=True, kw_only=True)
    class Rare(Activation):
        def value(self, x):
            return x if x.shape == (2, 3) else x.nothing

        def slope(self, x, y):
            return x

    said = r"ActivationState.forward of layer 'own': .* AttributeError: .*contract\.py line \d+\."
    with pytest.raises(CrossbarError, match=said):
        build(Rare())


class Fixed(Idle):
    """A projection that does not learn, as a reservoir has."""

    def forward(self, x, *, rng):
        return np.sqrt(x) * self.held["w"].read(np.log(x), rng=rng)

    def update(self, rate, *, rng):
        pass


def test_a_layer_may_learn_in_a_way_of_its_own_and_need_inputs_above_zero():
    chip = build(Custom(made=Fixed, parts=(W,)))
    assert chip.layers["own"].pairs() == {}
