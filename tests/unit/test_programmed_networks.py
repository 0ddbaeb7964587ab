"""Normalisations of a trained network are folded into the weights of the next chip."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.data import Ends
from crossbar.random import Streams
from crossbar.runs import build, experiment
from crossbar.runs.trained import new_chip

LAYERS = [
    {"name": "conv", "kind": "convolution", "filters": 3, "kernel": 3, "padding": "same"},
    {"name": "norm", "kind": "running-normalisation"},
    {"name": "relu", "kind": "relu"},
    {"name": "out", "kind": "dense", "units": "classes"},
]
ENDS = Ends((6, 5), 3)


@pytest.mark.parametrize("kind", ["float", "ideal"])
def test_a_new_chip_has_the_scores_of_the_one_that_learned(kind):
    """Ideal cells in single precision: 1e-4 of the largest score."""
    plan = experiment({"device": {"kind": kind}, "network": {"layers": LAYERS}})
    chip, rng = build.chip(plan, ENDS, Streams(0)), np.random.default_rng(1)
    for _ in range(50):
        chip.learn(5 * rng.standard_normal((1, 6, 5)), rng.integers(0, 3, 1), 0.01, rng=rng)
    new = new_chip(plan, chip, Streams(2))
    assert [*new.layers] == ["conv", "relu", "out"]
    assert new.held["conv"].shape == (10, 3)
    x = 5 * rng.standard_normal((20, 6, 5))
    got, want = (one.scores(x, rng=np.random.default_rng(3)) for one in (new, chip))
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-4 * np.abs(want).max())
