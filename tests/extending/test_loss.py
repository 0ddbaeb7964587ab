"""A loss from outside, used from Python, from TOML, in a sweep and in a report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from crossbar.nn import Dense, Network, evaluate
from crossbar.random import Streams
from crossbar.substrates import Digital

LOSS = """
[train]
loss = { kind = "loss:Smoothed", smoothing = 0.2 }
"""
LONGEST = 25


def test_it_is_as_short_as_it_is_said_to_be():
    assert len(Path(__file__).with_name("loss.py").read_text().splitlines()) <= LONGEST


def test_from_python():
    """Its error is the derivative of its value."""
    from loss import Smoothed

    network = Network(input_shape=(3,), layers={"out": Dense(units=4)})
    chip = network.build(Digital(dtype=np.float64), Streams(0), loss=Smoothed(smoothing=0.2))
    x, labels = np.array([[0.3, -0.2, 1.0]]), np.array([2])
    before = evaluate(chip, x, labels, rng=np.random.default_rng(0)).loss
    p = chip.gradients(x, labels, rng=np.random.default_rng(0))
    wanted = np.full(4, 0.05) + 0.8 * np.eye(4)[2]
    assert before == pytest.approx(-(wanted * np.log(p[0])).sum(), rel=1e-9)
    np.testing.assert_allclose(chip.layers["out"].d[0], p[0] - wanted, rtol=1e-7)


def test_from_toml_and_in_a_report(lab):
    lab.train(LOSS)
    page = lab.report()
    assert "smoothing" in page
    assert "Smoothed" in page


def test_in_a_sweep_of_its_own_field(lab):
    frame = lab.sweep(LOSS, {"train.loss.smoothing": [0.0, 0.4]})
    assert sorted(frame["train.loss.smoothing"]) == [0.0, 0.4]
    assert frame.loss.nunique() == 2
    assert "train.loss.smoothing" in lab.sweep_report()
