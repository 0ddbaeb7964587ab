"""Weights from elsewhere: every name and shape is checked, and scikit-learn's fit as they are."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS
from crossbar.errors import CrossbarError
from crossbar.nn import Convolution, Dense, Network, Relu, SquaredError
from crossbar.random import Streams
from crossbar.substrates.digital import Digital
from crossbar.substrates.tile import Tile

IDEAL = Tile(
    device=PRESETS["ideal"].device,
    mapping=DifferentialPair(),
    reading=Reading(temperature=0.0),
    dtype=np.float64,
)
BIASED = Network(
    input_shape=(6,), layers={"hidden": Dense(units=4, bias=True), "out": Dense(units=2)}
)


@pytest.mark.parametrize(("change", "expected"), [
    ({"hidden": np.ones((6, 4))},
     "['hidden']: expected shape (7, 4), got (6, 4). Rows are inputs, columns outputs. "
     "The last row is the bias: np.vstack([W, b])."),
    ({"hidden": np.ones((4, 7))}, "expected shape (7, 4), got (4, 7). Rows are inputs, columns "
     "outputs. Transpose it."),
    ({"out": np.ones((5, 2))}, "expected shape (4, 2), got (5, 2). Rows are inputs, columns "
     "outputs."),
    ({"hidden.bias": np.ones(4)},
     "got 'hidden.bias'. The last row is the bias: np.vstack([W, b])."),
    ({"hiden": np.ones((7, 4))}, "expected weights of hidden (7, 4), out (4, 2), got 'hiden'. Did "
     "you mean 'hidden'?"),
    ({"out": None}, "expected weights of hidden (7, 4), out (4, 2), got none of out. "
     "Give the weights of every layer, or none for initial ones."),
    ({"out": np.full((4, 2), np.nan)}, "['out']: expected finite numbers, got nan at (0, 0). "
     "Remove or replace it."),
])  # fmt: skip
def test_weights_that_do_not_fit_are_named_with_what_is_expected(change, expected):
    weights = {"hidden": np.ones((7, 4)), "out": np.ones((4, 2))} | change
    weights = {name: array for name, array in weights.items() if array is not None}
    with pytest.raises(CrossbarError) as error:
        BIASED.build(Digital(), Streams(0), weights=weights)
    assert str(error.value).endswith(expected)


def test_an_error_lists_some_matrices_of_many():
    layers = {"conv": Convolution(filters=20, kernel=3, groups=20), "out": Dense(units=2)}
    network = Network(input_shape=(5, 5, 20), layers=layers)
    with pytest.raises(CrossbarError) as error:
        network.build(Digital(), Streams(0), weights={})
    assert "conv.group7 (9, 1), and 13 others, got none of conv.group0," in str(error.value)


def test_cells_without_a_lowest_conductance_take_the_largest_weight():
    """Rounding would ask for less than 0 S of the cell across: of some matrices of 50."""
    rng = np.random.default_rng(0)
    network = Network(input_shape=(3,), layers={"out": Dense(units=2)})
    for _ in range(50):
        weights = rng.standard_normal((3, 2))
        chip = network.build(IDEAL, Streams(0), weights={"out": weights}, loss=SquaredError())
        np.testing.assert_allclose(chip.held["out"].weights[0], weights, rtol=0, atol=1e-14)
        assert min(g.min() for g in chip.conductances.values()) >= 0


def digits():
    sets = pytest.importorskip("sklearn.datasets")
    x, y = sets.load_digits(return_X_y=True)
    return x[:400] / 16, y[:400]


def test_a_logistic_regression_is_one_layer():
    x, y = digits()
    from sklearn.linear_model import LogisticRegression

    clf = LogisticRegression(max_iter=500).fit(x, y)
    network = Network(input_shape=(64,), layers={"out": Dense(units=10, bias=True)})
    weights = {"out": np.vstack([clf.coef_.T, clf.intercept_])}
    chip = network.build(IDEAL, Streams(0), weights=weights)
    got = chip.outputs(x, rng=np.random.default_rng(0))
    np.testing.assert_allclose(got, clf.predict_proba(x), rtol=0, atol=1e-9)


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_a_perceptron_of_layers_is_a_layer_each():
    x, y = digits()
    from sklearn.neural_network import MLPClassifier

    mlp = MLPClassifier((16, 12), max_iter=20, random_state=0).fit(x, y)
    pairs = zip(mlp.coefs_, mlp.intercepts_, strict=True)
    weights = {f"fc{k}": np.vstack(pair) for k, pair in enumerate(pairs)}
    layers = {
        "fc0": Dense(units=16, bias=True), "relu0": Relu(),
        "fc1": Dense(units=12, bias=True), "relu1": Relu(), "fc2": Dense(units=10, bias=True),
    }  # fmt: skip
    chip = Network(input_shape=(64,), layers=layers).build(IDEAL, Streams(0), weights=weights)
    got = chip.outputs(x, rng=np.random.default_rng(0))
    np.testing.assert_allclose(got, mlp.predict_proba(x), rtol=0, atol=1e-9)
