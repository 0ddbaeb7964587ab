"""A residual network from outside, used from Python, from TOML, in a sweep and in a report."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from crossbar import DifferentialPair, IdealCell, Reading, Tile
from crossbar.random import Streams

NETWORK = """
[network]
kind = "residual_network:residual"
width = 6
"""
LONGEST = 20


def test_it_is_as_short_as_it_is_said_to_be():
    text = Path(__file__).with_name("residual_network.py").read_text()
    assert len(text.splitlines()) <= LONGEST


def test_from_python():
    from residual_network import residual

    tile = Tile(device=IdealCell(), mapping=DifferentialPair(), dtype=np.float64,
                reading=Reading(temperature=0.0))  # fmt: skip
    chip = residual(input_shape=(3,), classes=2).build(tile, Streams(0))
    enter, inner, out = (chip.held[name].weights[0] for name in ("enter", "inner", "out"))
    x = np.random.default_rng(0).standard_normal((4, 3))
    first = np.maximum(x @ enter, 0)
    expected = (first + np.maximum(first @ inner, 0)) @ out
    got = chip.scores(x, rng=np.random.default_rng(0))
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)


def test_from_toml_and_in_a_report(lab):
    lab.train(NETWORK)
    energy = lab.detail()["energy"]
    parts = {row["part"] for row in energy["physical"]["breakdown"]}
    assert {"enter", "inner", "out"} <= parts
    page = lab.report()
    assert "Network: residual with width 6:" in page
    assert "enter (784 x 6), inner (6 x 6), out (6 x 2)." in page


def test_in_a_sweep_of_its_own_field(lab):
    frame = lab.sweep(NETWORK, {"network.width": [4, 8]})
    assert sorted(frame["network.width"]) == [4, 8]
    assert frame.loss.nunique() == 2
    assert "network.width" in lab.sweep_report()
