"""The state of a module of PyTorch in a network of ours, written out layer by layer."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from crossbar.errors import ConfigError, CrossbarError, DataError
from crossbar.imports import torch_weights
from crossbar.nn import (
    Add,
    BatchNormalisation,
    BernoulliDropout,
    Convolution,
    Convolution1d,
    Dense,
    Flatten,
    MaxPooling,
    Network,
    Node,
    Relu,
    Reshape,
)
from crossbar.random import Streams
from crossbar.substrates.digital import Digital


def scores(network, weights, x):
    chip = network.build(Digital(dtype=np.float64), Streams(0), weights=weights, progress=False)
    return chip.scores(np.asarray(x, float), rng=np.random.default_rng(0))


def drawn(**shapes):
    rng = np.random.default_rng(3)
    return {name.replace("__", "."): rng.standard_normal(shape) for name, shape in shapes.items()}


def test_a_plain_dictionary_of_arrays_gives_the_product():
    network = Network(input_shape=(3,), layers={"fc": Dense(units=2, bias=True)})
    state = drawn(fc__weight=(2, 3), fc__bias=2)
    x = np.random.default_rng(0).standard_normal((4, 3))
    expected = x @ state["fc.weight"].T + state["fc.bias"]
    np.testing.assert_allclose(scores(network, torch_weights(network, state), x), expected)


def test_the_state_of_a_lone_layer_has_no_prefix():
    network = Network(input_shape=(3,), layers={"fc": Dense(units=2)})
    state = drawn(weight=(2, 3))
    weights = torch_weights(network, state, names={"fc": ""})
    np.testing.assert_array_equal(weights["fc"], state["weight"].T)


def torch_modules():
    return pytest.importorskip(
        "torch_modules", reason="torch is not installed: pip install '.[torch]'"
    )


def assert_same(module, network, x, order, **options):
    """Raise unless the network gives what the module gives of samples ``x``, channels first."""
    torch = torch_modules()
    torch.settled(module)
    weights = torch_weights(network, module.state_dict(), **options)
    got = scores(network, weights, x.numpy().transpose(0, *order))
    torch.assert_close(got, torch.outputs(module, x))


def test_a_cnn_with_normalisation_and_dense_layers_behind_maps():
    nn = (torch := torch_modules()).nn
    module = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 6, (2, 1), groups=2), nn.ReLU(), nn.Dropout(), nn.Flatten(),
        nn.Linear(24, 5), nn.ReLU(), nn.Linear(5, 2),
    )  # fmt: skip
    layers = {
        "0": Convolution(filters=4, kernel=3, padding="same"), "1": BatchNormalisation(),
        "r": Relu(), "pool": MaxPooling(kernel=2),
        "4": Convolution(filters=6, kernel=(2, 1), groups=2, bias=True), "r2": Relu(),
        "drop": BernoulliDropout(), "flat": Flatten(), "8": Dense(units=5, bias=True),
        "r3": Relu(), "10": Dense(units=2, bias=True),
    }  # fmt: skip
    network = Network(input_shape=(6, 4, 3), layers=layers)
    assert_same(module, network, torch.samples(2, 3, 6, 4), (2, 3, 1))


def test_sequences_and_names_that_differ():
    nn = (torch := torch_modules()).nn
    module = nn.Sequential(nn.Sequential(nn.Conv1d(2, 3, 4, stride=2), nn.ReLU()),
                           nn.Flatten(), nn.Linear(9, 2))  # fmt: skip
    layers = {"0_0": Convolution1d(filters=3, kernel=4, stride=2, bias=True), "relu": Relu(),
              "out": Dense(units=2, bias=True)}  # fmt: skip
    network = Network(input_shape=(9, 2), layers=layers)
    assert_same(module, network, torch.samples(3, 2, 9), (2, 1), names={"out": "2"})


def test_images_whose_channels_come_with_the_samples():
    nn = (torch := torch_modules()).nn
    module = nn.Sequential(nn.Flatten(), nn.Linear(24, 2, bias=False))
    network = Network(input_shape=(4, 3, 2), layers={"1": Dense(units=2)})
    assert_same(module, network, torch.samples(3, 2, 4, 3), (2, 3, 1))


def test_rows_of_images_without_channels_keep_their_order():
    nn = (torch := torch_modules()).nn
    module = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
    network = Network(input_shape=(4, 3), layers={"1": Dense(units=2, bias=True)})
    assert_same(module, network, torch.samples(3, 4, 3), (1, 2))


def test_a_sum_of_maps_is_read_channels_first_and_a_shape_of_ones_own_is_not():
    conv = Node(Convolution(filters=2, kernel=1), ("input",))
    tail = {"flat": Flatten(), "fc": Dense(units=2)}
    summed = {"a": conv, "b": Convolution(filters=2, kernel=1), "sum": Node(Add(), ("a", "b"))}
    state = drawn(a__weight=(2, 2, 1, 1), b__weight=(2, 2, 1, 1), fc__weight=(2, 8))
    network = Network(input_shape=(2, 2, 2), layers=summed | tail)
    rows = state["fc.weight"].reshape(2, 2, 2, 2).transpose(0, 2, 3, 1).reshape(2, 8).T
    np.testing.assert_array_equal(torch_weights(network, state)["fc"], rows)
    shaped = {"a": conv, "own": Reshape(shape=(2, 4)), "fc": Dense(units=2)}
    del state["b.weight"]
    network = Network(input_shape=(2, 2, 2), layers=shaped)
    np.testing.assert_array_equal(torch_weights(network, state)["fc"], state["fc.weight"].T)


def test_narrow_numbers_are_kept_in_single_precision():
    torch = torch_modules().torch
    network = Network(input_shape=(3,), layers={"fc": Dense(units=2)})
    for dtype in (torch.float16, torch.bfloat16, torch.float8_e5m2):
        values = torch_modules().samples(2, 3).to(dtype)
        weights = torch_weights(network, {"fc.weight": values.requires_grad_()})["fc"]
        assert weights.dtype == np.float32
        np.testing.assert_array_equal(weights, values.detach().float().numpy().T)


NORM = {"conv": Convolution(filters=2, kernel=1), "norm": BatchNormalisation(),
        "flat": Flatten(), "fc": Dense(units=3, bias=True)}  # fmt: skip
STATE = {"conv.weight": (2, 1, 1, 1), "norm.weight": 2, "norm.bias": 2, "norm.running_mean": 2,
         "norm.running_var": 2, "fc.weight": (3, 8), "fc.bias": 3}  # fmt: skip


def whole(**changes):
    state = {name: np.ones(shape) for name, shape in STATE.items()}
    for name, value in changes.items():
        key = name.replace("__", ".")
        state.pop(key, None)
        if value is not None:
            state[key] = value
    return state


def test_a_normalisation_without_scale_and_shift_has_ones_and_zeros():
    network = Network(input_shape=(2, 2, 1), layers=NORM)
    state = whole(norm__weight=None, norm__bias=None, norm__num_batches_tracked=np.array(7))
    weights = torch_weights(network, state)
    np.testing.assert_array_equal(weights["norm.scale"], [1, 1])
    np.testing.assert_array_equal(weights["norm.shift"], [0, 0])
    assert weights["norm.presented"] == 7


@pytest.mark.parametrize(
    ("changes", "names", "expected"),
    [
        ({"fc__weight": None, "fc__bias": None}, {}, "expected a module 'fc' for the layer 'fc'"),
        ({"more__weight": np.ones(2)}, {}, "layers conv, norm, fc, got also more."),
        ({"fc__scale": np.ones(3)}, {}, "expected weight, bias of 'fc', got 'fc.scale'."),
        ({"fc__weight": np.ones((8, 3))}, {}, "['fc.weight']: expected shape (3, 8), got (8, 3)."),
        ({"fc__bias": np.ones(4)}, {}, "['fc.bias']: expected shape (3,), got (4,)."),
        ({"fc__bias": None}, {}, "expected a bias of 'fc', as the layer has, got none. Give the"),
        ({"conv__bias": np.ones(2)}, {}, "no bias of 'conv', as the layer has, got 'conv.bias'."),
        ({"conv__weight": np.ones((2, 1, 2, 2))}, {}, "['conv.weight']: expected shape (2, 1, 1"),
        ({"norm__running_mean": None}, {}, "['norm.running_mean']: expected numbers of shape (2,"),
        ({"norm__running_var": -np.ones(2)}, {}, "expected variances, got one below 0."),
        ({"fc__bias": np.full(3, np.nan)}, {}, "['fc.bias']: expected finite numbers, got nan"),
        ({"fc__weight": np.ones((3, 8), int)}, {}, "expected floating-point numbers, got int64."),
        ({}, {"dense": "fc"}, "names: expected a layer with numbers: conv, norm, fc, got 'dense'"),
        ({}, {"fc": "out"}, "expected a module 'out' for the layer 'fc', got modules 'conv', 'no"),
    ],
)
def test_each_mismatch_is_one_line(changes, names, expected):
    network = Network(input_shape=(2, 2, 1), layers=NORM)
    with pytest.raises(CrossbarError) as refused:
        torch_weights(network, whole(**changes), names)
    assert expected in str(refused.value)
    assert str(refused.value).startswith("torch_weights")
    assert "\n" not in str(refused.value)
    assert refused.value.remedy


def test_tensors_without_numbers_are_refused():
    torch = torch_modules().torch
    network = Network(input_shape=(3,), layers={"fc": Dense(units=2)})
    values = torch.ones(2, 3)
    with warnings.catch_warnings():  # torch gives up quantised tensors
        warnings.simplefilter("ignore", UserWarning)
        codes = torch.quantize_per_tensor(values, 0.1, 0, torch.qint8)
    for tensor, got in (
        (values.to("meta"), "a tensor on the device meta"),
        (values.to_sparse(), "a sparse tensor"),
        (codes, "a quantised tensor"),
    ):
        with pytest.raises(DataError, match=got):
            torch_weights(network, {"fc.weight": tensor})


def test_a_state_is_a_dictionary():
    network = Network(input_shape=(3,), layers={"fc": Dense(units=2)})
    for state in ([1], {1: np.ones(2)}):
        with pytest.raises(ConfigError, match=r"torch_weights\.state: expected tensors by name"):
            torch_weights(network, state)
