"""A rate that falls along half a cosine."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar import Streams
from crossbar.errors import ConfigError
from crossbar.nn import Cosine, Dense, Minibatch, Momentum, Network, Training, fit
from crossbar.substrates.digital import Digital


def test_the_rate_falls_from_the_whole_to_nothing_and_stays_there():
    """The gradient is the same at every step if the weights are put back."""
    chip = Network(input_shape=(3,), layers={"out": Dense(units=2)}).build(
        Digital(dtype=np.float64), Streams(0)
    )
    learner, held = Cosine(rule=Minibatch(), steps=4), chip.held["out"]
    start, memory, rng = held.values.copy(), learner.memory(chip), np.random.default_rng(0)
    x, wanted, moved = np.ones((1, 3)), np.array([[1.0, 0.0]]), []
    for _ in range(6):
        learner.step(chip, x, wanted, 0.1, memory, rng=rng, masks=rng, writes=rng)
        moved.append(np.abs(held.values - start).max())
        held.values[...] = start
    falling = 0.5 * (1 + np.cos(np.pi * np.array([0, 0.25, 0.5, 0.75, 1, 1])))
    np.testing.assert_allclose(np.array(moved) / moved[0], falling, rtol=0, atol=1e-12)


def test_what_the_rule_keeps_is_kept_beside_the_number_of_steps():
    network = Network(input_shape=(3,), layers={"out": Dense(units=2)})
    chip = network.build(Digital(), Streams(0))
    kept = Cosine(rule=Momentum(), steps=4).memory(chip)
    assert kept.keys() == {*Momentum().memory(chip), "cosine steps"}


def test_a_training_gives_the_steps_that_are_not_given():
    """Of 7 samples in batches of 3 there are 3 steps an epoch; a rule within gets them too."""
    network = Network(input_shape=(3,), layers={"out": Dense(units=2)})
    rng = np.random.default_rng(0)
    samples = rng.random((7, 3)), np.arange(7) % 2
    ends = []
    for learner in (Cosine(rule=Minibatch()), Cosine(rule=Minibatch(), steps=6)):
        chip = network.build(Digital(), Streams(0))
        fit(chip, samples, samples, Training(epochs=2, batch=3), streams=Streams(0),
            learner=learner)  # fmt: skip
        ends.append(chip.held["out"].values)
    np.testing.assert_array_equal(*ends)
    assert Cosine(rule=Cosine()).over(6) == Cosine(rule=Cosine(steps=6), steps=6)
    assert Cosine(steps=4).over(6).steps == 4


def test_steps_beside_a_training_have_to_be_given():
    network = Network(input_shape=(3,), layers={"out": Dense(units=2)})
    chip, rng = network.build(Digital(), Streams(0)), np.random.default_rng(0)
    draws = {"rng": rng, "masks": rng, "writes": rng}
    with pytest.raises(ConfigError, match=r"^Cosine\.steps: expected the steps of a training"):
        Cosine().step(chip, np.ones((1, 3)), np.eye(2)[:1], 0.1, Cosine().memory(chip), **draws)
