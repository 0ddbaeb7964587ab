"""Prices and full scales of ADCs from outside, used from TOML, in a sweep and in a report."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.converters import Currents, SarAdc

CHIP = """
[tile.adc]
bits = 6
costs = { kind = "adc_rules:PerStep", step = "2 fJ" }
calibration = "adc_rules:Deviations"
"""


def test_from_python():
    from adc_rules import Deviations

    seen = Currents()
    seen.add(np.full(10, 0.2))
    # To half the width of a bin.
    rms = Deviations(count=2).reach(seen, SarAdc().transfer)
    assert rms == pytest.approx(0.4, rel=0.006)


def test_from_toml_with_the_price_and_the_range_in_the_report(lab):
    lab.train(CHIP)
    detail = lab.detail()
    rows = [r for r in detail["energy"]["physical"]["breakdown"] if r["event"] == "adc"]
    for row in rows:
        assert row["energy"] == pytest.approx(row["count"] * 2e-15 * 64)
    assert all(one["calibrated"] for one in detail["adc"].values())
    assert any(one["used"] > 1 for one in detail["adc"].values())  # some currents are cut
    assert "assumed: 2e-15 J a step" in lab.report()


def test_in_a_sweep_of_its_own_field(lab):
    frame = lab.sweep(CHIP, {"tile.adc.calibration.count": [1.0, 4.0]})
    assert sorted(frame["tile.adc.calibration.count"]) == [1.0, 4.0]
