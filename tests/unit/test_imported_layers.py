"""Layers that networks from elsewhere need, against plain NumPy and loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from layered import alone, samples

from crossbar.errors import CrossbarError
from crossbar.nn import (
    Affine,
    AveragePooling,
    Convolution1d,
    Dense,
    Erf,
    GeluTanh,
    GlobalMaxPooling,
    HardSigmoid,
    HardSwish,
    LocalResponseNormalisation,
    MatrixProduct,
    MaxPooling,
    Multiply,
    Network,
    Pad,
    Quantise,
    Softmax,
    Transpose,
    folded,
)
from crossbar.random import Streams
from crossbar.substrates.digital import Digital


def draws() -> np.random.Generator:
    return np.random.default_rng(0)


def output(layer, *inputs):
    state = alone(layer, *(x.shape[1:] for x in inputs))
    return state, state.forward(*inputs, rng=draws())


def test_neurons_are_their_functions():
    x = np.linspace(-5, 5, 101)[None]
    line = np.minimum(np.maximum(0.3 * x + 0.4, 0), 1)
    expected = {
        HardSigmoid(rise=0.3, middle=0.4): line,
        HardSwish(): x * np.minimum(np.maximum(x + 3, 0), 6) / 6,
        Erf(): np.vectorize(math.erf)(x),
        GeluTanh(): x / (1 + np.exp(-2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
        Softmax(): np.exp(x) / np.exp(x).sum(),
    }
    for layer, values in expected.items():
        np.testing.assert_allclose(output(layer, x)[1], values, rtol=1e-11, atol=1e-14)


def test_axes_change_places_and_padding_stands_around():
    (x,) = samples(2, (3, 4, 5))
    _, y = output(Transpose(axes=(1, 2, 0)), x)
    np.testing.assert_array_equal(y, np.moveaxis(x, 1, -1))
    _, y = output(Pad(before=(0, 1, 2), behind=(3, 0, 1), value=-0.5), x)
    wide = np.pad(x, [(0, 0), (0, 3), (1, 0), (2, 1)], constant_values=-0.5)
    np.testing.assert_array_equal(y, wide)


def test_products_are_those_of_numpy():
    x, z, gate = samples(2, (3, 4, 2), (3, 2, 5), (1, 1, 2))
    np.testing.assert_array_equal(output(Multiply(), x, gate)[1], x * gate)
    state, y = output(MatrixProduct(), x, z)
    np.testing.assert_allclose(y, np.matmul(x, z), rtol=1e-14)
    assert state.activity.total("scaling") == 2 * 3 * 4 * 2 * 5


@pytest.mark.parametrize("shape", [None, (1,), (4, 1), (3, 1, 2)])
def test_factors_and_constants_are_repeated_as_in_numpy(shape):
    (x,) = samples(2, (3, 4, 2))
    state, y = output(Affine(shape=shape), x)
    scale, shift = state.parameters["scale"], state.parameters["shift"]
    assert scale.shape == (shape or (2,))
    np.testing.assert_allclose(y, x * scale + shift, rtol=1e-14)


def test_factors_of_channels_fold_into_the_weights_before():
    layers = {"a": Dense(units=3), "b": Affine(), "c": Affine(shape=(1,)), "out": Dense(units=2)}
    chip = Network(input_shape=(4,), layers=layers).build(Digital(dtype=np.float64), Streams(0))
    (x,) = samples(5, (4,))
    for name in "bc":
        for numbers in chip.layers[name].parameters.values():
            numbers += draws().standard_normal(numbers.shape)
    network, weights = folded(chip)
    assert list(network.nodes) == ["a", "out"]
    again = network.build(Digital(dtype=np.float64), Streams(1), weights=weights)
    wanted = chip.scores(x, rng=draws())
    np.testing.assert_allclose(again.scores(x, rng=draws()), wanted, rtol=1e-12)


def test_factors_of_positions_stay():
    layers = {"a": Convolution1d(filters=2, kernel=3), "b": Affine(shape=(5, 1)),
              "out": Dense(units=2)}  # fmt: skip
    chip = Network(input_shape=(7,), layers=layers).build(Digital(), Streams(0))
    assert list(folded(chip)[0].nodes) == ["a", "b", "out"]


def test_codes_are_whole_steps_between_their_ends():
    x = np.array([[-9.0, -0.26, -0.25, 0.24, 0.25, 0.75, 1.9, 2.1]])
    state, y = output(Quantise(scale=0.5, zero=1, low=0, high=5), x)
    np.testing.assert_array_equal(y, [[-0.5, -0.5, 0.0, 0.0, 0.0, 1.0, 2.0, 2.0]])
    assert state.activity.total("overrange") == 1
    np.testing.assert_array_equal(state.backward(y, rng=draws())[0], y * (x > -9))


@pytest.mark.parametrize("size", [1, 3, 4])
def test_a_value_is_relative_to_channels_nearby(size):
    (x,) = samples(2, (3, 6))
    layer = LocalResponseNormalisation(size=size, alpha=0.6, beta=0.7, bias=1.3)
    expected = np.empty_like(x)
    for s, i, c in np.ndindex(x.shape):
        near = range(max(0, c - (size - 1) // 2), min(6, c + size // 2 + 1))
        total = sum(x[s, i, k] ** 2 for k in near)
        expected[s, i, c] = x[s, i, c] / (1.3 + 0.6 / size * total) ** 0.7
    np.testing.assert_allclose(output(layer, x)[1], expected, rtol=1e-13)


def test_the_largest_of_all_positions():
    (x,) = samples(2, (3, 5, 4))
    np.testing.assert_array_equal(output(GlobalMaxPooling(), x)[1], x.max(axis=(1, 2)))


def test_a_padding_may_differ_before_and_behind():
    """As in a sample that is padded first, with what never is the largest."""
    (x,) = samples(2, (5, 6, 2))
    pads = [(0, 0), (1, 0), (0, 2), (0, 0)]
    _, y = output(MaxPooling(kernel=3, stride=2, padding=(1, 0, 0, 2)), x)
    _, wide = output(MaxPooling(kernel=3, stride=2), np.pad(x, pads, constant_values=-99))
    np.testing.assert_array_equal(y, wide)
    _, y = output(AveragePooling(kernel=(2, 3), stride=1, padding=(1, 0, 0, 2)), x)
    _, whole = output(AveragePooling(kernel=(2, 3), stride=1), np.pad(x, pads))
    _, shares = output(AveragePooling(kernel=(2, 3), stride=1), np.pad(np.ones_like(x), pads))
    np.testing.assert_allclose(y, whole / shares, rtol=1e-13)


def test_windows_of_pooling_may_have_gaps():
    (x,) = samples(2, (7, 2))
    _, y = output(MaxPooling(kernel=(2, 1), stride=1, dilation=(3, 1)), x[:, :, None])
    np.testing.assert_array_equal(y[:, :, 0], np.maximum(x[:, :4], x[:, 3:]))


@pytest.mark.parametrize(("layer", "shapes", "text"), [
    (Transpose(axes=(0, 2)), [(3, 4)], "Transpose.axes: expected each axis of (3, 4) once"),
    (Pad(before=(1,), behind=(1, 0)), [(3, 4)], "Pad.before: expected one number for each axis"),
    (Multiply(), [(3, 4), (3, 2)], "Multiply.inputs: expected two of one shape, or of 1 along"),
    (Multiply(), [(3, 4), (4,)], "Multiply.inputs: expected two of one shape, or of 1 along"),
    (MatrixProduct(), [(3, 4), (3, 4)], "MatrixProduct.inputs: expected (..., rows, k) and"),
    (Affine(shape=(2, 4)), [(3, 4)], "Affine.shape: expected one that is repeated to (3, 4)"),
    (Affine(shape=()), [(3, 4)], "Affine.shape: expected one that is repeated to (3, 4), got ()"),
    (Affine(shape=(1, 3, 4)), [(3, 4)], "Affine.shape: expected one that is repeated to (3, 4)"),
    (GlobalMaxPooling(), [(8,)], "GlobalMaxPooling.input: expected positions and"),
    (MaxPooling(padding=(1, 2, 3)), [(8, 8)], "MaxPooling.padding: expected one number, or 2"),
], ids=lambda v: type(v).__name__ if hasattr(v, "state") else "")  # fmt: skip
def test_what_does_not_fit_is_named(layer, shapes, text):
    with pytest.raises(CrossbarError) as error:
        layer.output_shape(*shapes)
    assert str(error.value).startswith(text)


def test_codes_have_their_ends_in_order():
    with pytest.raises(CrossbarError, match=r"Quantise\.high: expected more than Quantise\.low"):
        Quantise(scale=1.0, low=3, high=3)
