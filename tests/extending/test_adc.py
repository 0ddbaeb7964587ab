"""An ADC from outside, used from Python, from TOML, in a sweep and in a report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from crossbar import DifferentialPair, IdealCell, Reading, Tile
from crossbar.errors import ConfigError

CHIP = """
[tile.adc]
kind = "adc:SquareAdc"
bits = 6
"""
LONGEST = 40


def test_it_is_as_short_as_it_is_said_to_be():
    assert len(Path(__file__).with_name("adc.py").read_text().splitlines()) <= LONGEST


def test_from_python():
    from adc import SquareAdc

    adc = SquareAdc(bits=5, reach=1.0)
    tile = Tile(device=IdealCell(), mapping=DifferentialPair(w_max=1.0), adc=adc,
                reading=Reading(temperature=0.0), dtype=np.float64)  # fmt: skip
    state = tile.program(np.array([[0.5], [-0.25]]), rng=np.random.default_rng(0))
    y = state.matvec(np.array([[1.0, 1.0]]), rng=np.random.default_rng(0))
    levels = np.sqrt(2) * adc.transfer().levels  # full scale of a line with two cells
    assert y.item() == pytest.approx(levels[np.abs(levels - 0.25).argmin()], rel=1e-12)
    with pytest.raises(ConfigError, match=r"SquareAdc\.bits"):
        SquareAdc(bits=1)


def test_from_toml_with_energy_time_and_area_of_its_own(lab):
    lab.train(CHIP)
    energy = lab.detail()["energy"]
    rows = [row for row in energy["physical"]["breakdown"] if row["event"] == "adc"]
    assert {row["part"] for row in rows} == {"conv", "fc", "out"}
    for row in rows:
        assert row["energy"] == pytest.approx(row["count"] * 20e-15 * 64)
        assert row["source"] == "assumed: 20 fJ a level"
    (part,) = (p for p in energy["latency"][0]["parts"] if p["name"] == "ADC")
    assert part["seconds"] == pytest.approx(627 * 5e-9)
    for one in energy["converters"]:
        assert (one["event"], one["type"]) == ("adc", "SquareAdc")
        assert one["area"] == pytest.approx(one["lines"] * 4e-12 * 64)
    assert [one["lines"] for one in energy["converters"]] == [1, 4 + 625, 2 + 4]
    page = lab.report()
    assert "ADC of 6 bits (SquareAdc)" in page
    assert "assumed: 20 fJ a level" in page


def test_in_a_sweep_of_its_own_field(lab):
    frame = lab.sweep(CHIP, {"tile.adc.bits": [3, 6], "tile.adc.kind": ["adc:SquareAdc"]})
    assert sorted(frame["tile.adc.bits"]) == [3, 6]
    assert "tile.adc.bits" in lab.sweep_report()
