"""Trains whose reads spread by more than a step: no table is taken of them, a law is fitted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from crossbar.devices import PulseTable, PulseTrains, SoftBounds, Trace, fit_device
from crossbar.devices.fitting.device_fit import DeviceFit
from crossbar.devices.measured import pulse_csv
from crossbar.errors import DataError
from crossbar.runs import experiment
from crossbar.spice.memristors.characterise import characterise

LOW, HIGH, TILT, COUNT, DW = 5e-6, 30e-6, 0.1, 1000, 0.002
NOISE = 5.0  # steps at mid-range


def trains(seed: int, noise: float = NOISE, spread: float = 0.0, device: int = 0) -> list[Trace]:
    """Return 1 000 set and 1 000 reset pulses of soft bounds, as their formula says."""
    rng, u, traces = np.random.default_rng(seed), 0.05, []
    for rising in (True, False):
        states = [u]
        for _ in range(COUNT):
            step = 2 * DW * ((1 - u) * (1 + TILT) if rising else -u * (1 - TILT))
            u = min(max(u + step * (1 + spread * rng.standard_normal()), 0.0), 1.0)
            states.append(u)
        reads = LOW + (HIGH - LOW) * np.array(states)
        reads += noise * DW * (HIGH - LOW) * rng.standard_normal(COUNT + 1)
        traces.append(Trace(device, 0, rising, reads))
    return traces


def test_no_table_is_taken_of_noisy_reads(tmp_path: Path) -> None:
    """A mean step is DW u (1 +- TILT) of 25 uS, less near the ends: 23 nS. Noise is 250 nS."""
    path = tmp_path / "one.csv"
    pulse_csv.write_traces(path, trains(1), ["one device"])
    words = r"one\.csv: expected reads that spread by less than a mean step, 2\d nS, got a spread"
    words += r" of 2[2-8]\d nS\. Fit a law, .*: crossbar device fit FILE --out DIR\.$"
    for reader in (PulseTable.from_csv, characterise):
        with pytest.raises(DataError, match=words):
            reader(path)
    pulse_csv.write_traces(path, [*trains(1), *trains(2, device=1)], ["two devices"])
    with pytest.raises(DataError, match=words):
        PulseTable.from_csv(path)


@pytest.mark.parametrize(("noise", "spread"), [(0.0, 0.0), (0.0, 1.0), (0.05, 0.0)])
def test_steps_that_vary_are_averaged(noise: float, spread: float, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    pulse_csv.write_traces(path, trains(1, noise, spread), ["one device"])
    table = PulseTable.from_csv(path)
    # A mean of 100 steps or more, of a spread of 1 step: 5.5 standard deviations are 0.55 steps.
    span = (table.g_max - table.g_min) / (HIGH - LOW)
    assert span * table.set_mean(np.array(0.5)) == pytest.approx(1.1 * DW, rel=0.55)


@pytest.fixture(scope="module")
def fit() -> DeviceFit:
    return fit_device(PulseTrains.of(trains(0)), rng=np.random.default_rng(0), progress=False)


def test_a_law_is_fitted_to_noisy_reads(fit: DeviceFit) -> None:
    """Each within three widths of its interval of 90 %, which are 9.9 standard errors."""
    assert fit.law == "soft-bounds"
    every = {**fit.parameters, **fit.spread}
    truths = {"g_min": LOW, "g_max": HIGH, "step.dw_min": DW, "asymmetry": TILT,
              "sigma_read": NOISE * DW}  # fmt: skip
    for name, truth in truths.items():
        one = every[name]
        assert abs(one.value - truth) < 3 * (one.high - one.low)
        assert one.high - one.low < 0.2 * truth


def test_what_was_fitted_is_a_device_of_settings(fit: DeviceFit, tmp_path: Path) -> None:
    plan = experiment({"device": {"kind": str(fit.write(tmp_path))}})
    assert plan.device == fit.device()
    assert isinstance(plan.device.step, SoftBounds)
