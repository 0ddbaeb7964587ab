"""Learning rules: sums of a batch, momentum, what they write and count, and what a resume keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import Blocks, Multiplier
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS
from crossbar.errors import ConfigError, DataError
from crossbar.nn import (
    Adam,
    Agad,
    Chopped,
    Coincidence,
    Convolution,
    CrossEntropy,
    Dense,
    Hinge,
    Minibatch,
    MixedPrecision,
    Momentum,
    Network,
    Relu,
    Sequential,
    SquaredError,
    TikiTaka,
    TikiTaka2,
    Training,
    evaluate,
    fit,
)
from crossbar.random import Streams
from crossbar.substrates import Digital, Tile

QUIET = {"reading": Reading(temperature=0.0), "dtype": np.float64}
IDEAL = Tile(device=PRESETS["ideal"].device, mapping=DifferentialPair(), **QUIET)
SUBSTRATES = {"ideal": IDEAL, "digital": Digital(dtype=np.float64)}
NETWORK = Network(
    input_shape=(5, 5),
    layers={"conv": Convolution(filters=2, kernel=2), "relu": Relu(), "out": Dense(units=3)},
)
RNG = np.random.default_rng(0)
X, LABELS = RNG.standard_normal((24, 5, 5)), RNG.integers(0, 3, 24)


def learned(chip, rule, batches, memory=None, rate=0.02):
    """Let ``chip`` learn ``batches`` of 6 samples; return the weights."""
    memory = rule.memory(chip) if memory is None else memory
    rng = np.random.default_rng(3)
    for k in range(batches):
        part = slice(6 * k, 6 * k + 6)
        wanted = chip.wanted("test", LABELS[part], 6)
        rule.step(chip, X[part], wanted, rate, memory, rng=rng, masks=rng, writes=rng)
    return {name: held.weights[0].copy() for name, held in chip.held.items()}


def test_adam_follows_its_algorithm():
    """Algorithm 1 of the source, written out, on gradients that plain chips give."""
    network = Network(input_shape=(25,), layers={"out": Dense(units=3)})
    rule, chip = Adam(beta1=0.8, beta2=0.95), network.build(Digital(dtype=np.float64), Streams(1))
    w, memory, rng = chip.held["out"].weights[0].copy(), rule.memory(chip), np.random.default_rng(3)
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t in range(1, 5):
        x, labels = X[6 * t - 6 : 6 * t].reshape(6, 25), LABELS[6 * t - 6 : 6 * t]
        scores = np.exp(x @ w)
        error = scores / scores.sum(axis=1, keepdims=True) - np.eye(3)[labels]
        g = x.T @ error
        m, v = 0.8 * m + 0.2 * g, 0.95 * v + 0.05 * g**2
        w = w - 0.01 * (m / (1 - 0.8**t)) / (np.sqrt(v / (1 - 0.95**t)) + 1e-8)
        wanted = chip.wanted("test", labels, 6)
        rule.step(chip, x, wanted, 0.01, memory, rng=rng, masks=rng, writes=rng)
        np.testing.assert_allclose(chip.held["out"].weights[0], w, rtol=1e-9)


def test_memory_sums_gradients_as_arrays_that_make_no_errors_do():
    x, d = RNG.standard_normal((7, 4, 5)), RNG.standard_normal((7, 4, 3))
    weights, sums = RNG.standard_normal((5, 3)), []
    for substrate in SUBSTRATES.values():
        held = substrate.program(weights, rng=RNG)
        sums.append(held.gradient(x, d, rng=RNG))
        assert held.activity.total("addition") == 6 * 15
    np.testing.assert_allclose(sums[0], np.einsum("npi,npj->ij", x, d))
    np.testing.assert_allclose(sums[0], sums[1])


def assert_close(got, want):
    for name in want:
        np.testing.assert_allclose(got[name], want[name], rtol=0, atol=1e-12)


@pytest.mark.parametrize("substrate", SUBSTRATES.values(), ids=SUBSTRATES)
def test_the_sum_of_a_batch_changes_ideal_weights_as_its_updates_in_sequence(substrate):
    chips = [NETWORK.build(substrate, Streams(1)) for _ in range(2)]
    assert_close(learned(chips[0], Minibatch(), 3), learned(chips[1], Sequential(), 3))


@pytest.mark.parametrize("substrate", SUBSTRATES.values(), ids=SUBSTRATES)
def test_momentum_follows_its_recurrence(substrate):
    """V <- decay V + G, W <- W - rate V, with G from a plain chip at the same weights."""
    rule, rate = Momentum(decay=0.8), 0.02
    chip, plain = (NETWORK.build(substrate, Streams(1)) for _ in range(2))
    memory = rule.memory(chip)
    v = {name: np.zeros_like(held.weights[0]) for name, held in chip.held.items()}
    for k in range(3):
        before = {name: held.weights[0].copy() for name, held in chip.held.items()}
        plain.restore(chip.arrays())
        part = slice(6 * k, 6 * k + 6)
        rng = np.random.default_rng(3)
        wanted = chip.wanted("test", LABELS[part], 6)
        rule.step(chip, X[part], wanted, rate, memory, rng=rng, masks=rng, writes=rng)
        plain.learn(X[part], LABELS[part], 1e-3, rng=np.random.default_rng(3))
        for name in v:
            v[name] = 0.8 * v[name] + (before[name] - plain.held[name].weights[0]) / 1e-3
            got = chip.held[name].weights[0]
            np.testing.assert_allclose(got, before[name] - rate * v[name], rtol=0, atol=1e-9)


def test_no_decay_is_the_plain_sum():
    chips = [NETWORK.build(IDEAL, Streams(1)) for _ in range(2)]
    assert_close(learned(chips[0], Momentum(decay=0.0), 2), learned(chips[1], Minibatch(), 2))


def test_a_batch_is_written_once_and_its_products_are_converted():
    counts = {}
    tile = Tile(device=PRESETS["cmos"].device, mapping=Offset())
    for rule in (Sequential(), Minibatch()):
        chip = NETWORK.build(tile, Streams(1))
        learned(chip, rule, 1)
        counts[type(rule).__name__] = {
            event: chip.activity.total(event, "out")
            for event in ("mac_outer", "update_adc", "update_weights")
        }
    summed, sequential = counts["Minibatch"], counts["Sequential"]
    assert summed["mac_outer"] == sequential["mac_outer"]
    assert summed["update_adc"] == sequential["update_adc"]
    assert summed["update_weights"] <= 32 * 3 < sequential["update_weights"]


@pytest.mark.parametrize(("rule", "extra"), [(Minibatch(), 0), (Momentum(), 1)], ids=["sum", "v"])
def test_sums_in_digital_are_counted(rule, extra):
    """Six samples of 32 x 3 weights take five additions each, and V one more and its decay."""
    chip = NETWORK.build(IDEAL, Streams(1))
    learned(chip, rule, 1)
    assert chip.activity.total("addition", "out") == (5 + extra) * 32 * 3
    assert chip.activity.total("scaling", "out") == extra * 32 * 3


def test_errors_of_the_multipliers_are_in_the_sum():
    """A gain error of 10 % of every product is one of the sum."""
    blocks = Blocks(multiplier=Multiplier(errors=Errors(gain_error=0.1)))
    tiles = [IDEAL, Tile(device=IDEAL.device, mapping=DifferentialPair(), blocks=blocks, **QUIET)]
    chips = [NETWORK.build(tile, Streams(1)) for tile in tiles]
    before = {name: held.weights[0].copy() for name, held in chips[0].held.items()}
    exact, high = (learned(chip, Minibatch(), 1) for chip in chips)
    for name in before:
        np.testing.assert_allclose(
            high[name] - before[name], 1.1 * (exact[name] - before[name]), rtol=0, atol=1e-12
        )


PLAIN = [(rule, kind) for rule in (Sequential(), Minibatch(), Momentum())
         for kind in ("cmos", "reram", "digital")]  # fmt: skip
PAIRED = {"fast": 2.0, "mapping": Offset()}
ON_CELLS = [MixedPrecision(), Coincidence(), TikiTaka(**PAIRED), TikiTaka2(**PAIRED),
            Chopped(**PAIRED), Agad(**PAIRED)]  # fmt: skip


@pytest.mark.parametrize(("rule", "kind"), [*PLAIN, *((rule, "reram") for rule in ON_CELLS)],
                         ids=lambda value: str(value).partition("(")[0])  # fmt: skip
def test_a_resumed_training_equals_one_in_one_go(rule, kind, tmp_path):
    substrate: Any = Digital()
    if kind != "digital":
        substrate = Tile(device=PRESETS[kind].device, mapping=Offset())
    ends = []
    for name, stops in (("whole", (3,)), ("resumed", (1, 2, 3))):
        for epochs in stops:
            chip = NETWORK.build(rule.holding(substrate), Streams(1))
            training = Training(epochs=epochs, gamma=0.01, batch=5)
            path = tmp_path / f"{name}.npz"
            data = (X, LABELS), (X, LABELS)
            fit(chip, *data, training, learner=rule, streams=Streams(2), path=path)
        ends.append(chip.arrays())
    for name, array in ends[0].items():
        np.testing.assert_array_equal(array, ends[1][name])


def test_a_checkpoint_of_another_rule_is_refused(tmp_path):
    for rule in (Momentum(), Minibatch()):
        chip = NETWORK.build(Digital(), Streams(1))
        training = Training(epochs=1)
        run = (chip, (X, LABELS), (X, LABELS), training)
        path = tmp_path / "checkpoint.npz"
        if isinstance(rule, Momentum):
            fit(*run, learner=rule, streams=Streams(2), path=path)
        else:
            with pytest.raises(DataError, match=r"Resume with the learner"):
                fit(*run, learner=rule, streams=Streams(2), path=path)


def test_a_loss_other_than_that_of_the_chip_is_refused():
    chip = NETWORK.build(Digital(), Streams(1))
    with pytest.raises(ConfigError, match=r"Training\.loss: expected that of the chip, CrossEnt"):
        fit(chip, (X, LABELS), (X, LABELS), Training(loss=Hinge()), streams=Streams(2))


@pytest.mark.parametrize("loss", [CrossEntropy(), Hinge()], ids=repr)
def test_a_loss_of_classes_learns_them(loss):
    rng = np.random.default_rng(1)
    centres = np.array([[2.0, 0, 0], [0, 2.0, 0], [0, 0, 2.0]])
    labels = rng.integers(0, 3, 120)
    x = centres[labels] + 0.3 * rng.standard_normal((120, 3))
    chip = Network(input_shape=(3,), layers={"out": Dense(units=3)}).build(
        IDEAL, Streams(1), loss=loss
    )
    training = Training(epochs=3, gamma=0.05, loss=loss)
    history = fit(chip, (x, labels), (x, labels), training, streams=Streams(2))
    assert history[-1].validation_score > 0.97
    assert history[-1].record(loss.merit)["validation_accuracy"] == history[-1].validation_score


def test_squared_error_learns_values_and_reports_them():
    """The best linear fit of a linear law with noise of 0.1: R^2 near 1 - 0.01 / variance."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((400, 4))
    law = np.array([[0.5, -0.2], [0.1, 0.4], [-0.3, 0.2], [0.2, 0.1]])
    y = x @ law + 0.1 * rng.standard_normal((400, 2))
    network = Network(input_shape=(4,), layers={"out": Dense(units=2)})
    chip = network.build(IDEAL, Streams(1), loss=SquaredError())
    history = fit(chip, (x, y), (x, y), Training(epochs=5, gamma=0.02), streams=Streams(2))
    seen = evaluate(chip, x, y, rng=np.random.default_rng(0))
    best = x @ np.linalg.lstsq(x, y, rcond=None)[0]
    limit = 1 - ((best - y) ** 2).sum() / ((y - y.mean(axis=0)) ** 2).sum()
    assert limit - 0.01 < seen.score <= limit
    assert seen.record()["r2"] == seen.score
    assert seen.record()["rmse"] == pytest.approx(0.1, rel=0.2)
    assert history[-1].record("r2")["validation_r2"] == pytest.approx(seen.score, abs=1e-9)
    assert [*seen.table()] == ["value0", "output0", "value1", "output1"]


def test_one_value_may_come_without_its_axis():
    chip = Network(input_shape=(4,), layers={"out": Dense(units=1)}).build(
        Digital(), Streams(1), loss=SquaredError()
    )
    x, y = np.ones((3, 4)), np.array([0.1, 0.2, 0.3])
    chip.learn(x, y, 0.01, rng=np.random.default_rng(0))
    assert evaluate(chip, x, y, rng=np.random.default_rng(0)).record()["test_images"] == 3


def test_classes_need_two_scores():
    network = Network(input_shape=(4,), layers={"out": Dense(units=1)})
    with pytest.raises(ConfigError, match=r"a last layer of >= 2 scores"):
        network.build(Digital(), Streams(1))
