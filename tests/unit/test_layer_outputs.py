"""Outputs of layers against SciPy and against plain loops."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from layered import SUBSTRATES, alone, samples
from scipy.signal import correlate
from scipy.stats import norm

from crossbar.errors import CrossbarError, ShapeError
from crossbar.nn import (
    Add,
    AveragePooling,
    AveragePooling1d,
    BatchNormalisation,
    Clip,
    Concatenate,
    Convolution,
    Convolution1d,
    Dense,
    Flatten,
    Gelu,
    GlobalAveragePooling,
    LeakyRelu,
    MaxPooling,
    MaxPooling1d,
    Reshape,
    RunningNormalisation,
    Sigmoid,
    Tanh,
)


def draws() -> np.random.Generator:
    return np.random.default_rng(0)


def output(layer, *inputs, held="digital"):
    state = alone(layer, *(x.shape[1:] for x in inputs), held=held)
    return state, state.forward(*inputs, rng=draws())


def correlated(layer, state, x, pads):
    """The outputs of a convolution by SciPy: dilated kernels on padded samples, then every step."""
    sides, groups = layer.dimensions, layer.groups
    each = lambda value: (value,) * sides if isinstance(value, int) else value  # noqa: E731
    kernel, stride, dilation = each(layer.kernel), each(layer.stride), each(layer.dilation)
    x = x.reshape(*x.shape[: 1 + sides], -1)
    x = np.pad(x, [(0, 0), *pads, (0, 0)])
    steps = tuple(slice(None, None, s) for s in stride)
    own, filters = x.shape[-1] // groups, layer.filters // groups
    maps = []
    for group, weights in enumerate(held.weights[0] for held in state.held.values()):
        bias = weights[-1] if layer.bias else np.zeros(filters)
        small = weights[: math.prod(kernel) * own].reshape(*kernel, own, filters)
        wide = np.zeros(
            (*(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)), own, filters)
        )
        wide[tuple(slice(None, None, d) for d in dilation)] = small
        for f in range(filters):
            total = [
                sum(
                    correlate(one[..., group * own + c], wide[..., c, f], "valid", method="direct")
                    for c in range(own)
                )
                for one in x
            ]
            maps.append(np.stack(total)[(slice(None), *steps)] + bias[f])
    return np.stack(maps, axis=-1)


@pytest.mark.parametrize("held", SUBSTRATES)
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("shape", [(7, 6, 2), (5, 8, 4)])
def test_convolutions_of_images_are_correlations(shape, groups, bias, held):
    (x,) = samples(2, shape)
    for kernel, stride, padding, dilation in itertools.product(
        (1, 3, (2, 3)), (1, (2, 1), 3), (0, (1, 2)), (1, 2)
    ):
        layer = Convolution(
            filters=4, kernel=kernel, stride=stride, padding=padding, dilation=dilation,
            groups=groups, bias=bias, copies=1 + (kernel == 1),
        )  # fmt: skip
        pads = [(p, p) for p in ((padding,) * 2 if isinstance(padding, int) else padding)]
        state, y = output(layer, x, held=held)
        np.testing.assert_allclose(y, correlated(layer, state, x, pads), rtol=0, atol=1e-11)


@pytest.mark.parametrize(
    ("kernel", "stride", "dilation"), [*itertools.product((1, 2, 4), (1, 3), (1, 2))]
)
def test_convolutions_of_sequences_are_correlations(kernel, stride, dilation):
    (x,) = samples(3, (9, 4))
    for padding, groups, bias in itertools.product((0, 2), (1, 2, 4), (False, True)):
        layer = Convolution1d(
            filters=4, kernel=kernel, stride=stride, padding=padding, dilation=dilation,
            groups=groups, bias=bias,
        )  # fmt: skip
        state, y = output(layer, x)
        expected = correlated(layer, state, x, [(padding, padding)])
        np.testing.assert_allclose(y, expected, rtol=0, atol=1e-11)


@pytest.mark.parametrize(("side", "kernel", "stride", "dilation"), [
    (8, 3, 1, 1), (8, 4, 1, 1), (8, 3, 2, 1), (7, 3, 2, 1), (7, 2, 3, 2), (5, 1, 2, 1),
])  # fmt: skip
def test_same_padding_gives_a_window_a_step_with_the_odd_zero_behind(
    side, kernel, stride, dilation
):
    (x,) = samples(2, (side, side))
    layer = Convolution(kernel=kernel, stride=stride, dilation=dilation, padding="same")
    state, y = output(layer, x)
    assert y.shape[1:3] == (math.ceil(side / stride),) * 2
    whole = max(0, (y.shape[1] - 1) * stride + dilation * (kernel - 1) + 1 - side)
    pads = [(whole // 2, whole - whole // 2)] * 2
    np.testing.assert_allclose(y, correlated(layer, state, x, pads), rtol=0, atol=1e-11)


def pooled(x, kernel, stride, padding, function):
    """A function of the values of every window, entry by entry; what is outside has no value."""
    n, height, width, channels = x.shape
    counts = [(s + 2 * p - k) // t + 1 for s, k, t, p in
              zip((height, width), kernel, stride, padding, strict=True)]  # fmt: skip
    out = np.empty((n, *counts, channels))
    for s, i, j, c in np.ndindex(out.shape):
        rows = range(i * stride[0] - padding[0], i * stride[0] - padding[0] + kernel[0])
        cols = range(j * stride[1] - padding[1], j * stride[1] - padding[1] + kernel[1])
        values = [x[s, a, b, c] for a in rows for b in cols if 0 <= a < height and 0 <= b < width]
        out[s, i, j, c] = function(values)
    return out


@pytest.mark.parametrize(("kernel", "stride", "padding"), [
    ((2, 2), (2, 2), (0, 0)), ((3, 2), (1, 2), (0, 0)), ((3, 3), (2, 2), (1, 1)),
])  # fmt: skip
def test_pooling_takes_the_largest_or_the_mean_of_a_window(kernel, stride, padding):
    (x,) = samples(2, (7, 5, 3))
    for layer, function in ((MaxPooling, max), (AveragePooling, np.mean)):
        _, y = output(layer(kernel=kernel, stride=stride, padding=padding), x)
        np.testing.assert_allclose(y, pooled(x, kernel, stride, padding, function), rtol=1e-14)


def test_pooling_of_sequences_is_that_of_images_of_one_row():
    (x,) = samples(2, (9, 3))
    for flat, wide in ((MaxPooling1d, MaxPooling), (AveragePooling1d, AveragePooling)):
        _, y = output(flat(kernel=3, stride=2, padding=1), x)
        _, rows = output(wide(kernel=(1, 3), stride=(1, 2), padding=(0, 1)), x[:, None])
        np.testing.assert_array_equal(y, rows[:, 0])


def test_of_equal_values_the_first_takes_the_gradient():
    x = np.array([[[1.0, 1.0, 0.0, 2.0], [1.0, 0.0, 2.0, 2.0]]])
    state, y = output(MaxPooling(), x)
    np.testing.assert_array_equal(y, [[[1.0, 2.0]]])
    (back,) = state.backward(np.array([[[5.0, 7.0]]]), rng=draws())
    np.testing.assert_array_equal(back, [[[5.0, 0.0, 0.0, 7.0], [0.0, 0.0, 0.0, 0.0]]])


def test_pooling_of_whole_numbers_is_that_of_their_values():
    x = np.arange(-8, 8, dtype=np.int16).reshape(1, 4, 4)
    _, y = output(MaxPooling(kernel=3, stride=1, padding=1), x)
    assert y[0, 0, 0] == x[0, 1, 1]


def test_global_pooling_is_the_mean_of_a_channel():
    (x,) = samples(2, (3, 5, 4))
    _, y = output(GlobalAveragePooling(), x)
    np.testing.assert_allclose(y, x.mean(axis=(1, 2)), rtol=1e-13)


def test_neurons_are_their_functions():
    x = np.linspace(-4, 4, 101)[None]
    expected = {
        LeakyRelu(leak=0.1): np.where(x > 0, x, 0.1 * x),
        Clip(low=-1, high=2): np.minimum(np.maximum(x, -1), 2),
        Tanh(): (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)),
        Sigmoid(): 1 / (1 + np.exp(-x)),
        Gelu(): x * norm.cdf(x),
    }
    for layer, values in expected.items():
        np.testing.assert_allclose(output(layer, x)[1], values, rtol=1e-12, atol=1e-14)


def test_shapes_and_joins_move_values():
    x, z = samples(2, (3, 4), (3, 2))
    np.testing.assert_array_equal(output(Flatten(), x)[1], x.reshape(2, 12))
    np.testing.assert_array_equal(output(Reshape(shape=(2, 6)), x)[1], x.reshape(2, 2, 6))
    np.testing.assert_array_equal(output(Concatenate(), x, z)[1], np.concatenate([x, z], axis=2))
    np.testing.assert_allclose(output(Add(), x, 2 * x, x)[1], 4 * x, rtol=1e-15)


def test_a_bias_line_adds_its_weights_and_counts_as_a_line():
    (x,) = samples(2, (5,))
    state, y = output(Dense(units=3, bias=True), x, held="arrays")
    weights = state.held["weights"].weights[0]
    assert weights.shape == (6, 3)
    np.testing.assert_allclose(y, x @ weights[:5] + weights[5], rtol=0, atol=1e-12)
    assert state.activity.total("mac_forward") == 2 * 6 * 3
    _, plain = output(Dense(units=3), x, held="arrays")
    assert plain.shape == y.shape


def test_padding_drives_no_line():
    (x,) = samples(1, (4, 4))
    state, _ = output(Convolution(filters=2, kernel=3, padding=1), x, held="arrays")
    inside = (3 * 4 - 2) ** 2  # entries of windows of three that lie inside, along each side
    assert state.activity.total("mac_forward") == 2 * inside


def test_the_signals_of_a_batch_are_normalised_by_their_own_statistics():
    (x,) = samples(4, (3, 2, 5))
    layer = BatchNormalisation(epsilon=1e-3)
    state, y = output(layer, x)
    scale, shift = state.parameters["scale"], state.parameters["shift"]
    expected = (x - x.mean(axis=(0, 1, 2))) / np.sqrt(x.var(axis=(0, 1, 2)) + 1e-3)
    np.testing.assert_allclose(y, scale * expected + shift, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "layer", [BatchNormalisation(momentum=1e-9), RunningNormalisation(momentum=1e-9)]
)
def test_running_statistics_are_those_of_all_that_was_presented(layer):
    """With the first ones, zero and one, as one presentation: a mixture of equal parts."""
    (x,) = samples(6, (4, 3))
    state = alone(layer, (4, 3))
    for k in range(0, 6, 2):
        state.forward(5 + 2 * x[k : k + 2], rng=draws())
    seen = (5 + 2 * x).reshape(-1, 3)
    mean = 0.75 * seen.mean(axis=0)
    square = 0.75 * (seen**2).mean(axis=0) + 0.25
    np.testing.assert_allclose(state.running["mean"], mean, rtol=1e-12)
    np.testing.assert_allclose(state.running["variance"], square - mean**2, rtol=1e-12)
    y = state.infer(x, rng=draws())
    scale, shift = state.parameters["scale"], state.parameters["shift"]
    expected = scale * (x - mean) / np.sqrt(square - mean**2 + 1e-5) + shift
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-12)


def test_one_value_a_channel_has_no_variance():
    (x,) = samples(1, (4,))
    with pytest.raises(ShapeError, match="'alone': expected two or more values a channel"):
        output(BatchNormalisation(), x)
    output(RunningNormalisation(), x)


@pytest.mark.parametrize(("layer", "shapes", "text"), [
    (Convolution(kernel=5), [(4, 6)], "Convolution.kernel: expected samples of at least 5x5"),
    (Convolution(kernel=3, dilation=2), [(4, 6)], "Convolution.kernel: expected samples of at"),
    (Convolution(), [(28,)], "Convolution.input: expected samples (height, width[, channels])"),
    (Convolution1d(), [(8, 8, 2)], "Convolution1d.input: expected samples (length[, channels])"),
    (Convolution(groups=2), [(8, 8, 4)], "Convolution.groups: expected a divisor of 4 input"),
    (Convolution(copies=26), [(8, 8)], "Convolution.copies: expected at most one copy a window"),
    (Convolution(kernel=(2, 2, 2)), [(8, 8)], "Convolution.kernel: expected one number, or 2"),
    (MaxPooling(kernel=9), [(8, 8)], "MaxPooling.kernel: expected samples of at least 9x9"),
    (AveragePooling(padding=2), [(8, 8)], "AveragePooling.padding: expected a value in every"),
    (GlobalAveragePooling(), [(8,)], "GlobalAveragePooling.input: expected positions and"),
    (Reshape(shape=(3, 3)), [(8,)], "Reshape.shape: expected 8 values, as (8,) has, got (3, 3)"),
    (Add(), [(8, 2), (8, 3)], "Add.inputs: expected two or more of one shape, got (8, 2), (8, 3)"),
    (Add(), [(8, 2)], "Add.inputs: expected two or more"),
    (Concatenate(), [(8, 2), (7, 2)], "Concatenate.inputs: expected two or more that agree in"),
], ids=lambda v: type(v).__name__ if hasattr(v, "state") else "")  # fmt: skip
def test_what_does_not_fit_is_named(layer, shapes, text):
    with pytest.raises(CrossbarError) as error:
        layer.output_shape(*shapes)
    assert str(error.value).startswith(text)


def test_a_clip_has_its_ends_in_order():
    with pytest.raises(CrossbarError, match=r"Clip\.high: expected more than Clip\.low"):
        Clip(low=1.0, high=1.0)


def test_a_padding_in_words_is_same_or_refused() -> None:
    with pytest.raises(
        CrossbarError, match=r"^Convolution\.padding: expected a whole number, one a"
    ):
        Convolution(padding="full")
