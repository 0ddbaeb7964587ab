"""A mapping of four cells a weight from outside: in Python, in TOML, in a sweep and in a report."""

from __future__ import annotations

import numpy as np

from crossbar import Reading, Tile
from crossbar.devices import PRESETS

MAPPING = """
device.kind = "reram"
tile.mapping.kind = "mapping_of_four:FourCells"
tile.adc.bits = 8
"""


def test_four_cells_hold_a_weight_finer_than_a_pair():
    from mapping_of_four import FourCells

    quiet = PRESETS["ideal"].device
    tile = Tile(device=quiet, mapping=FourCells(w_max=1.0), reading=Reading(temperature=0.0),
                dtype=np.float64)  # fmt: skip
    weights = np.random.default_rng(1).uniform(-1, 1, (6, 4))
    state = tile.program(weights, rng=np.random.default_rng(2))
    np.testing.assert_allclose(state.weights[0], weights, rtol=0, atol=1e-12)
    x = np.random.default_rng(3).standard_normal((5, 6))
    y = state.matvec(x, rng=np.random.default_rng(4))
    np.testing.assert_allclose(y, x @ weights, rtol=0, atol=1e-12 * np.abs(y).max())
    assert len(state.array.cells) == 4
    assert state.activity.total("sense") == 2 * y.size  # each plane has amplifiers of its own


def test_four_cells_are_trained_tested_and_reported(lab):
    result = lab.train(MAPPING)
    assert result["config"]["tile"]["mapping"]["type"] == "FourCells"
    energy = lab.detail()["energy"]
    assert energy["latency"][0]["cells"] == 4 * (16 * 1 + 625 * 4 + 4 * 2)
    # Each plane has ADCs of its own in forward reads; word lines share theirs in turns.
    assert [one["lines"] for one in energy["converters"]] == [2 * 1, 2 * 4 + 625, 2 * 2 + 4]
    lab.evaluate()
    page = lab.report()
    assert "FourCells" in page
    assert "4 cells a weight, 4 (G1 - G2) + (G3 - G4), on 2 amplifiers" in page


def test_four_cells_are_swept(lab):
    kinds = ["mapping_of_four:FourCells", "pair"]
    frame = lab.sweep(MAPPING, {"tile.mapping.kind": kinds})
    assert sorted(frame["tile.mapping.kind"]) == sorted(kinds)
    assert "FourCells" in lab.sweep_report()
