"""A rate that falls along half a cosine."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar import Streams
from crossbar.nn import Cosine, Dense, Minibatch, Momentum, Network
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


def test_no_steps_are_refused():
    with pytest.raises(ValueError, match=r"Cosine\.steps: expected a whole number from 1"):
        Cosine(steps=0)
