"""Drift: power law of time, spread of its exponent, leakage; none in CMOS."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.array import Array
from crossbar.devices import PRESETS, Memristor
from crossbar.errors import ConfigError
from crossbar.layout import Layout
from crossbar.mapping import Offset
from crossbar.noise import Reading

SHAPE = (100, 100)


def programmed(device, target: float, dtype=np.float64):
    cells = device.fabricate(SHAPE, rng=np.random.default_rng(1), dtype=dtype)
    cells.program(np.full(SHAPE, target), rng=np.random.default_rng(2))
    return cells


@pytest.mark.parametrize(("nu", "t0"), [(0.05, 20.0), (0.1, 1.0)])
def test_the_slope_on_double_logarithmic_scales_is_minus_nu(nu, t0):
    cells = programmed(Memristor(nu=nu, t0=t0), 20e-6)
    times = t0 * np.logspace(0, 6, 13)
    g = []
    for t in times:
        cells.drift(t)
        g.append(cells.g.mean())
    slope = np.polyfit(np.log(times), np.log(g), 1)[0]
    # Exponents are kept in single precision: 1e-7 of nu, times the 14 e-folds of time.
    assert slope == pytest.approx(-nu, rel=1e-6)
    assert g[0] == pytest.approx(20e-6, rel=1e-9)
    assert g[-1] == pytest.approx(20e-6 * 1e6**-nu, rel=1e-6)


def test_drift_in_steps_equals_drift_at_once():
    one, two = (programmed(PRESETS["pcm"].device, 12e-6) for _ in range(2))
    one.drift(1e5)
    for t in (30.0, 1e3, 1e5):
        two.drift(t)
    np.testing.assert_allclose(one.g, two.g, rtol=1e-5)


def test_exponents_scatter_by_sigma_nu():
    """5 sigma of mean and spread over 10 000 cells; nu is cut at zero, five spreads away."""
    cells = programmed(Memristor(nu=0.1, sigma_nu=0.02), 20e-6)
    cells.drift(1e4)
    nu = -np.log(cells.g / 20e-6) / np.log(1e4)
    assert abs(nu.mean() - 0.1) < 5 * 0.02 / 100
    assert abs(nu.std() - 0.02) < 5 * 0.02 / np.sqrt(2 * 10_000)


def test_the_pcm_preset_loses_what_its_exponent_says_in_a_day():
    cells = programmed(PRESETS["pcm"].device, 12e-6)
    before = cells.g.copy()
    cells.drift(86_400.0)
    loss = np.log(cells.g / before) / np.log(86_400.0 / 20.0)
    assert np.median(loss) == pytest.approx(-0.05, abs=5 * 1.2533 * 0.02 / 100)


@pytest.mark.parametrize("target", [10e-6, 80e-6])
def test_charge_leaks_towards_the_middle_with_its_time_constant(target):
    """From programming on, whatever the time of the first read (t0, 1 s by default)."""
    cells = programmed(Memristor(g_min=1e-6, g_max=99e-6, tau_leak=1e-3), target)
    for t in (1e-3, 3e-3):
        cells.drift(t)
        expected = 50e-6 + (target - 50e-6) * np.exp(-t / 1e-3)
        np.testing.assert_allclose(cells.g, expected, rtol=1e-9)


@pytest.mark.parametrize("name", PRESETS)
def test_only_what_has_an_exponent_or_leaks_drifts(name):
    device = PRESETS[name].device
    low, _, high = device.window
    cells = programmed(device, 0.75 * high + 0.25 * low)
    before = cells.g.copy()
    cells.drift(1e6)
    drifts = getattr(device, "nu", 0) > 0 or np.isfinite(getattr(device, "tau_leak", np.inf))
    assert np.allclose(cells.g, before, rtol=1e-12, atol=0) == (not drifts)
    assert drifts == (name in ("pcm", "capacitor"))


def test_time_does_not_run_back():
    cells = programmed(PRESETS["pcm"].device, 12e-6)
    cells.drift(1e3)
    with pytest.raises(ConfigError, match=r"MemristorCells\.drift: expected a number in \[1000, "):
        cells.drift(100.0)


def test_an_aged_array_drifts_with_its_reference_and_leaves_the_original():
    args = (PRESETS["pcm"].device, Offset(w_max=1.0), Layout(rows=20, cols=30), Reading(), None)
    array = Array.fabricate(*args, rng=np.random.default_rng(1), dtype=np.float64)
    array.program(np.full((20, 30), 0.5), rng=np.random.default_rng(2))
    before = array.signed.copy()
    later = array.aged(1e6)
    np.testing.assert_array_equal(array.signed, before)
    g, reference = later.cells[0].g, later.reference.column.g
    assert np.all(g <= array.cells[0].g)  # an exponent cut at zero does not drift
    np.testing.assert_allclose(later.signed, g - reference, rtol=1e-12)
    np.testing.assert_allclose(later.lines.row_total[0], g.sum(axis=1), rtol=1e-12)
