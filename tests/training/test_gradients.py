"""Backpropagation in ideal arrays against a plain NumPy network in double precision."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS, CmosSynapse
from crossbar.nn import BernoulliDropout, Convolution, Dense, Network, Relu, leti_cnn
from crossbar.random import Streams
from crossbar.substrates.digital import Digital
from crossbar.substrates.tile import Tile

IDEAL = {"reading": Reading(temperature=0.0), "dtype": np.float64}
CELL = PRESETS["ideal"].device
SUBSTRATES = {
    "pair": Tile(device=CELL, mapping=DifferentialPair(), **IDEAL),
    "offset": Tile(device=CELL, mapping=Offset(), **IDEAL),
    "tiles": Tile(device=CELL, mapping=DifferentialPair(), size=(100, 25), **IDEAL),
    "digital": Digital(dtype=np.float64),
}
DEEP = Network(
    input_shape=(9, 8, 2),
    layers={
        "one": Convolution(filters=4, kernel=3),
        "relu1": Relu(),
        "two": Convolution(filters=3, kernel=2, copies=4),
        "relu2": Relu(),
        "fc": Dense(units=12, gain=2.0),
        "relu3": Relu(),
        "drop": BernoulliDropout(keep=0.7),
        "out": Dense(units=3),
    },
)


class Plain:
    """The network of a chip in plain NumPy, one sample at a time; masks come from the chip."""

    def __init__(self, chip):
        self.network = chip.network
        self.w = {name: held.weights[0].copy() for name, held in chip.held.items()}

    def kernel(self, name, channels):
        layer = self.network.layers[name]
        return self.w[name].reshape(layer.kernel, layer.kernel, channels, layer.filters)

    def gradients(self, x, label, mask):
        """Class probabilities; gradient of -ln p with respect to weights and layer outputs."""
        inputs, a = {}, x
        for name, layer in self.network.layers.items():
            inputs[name] = a
            if isinstance(layer, Convolution):
                a = a.reshape(*a.shape[:2], -1)
                a = correlate(a, self.kernel(name, a.shape[2]))
            elif isinstance(layer, Dense):
                a = a.ravel() @ self.w[name]
            elif isinstance(layer, Relu):
                a = np.where(a > 0, a, 0.0)
            else:
                a = a * mask
        p = np.exp(a) / np.exp(a).sum()
        d = p.copy()
        d[label] -= 1.0
        grads, outputs = {}, {}
        for name, layer in reversed(self.network.layers.items()):
            a, outputs[name] = inputs[name], d
            if isinstance(layer, Convolution):
                a = a.reshape(*a.shape[:2], -1)
                kernel = self.kernel(name, a.shape[2])
                grads[name], d = correlate_back(a, kernel, d)
            elif isinstance(layer, Dense):
                grads[name] = np.multiply.outer(a.ravel(), d)
                d = (self.w[name] @ d).reshape(a.shape)
            elif isinstance(layer, Relu):
                d = np.where(a > 0, d, 0.0)
            else:
                d = d * mask
        return p, grads, outputs

    def learn(self, x, labels, masks, rate):
        """One step against the summed gradients of a batch, all taken at the same weights."""
        each = [self.gradients(*sample)[1] for sample in zip(x, labels, masks, strict=True)]
        for name in self.w:
            self.w[name] -= rate * sum(g[name].reshape(self.w[name].shape) for g in each)


def correlate(x, kernel):
    """out[i, j] = sum over a, b, channels of x[i + a, j + b] kernel[a, b]."""
    side = kernel.shape[0]
    height, width = (s - side + 1 for s in x.shape[:2])
    out = np.zeros((height, width, kernel.shape[3]))
    for i in range(height):
        for j in range(width):
            out[i, j] = np.tensordot(x[i : i + side, j : j + side], kernel, axes=3)
    return out


def correlate_back(x, kernel, d):
    """Gradients of sum(d * correlate(x, kernel)) with respect to the kernel and to x."""
    side = kernel.shape[0]
    grad, back = np.zeros_like(kernel), np.zeros_like(x)
    for i in range(d.shape[0]):
        for j in range(d.shape[1]):
            grad += np.multiply.outer(x[i : i + side, j : j + side], d[i, j])
            back[i : i + side, j : j + side] += kernel @ d[i, j]
    return grad, back


def dropout(chip):
    """What the dropout layer multiplied by in the last presentation."""
    return next(layer.factors for layer in chip.layers.values() if hasattr(layer, "factors"))


def samples(network, n, seed=11):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, *network.input_shape)), rng.integers(0, network.outputs, n)


def assert_close(got, want, rtol):
    """Relative to the largest entry, so that entries that vanish by chance are compared too."""
    np.testing.assert_allclose(got, want, rtol=rtol, atol=rtol * np.abs(want).max())


@pytest.mark.parametrize("substrate", SUBSTRATES.values(), ids=SUBSTRATES)
@pytest.mark.parametrize("network", [leti_cnn(), leti_cnn(copies=7), DEEP], ids=["1", "7", "deep"])
@pytest.mark.parametrize("n", [1, 3])
def test_gradients_equal_those_of_plain_backpropagation(substrate, network, n):
    """Double precision throughout: 1e-9 leaves room for the order of the sums."""
    chip = network.build(substrate, Streams(3))
    plain = Plain(chip)
    before = {name: held.weights.copy() for name, held in chip.held.items()}
    x, labels = samples(network, n)
    rate = 0.01
    p = chip.learn(x, labels, rate, rng=np.random.default_rng(5))
    each = [plain.gradients(*s) for s in zip(x, labels, dropout(chip), strict=True)]
    np.testing.assert_allclose(p, [f[0] for f in each], rtol=1e-9)
    for layer in chip.layers.values():
        if not layer.held:
            continue
        kept = layer.d.reshape(n, -1)
        assert_close(kept, np.stack([f[2][layer.name].ravel() for f in each]), 1e-9)
        grad = sum(f[1][layer.name] for f in each).reshape(before[layer.name].shape[1:])
        for copy, was in zip(layer.held["weights"].weights, before[layer.name], strict=True):
            assert_close((was - copy) / rate, grad, 1e-9)


@pytest.mark.parametrize("name", ["pair", "offset", "digital"])
def test_an_epoch_of_learning_equals_plain_gradient_descent(name):
    network = leti_cnn()
    chip = network.build(SUBSTRATES[name], Streams(4))
    plain, rng = Plain(chip), np.random.default_rng(6)
    start = {name: w.copy() for name, w in plain.w.items()}
    x, labels = samples(network, 200)
    for k in range(200):
        one = slice(k, k + 1)
        chip.learn(x[one], labels[one], 0.002, rng=rng)
        plain.learn(x[one], labels[one], dropout(chip), 0.002)
    for layer, want in plain.w.items():
        # Rounding of 200 steps, amplified by the curvature of the loss; the weights really moved.
        assert_close(chip.held[layer].weights[0], want, 1e-9)
        assert np.abs(want - start[layer]).max() > 1e-2 * np.abs(start[layer]).max()


@pytest.mark.parametrize("network", [leti_cnn(), DEEP], ids=["leti", "deep"])
def test_gradients_equal_finite_differences_of_the_loss(network):
    """Central differences of 1e-5: error 1e-10 of the loss, over gradients of 1e-3 and more."""
    chip = network.build(SUBSTRATES["pair"], Streams(7))
    (x, labels), eps = samples(network, 1), 1e-5

    def loss(name, weights):
        held = chip.held[name]
        was = held.weights[0].copy()
        held.array.program(weights, rng=np.random.default_rng(0))
        p = chip.gradients(x, labels, rng=np.random.default_rng(8))
        held.array.program(was, rng=np.random.default_rng(0))
        return -np.log(p[0, labels[0]])

    chip.gradients(x, labels, rng=np.random.default_rng(8))
    gradient = Plain(chip).gradients(x[0], labels[0], dropout(chip)[0])[1]
    for name, held in chip.held.items():
        w = held.weights[0].copy()
        expected = gradient[name].reshape(w.shape)
        for at in np.argsort(np.abs(expected).ravel())[[-1, -2, -(w.size // 4)]]:
            i, j = np.unravel_index(at, w.shape)
            up, down = w.copy(), w.copy()
            up[i, j] += eps
            down[i, j] -= eps
            slope = (loss(name, up) - loss(name, down)) / (2 * eps)
            np.testing.assert_allclose(slope, expected[i, j], rtol=1e-6, atol=1e-9)


def test_a_batch_is_its_updates_in_sequence():
    """Ideal cells: the changes of the samples add, so their order does not matter either."""
    network = leti_cnn()
    chips = [network.build(SUBSTRATES["pair"], Streams(3)) for _ in range(2)]
    x, labels = samples(network, 4)
    for chip in chips:
        chip.gradients(x, labels, rng=np.random.default_rng(5))
    chips[0].change(0.01, rng=np.random.default_rng(0))
    for layer in chips[1].layers.values():
        if layer.held:
            x, d = layer.x, layer.d
            for s in range(4):
                layer.x, layer.d = x[s : s + 1], d[s : s + 1]
                layer.update(0.01, rng=np.random.default_rng(0))
    for name, held in chips[0].held.items():
        np.testing.assert_allclose(held.weights, chips[1].held[name].weights, rtol=0, atol=1e-13)


def test_copies_hold_the_same_weights_and_are_updated_alike():
    network = leti_cnn(copies=625)
    chip = network.build(SUBSTRATES["offset"], Streams(3))
    x, labels = samples(network, 1)
    chip.learn(x, labels, 0.01, rng=np.random.default_rng(5))
    copies = chip.held["conv"].weights
    assert copies.shape == (625, 16, 3)
    np.testing.assert_array_equal(copies, np.broadcast_to(copies[0], copies.shape))


@pytest.mark.parametrize("copies", [1, 4, 625])
def test_the_number_of_copies_changes_no_ideal_result(copies):
    chip, one = (leti_cnn(copies=c).build(SUBSTRATES["pair"], Streams(3)) for c in (copies, 1))
    x, _ = samples(chip.network, 3)
    got, want = (c.scores(x, rng=np.random.default_rng(0)) for c in (chip, one))
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12)


def test_dropout_keeps_exactly_half_while_training_and_all_in_inference():
    chip = leti_cnn().build(SUBSTRATES["digital"], Streams(3))
    x, labels = samples(chip.network, 50)
    chip.gradients(x, labels, rng=np.random.default_rng(5))
    factors = dropout(chip)
    assert set(np.unique(factors)) == {0.0, 2.0}
    np.testing.assert_array_equal((factors > 0).sum(axis=1), 32)
    assert 0 < factors.mean(axis=0).min() < factors.mean(axis=0).max() < 2  # not always the same
    scores = chip.scores(x, rng=np.random.default_rng(5))
    plain = Plain(chip)
    hidden = np.stack([correlate(s[..., None], plain.kernel("conv", 1)).ravel() for s in x])
    expected = np.maximum(hidden @ plain.w["fc"], 0) @ plain.w["out"]
    np.testing.assert_allclose(scores, expected, rtol=1e-9, atol=1e-12)


def test_the_equations_as_printed_differ_where_print_is_wrong():
    """Without the derivative of eq 12 all hidden gradients pass; eq 16 exchanges kernel sides."""
    quiet = Digital(dtype=np.float64)
    x = np.random.default_rng(4).standard_normal((1, 28, 28))
    labels = np.array([1])
    gradients = {}
    for name, options in {
        "right": {},
        "relu": {"paper_literal_relu": True},
        "kernel": {"paper_literal_kernel": True},
    }.items():
        chip = leti_cnn(**options).build(quiet, Streams(0))
        before = chip.held["conv"].weights[0].copy(), chip.held["fc"].weights[0].copy()
        chip.learn(x, labels, 1e-3, rng=Streams(0)("learn"))
        after = chip.held["conv"].weights[0], chip.held["fc"].weights[0]
        gradients[name] = [a - b for a, b in zip(after, before, strict=True)]
    exchanged = gradients["kernel"][0].reshape(4, 4, 3).transpose(1, 0, 2).reshape(16, 3)
    np.testing.assert_allclose(exchanged, gradients["right"][0], rtol=1e-9, atol=1e-15)
    live = [np.count_nonzero(np.abs(gradients[k][1]).sum(axis=0)) for k in ("right", "relu")]
    assert live[1] == 32 > live[0]


def test_copies_of_codes_get_the_same_update_as_one_array():
    """One conversion serves all copies: without mismatch and noise B changes nothing.

    Dense layers are small, so that no pulses are drawn as rare ones: where these fall depends on
    the last bits of what is offered, which the order of sums over copies changes.
    """
    tile = Tile(
        device=CmosSynapse(bits=6, sigma_unit=0.0),
        mapping=Offset(),
        reading=Reading(temperature=0.0),
    )
    rng = np.random.default_rng(8)
    x = rng.standard_normal((30, 28, 28)).astype(np.float32)
    labels = rng.integers(0, 2, 30)
    codes = []
    for copies in (1, 7, 625):
        chip = leti_cnn(copies=copies, hidden=8).build(tile, Streams(2))
        for k in range(30):
            chip.learn(x[k : k + 1], labels[k : k + 1], 0.002, rng=Streams(2)("learn", step=k))
        stacked = chip.held["conv"].array.cells[0].code.reshape(copies, 16, 3)
        assert (stacked == stacked[0]).all()
        codes.append(stacked[0])
    assert (codes[0] == codes[1]).all()
    assert (codes[0] == codes[2]).all()
