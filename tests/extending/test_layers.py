"""Layers from outside, without weights and with, from Python, TOML, in a sweep and in a report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from crossbar import DifferentialPair, IdealCell, Reading, Streams, Tile
from crossbar.errors import ConfigError
from crossbar.nn import Dense, Network, evaluate
from crossbar.spice.networks import classify, network_deck, place_layer
from crossbar.spice.training.forward import place_forward
from crossbar.substrates import Digital

HERE = Path(__file__).parent
NETWORK = """
[[network.layers]]
name = "conv"
kind = "convolution"
filters = 2
kernel = 4
stride = 4

[[network.layers]]
name = "own"
{own}

[[network.layers]]
name = "out"
kind = "dense"
units = "classes"
"""
LIMIT = NETWORK.format(own='kind = "layer_without_weights:SoftLimit"\nlimit = 2.0')
GATED = NETWORK.format(own='kind = "layer_with_weights:Gated"\nunits = 4')
IDEAL = Tile(
    device=IdealCell(),
    mapping=DifferentialPair(),
    reading=Reading(temperature=0.0),
    dtype=np.float64,
)


@pytest.mark.parametrize(
    ("file", "longest"), [("layer_without_weights.py", 30), ("layer_with_weights.py", 60)]
)
def test_they_are_as_short_as_they_are_said_to_be(file, longest):
    assert len((HERE / file).read_text().splitlines()) <= longest


@pytest.mark.parametrize("substrate", [Digital(dtype=np.float64), IDEAL], ids=["float", "arrays"])
def test_from_python_they_learn_a_tiny_set(substrate):
    """Two classes that no line parts, at the corners of a square."""
    from layer_with_weights import Gated
    from layer_without_weights import SoftLimit

    layers = {"gated": Gated(units=8), "limit": SoftLimit(limit=3.0), "out": Dense(units=2)}
    chip = Network(input_shape=(2,), layers=layers).build(substrate, Streams(3))
    rng = np.random.default_rng(1)
    x = rng.choice([-1.0, 1.0], (400, 2)) + 0.2 * rng.standard_normal((400, 2))
    labels = (x[:, 0] * x[:, 1] > 0).astype(int)
    for k in range(0, 400, 4):
        chip.learn(x[k : k + 4], labels[k : k + 4], 0.05, rng=rng)
    assert evaluate(chip, x, labels, rng=rng).score > 0.95
    assert {name: held.shape for name, held in chip.held.items()} == {
        "gated.gate": (2, 8), "gated.value": (2, 8), "out": (8, 2),
    }  # fmt: skip


def differences(chip, x, d, gradient, move):
    """Central differences of sum(d y) at every number that ``move(k, step)`` changes."""
    slopes = np.zeros(gradient.size)
    for k in range(gradient.size):
        for step in (1e-5, -1e-5):
            move(k, step)
            y = chip.scores(x, rng=np.random.default_rng(0))
            slopes[k] += (d * y).sum() / (2 * step)
            move(k, -step)
    return slopes.reshape(gradient.shape)


def test_from_python_their_gradients_are_differences():
    from layer_with_weights import Gated
    from layer_without_weights import SoftLimit

    network = Network(input_shape=(3,), layers={"gated": Gated(units=2), "limit": SoftLimit()})
    chip, rng = network.build(IDEAL, Streams(5)), np.random.default_rng(2)
    x = rng.standard_normal((2, 3))
    p = chip.gradients(x, np.array([0, 1]), rng=rng)
    d, gated = p - np.eye(2), chip.layers["gated"]
    for part, gradient in gated.gradients(rng=rng).items():

        def move(k, step, part=part, shape=gradient.shape):
            change = np.zeros(shape)
            change.flat[k] = step
            gated.add({part: change}, rng=rng)

        slopes = differences(chip, x, d, gradient, move)
        np.testing.assert_allclose(gradient, slopes, rtol=0, atol=1e-6 * np.abs(slopes).max())


@pytest.mark.parametrize(("text", "matrices"), [(LIMIT, []), (GATED, ["own.gate", "own.value"])])
def test_from_toml_and_in_a_report(lab, text, matrices):
    lab.train(text)
    energy = lab.detail()["energy"]
    rows = energy["physical"]["breakdown"]
    assert {row["part"] for row in rows if row["event"] == "read_energy"} >= {*matrices}
    assert any(row["part"] == "own" and row["event"] == "activation" for row in rows)
    assert "own" in lab.report()


def test_in_a_sweep_of_their_own_fields(lab):
    frame = lab.sweep(LIMIT, {"network.layers.own.limit": [0.5, 4.0]})
    assert sorted(frame["network.layers.own.limit"]) == [0.5, 4.0]
    assert frame.loss.nunique() == 2
    frame = lab.sweep(GATED, {"network.layers.own.units": [2, 3]}, name="gated")
    assert sorted(frame["network.layers.own.units"]) == [2, 3]
    assert "network.layers.own.limit" in lab.sweep_report()


@pytest.mark.ngspice
def test_a_layer_without_a_circuit_is_refused_and_gets_a_netlist_once_it_has_one():
    from layer_without_weights import SoftLimit

    layers = {"fc": Dense(units=4), "limit": SoftLimit(limit=0.1), "out": Dense(units=2)}
    chip = Network(input_shape=(1, 3), layers=layers).build(IDEAL, Streams(3))
    x = np.random.default_rng(1).standard_normal((3, 1, 3))
    with pytest.raises(ConfigError, match=r"'limit': expected a layer with a circuit, got SoftLim"):
        network_deck(chip, x)
    with pytest.raises(ConfigError, match=r"train-step 'limit': expected a layer with a circuit"):
        place_forward(layers["limit"], chip.layers["limit"], None, None)

    @place_layer.register(SoftLimit)
    def limited(layer, state, deck, *inputs):
        out = [f"limited{k}" for k in range(len(inputs[0]))]
        for y, x in zip(out, inputs[0], strict=True):
            deck.add(f"B{y} {y} 0 V=v({x})/(1+abs(v({x}))/{layer.limit})")
        return out

    scores = chip.scores(x, rng=np.random.default_rng(2))
    assert np.abs(classify(chip, x).scores - scores).max() < 1e-6 * np.abs(scores).max()
