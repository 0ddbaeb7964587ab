"""A law of conduction from outside: read in a tile, trained, swept and reported."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np

from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.devices import IdealCell
from crossbar.substrates.tile import Tile

HERE = Path(__file__).parent
CHIP = """
[device]
kind = "reram"
[device.conduction]
kind = "conduction:Saturating"
v_sat = "100 mV"
"""


def test_the_file_is_as_short_as_it_is_to_be() -> None:
    assert len((HERE / "conduction.py").read_text().splitlines()) <= 25


def test_a_tile_reads_by_the_law() -> None:
    law = import_module("conduction").Saturating(v_sat=0.1)
    tile = Tile(
        device=IdealCell(conduction=law), mapping=DifferentialPair(), dtype=np.float64,
        reading=Reading(temperature=0.0, v_read=0.2),
    )  # fmt: skip
    rng = np.random.default_rng(1)
    weights, x = rng.normal(size=(6, 4)), rng.uniform(-1, 1, (3, 6))
    got = tile.program(weights, rng=rng).matvec(x, rng=rng)
    peak = np.abs(x).max(axis=1, keepdims=True)
    expected = 0.1 * np.tanh(0.2 * x / peak / 0.1) @ weights * peak / 0.2
    np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_a_chip_with_the_law_is_trained_swept_and_reported(lab) -> None:
    result = lab.train(CHIP)
    assert result["config"]["device"]["conduction"] == {"type": "Saturating", "v_sat": 0.1}
    assert "Cells follow Saturating (v_sat = 0.1)" in lab.report()
    bent = lab.evaluate("device.conduction.v_sat=0.02")
    assert bent["config"]["device"]["conduction"]["v_sat"] == 0.02
    frame = lab.sweep(CHIP, {"device.conduction.v_sat": [0.05, 1.0]})
    assert frame.energy_inference.is_monotonic_increasing  # saturated cells draw less
    assert "v_sat" in lab.sweep_report()
