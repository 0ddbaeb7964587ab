"""Drift: power law of time, spread of its exponent, leakage; none in CMOS."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from crossbar.circuit.array import Array
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.devices import (
    PRESETS,
    Constant,
    ConstantExponent,
    Drift,
    Memristor,
    PcmExponent,
    PowerLaw,
    PulseTrain,
    Summed,
)
from crossbar.errors import ConfigError
from crossbar.substrates.tile import Tile

SHAPE = (100, 100)


def programmed(device, target: float, dtype=np.float64):
    cells = device.fabricate(SHAPE, rng=np.random.default_rng(1), dtype=dtype)
    cells.program(np.full(SHAPE, target), rng=np.random.default_rng(2))
    return cells


def pulsed(cells, pulses: np.ndarray, seed: int = 3):
    """Give whole ``pulses`` (rows, cols) to the cells."""
    cells.pulse(pulses.astype(int), rng=np.random.default_rng(seed))
    return cells


@pytest.mark.parametrize(("nu", "t0"), [(0.05, 20.0), (0.1, 1.0)])
def test_the_slope_on_double_logarithmic_scales_is_minus_nu(nu, t0):
    cells = programmed(Memristor(nu=nu, t0=t0), 20e-6)
    times = t0 * np.logspace(0, 6, 13)
    g = []
    for t in times:
        cells.age(t)
        g.append(cells.g.mean())
    slope = np.polyfit(np.log(times), np.log(g), 1)[0]
    # Exponents are kept in single precision: 1e-7 of nu, times the 14 e-folds of time.
    assert slope == pytest.approx(-nu, rel=1e-6)
    assert g[0] == pytest.approx(20e-6, rel=1e-9)
    assert g[-1] == pytest.approx(20e-6 * 1e6**-nu, rel=1e-6)


def test_drift_in_steps_equals_drift_at_once():
    one, two = (programmed(PRESETS["pcm"].device, 12e-6) for _ in range(2))
    one.age(1e5)
    for t in (30.0, 1e3, 1e5):
        two.age(t)
    np.testing.assert_allclose(one.g, two.g, rtol=1e-5)


def test_exponents_scatter_by_sigma_nu():
    """5 sigma of mean and spread over 10 000 cells; nu is cut at zero, five spreads away."""
    cells = programmed(Memristor(nu=0.1, sigma_nu=0.02), 20e-6)
    cells.age(1e4)
    nu = -np.log(cells.g / 20e-6) / np.log(1e4)
    assert abs(nu.mean() - 0.1) < 5 * 0.02 / 100
    assert abs(nu.std() - 0.02) < 5 * 0.02 / np.sqrt(2 * 10_000)


def test_the_pcm_preset_loses_what_its_exponent_says_in_a_day():
    cells = programmed(PRESETS["pcm"].device, 12e-6)
    before = cells.g.copy()
    cells.age(86_400.0)
    loss = np.log(cells.g / before) / np.log(86_400.0 / 20.0)
    assert np.median(loss) == pytest.approx(-0.05, abs=5 * 1.2533 * 0.02 / 100)


def test_every_law_of_drift_has_a_case():
    def laws(of: type) -> set[type]:  # of the package; other tests have laws of their own
        return {law for law in of.__subclasses__() if law.__module__ == Drift.__module__}

    assert laws(Drift) == {PowerLaw}
    assert laws(PowerLaw) == {ConstantExponent, PcmExponent}


@pytest.mark.parametrize("x", [0.02, 0.1, 0.2, 0.6, 1.0])
def test_exponents_of_pcm_depend_on_the_conductance_that_was_written(x):
    """Published mean and spread over 10 000 cells, 5 sigma; drift in steps is drift at once."""
    device = Memristor(g_min=0.1e-6, g_max=25e-6, drift=PcmExponent(), t0=20.0)
    one, two = (programmed(device, x * 25e-6) for _ in range(2))
    one.age(2e5)
    for t in (5.0, 30.0, 1e3, 2e5):
        two.age(t)
    np.testing.assert_allclose(one.g, two.g, rtol=1e-6)
    nu = -np.log(one.g / (x * 25e-6)) / np.log(1e4)
    mean = min(max(-0.0155 * np.log(x) + 0.0244, 0.049), 0.1)
    sd = min(max(-0.0125 * np.log(x) - 0.0059, 0.008), 0.045)
    cut = stats.norm.cdf(-mean / sd)  # below zero: 1.3 % of the smallest conductances
    assert abs(np.mean(nu < 1e-9) - cut) < 5 * np.sqrt(cut / 1e4) + 1e-9
    assert abs(np.median(nu) - mean) < 5 * 1.2533 * sd / 100
    upper = np.quantile(nu, stats.norm.cdf(1.0)) - np.median(nu)
    assert abs(upper - sd) < 5 * 2.0 * sd / 100  # sd of the estimate: 1.97 sd / sqrt(n) at most


def test_a_pulse_gives_a_cell_the_exponent_of_its_new_conductance():
    device = Memristor(
        g_min=0.1e-6, g_max=25e-6, drift=PcmExponent(), t0=20.0, step=Constant(dw_min=0.1)
    )
    cells = programmed(device, 5e-6)
    cells.age(1e6)
    pulsed(cells, np.full(SHAPE, 4.0))
    x, at = cells.g / 25e-6, cells.g.copy()
    assert x.min() > 0.4
    cells.age(1e6 + 2e5)
    assert abs(np.median(-np.log(cells.g / at) / np.log(1e4)) - 0.049) < 5 * 1.2533 * 0.008 / 100


def test_a_measured_cell_without_conductance_neither_drifts_nor_makes_noise():
    """Its exponent and its noise are those of the smallest conductances; all others as without."""
    cells, others = (programmed(PRESETS["pcm"].device, 5e-6) for _ in range(2))
    g = cells.g.copy()
    others.load(g)
    g[0, 0] = 0.0
    cells.load(g)
    for each in (cells, others):
        each.age(1e6)
    assert cells.g[0, 0] == cells.flicker()[0, 0] == 0.0
    assert np.isfinite(cells.origin).all()
    np.testing.assert_array_equal(cells.g[1:], others.g[1:])
    np.testing.assert_array_equal(cells.flicker()[1:], others.flicker()[1:])


@pytest.mark.parametrize("target", [10e-6, 80e-6])
def test_charge_leaks_towards_the_middle_with_its_time_constant(target):
    """From programming on, whatever the time of the first read (t0, 1 s by default)."""
    cells = programmed(Memristor(g_min=1e-6, g_max=99e-6, tau_leak=1e-3), target)
    for t in (1e-3, 3e-3):
        cells.age(t)
        expected = 50e-6 + (target - 50e-6) * np.exp(-t / 1e-3)
        np.testing.assert_allclose(cells.g, expected, rtol=1e-9)


@pytest.mark.parametrize("name", PRESETS)
def test_only_what_has_an_exponent_or_leaks_drifts(name):
    device = PRESETS[name].device
    low, _, high = device.window
    cells = programmed(device, 0.75 * high + 0.25 * low)
    before = cells.g.copy()
    cells.age(1e6)
    leaks = np.isfinite(getattr(device, "tau_leak", np.inf))
    drifts = leaks or getattr(device, "drift", None) is not None
    assert np.allclose(cells.g, before, rtol=1e-12, atol=0) == (not drifts)
    assert drifts == (name.startswith("pcm") or name in ("capacitor", "reram-wan"))


FRESH = (1e3 / 20.0) ** -0.05  # what a fresh cell keeps of its conductance after 1000 s: .822


@pytest.mark.parametrize("pulsing", [Summed(), PulseTrain()])
def test_a_cell_that_gets_a_pulse_drifts_anew_and_no_other_does(pulsing):
    """After 1e6 s; a cell at its bound is written by a pulse that cannot move it, too."""
    device = Memristor(nu=0.05, t0=20.0, step=Constant(dw_min=0.01), pulsing=pulsing)
    cells = programmed(device, 20e-6)
    cells.age(1e6)
    cells.g[:, 3] = cells.high[:, 3]
    pulses = np.zeros(SHAPE)
    pulses[:, 1], pulses[::2, 2], pulses[:, 3] = 1.0, -3.0, 2.0
    written, before = pulses != 0, cells.g[:, 3].copy()
    pulsed(cells, pulses)
    np.testing.assert_array_equal(cells.g[:, 3], before)
    at = cells.g.copy()
    for t in (1e6 + 10.0, 1e6 + 500.0, 1e6 + 1e3):  # in steps, the first of them before t0
        cells.age(t)
    kept = cells.g / at
    np.testing.assert_allclose(kept[written], FRESH, rtol=1e-6)
    np.testing.assert_allclose(kept[~written], 1.001**-0.05, rtol=1e-6)
    pulsed(cells, pulses)
    at = cells.g.copy()
    cells.age(1e6 + 2e3)
    np.testing.assert_allclose((cells.g / at)[written], FRESH, rtol=1e-6)


def test_a_cell_that_is_programmed_again_drifts_anew():
    cells = programmed(Memristor(nu=0.05, t0=20.0), 20e-6)
    cells.age(1e6)
    pulsed(cells, np.ones(SHAPE))
    cells.program(np.full(SHAPE, 30e-6), rng=np.random.default_rng(2))
    cells.age(1e3)
    np.testing.assert_allclose(cells.g, 30e-6 * FRESH, rtol=1e-6)


def test_an_aged_tile_that_learns_and_ages_drifts_by_the_age_of_each_write_after_a_checkpoint():
    """Outer products of one column: its cells drift from 1e6 s, those of the others from 0."""
    device = Memristor(nu=0.05, t0=20.0, g_min=1e-6, g_max=41e-6)
    mapping, quiet = DifferentialPair(w_max=1.0), Reading(temperature=0.0)
    tile = Tile(device=device, mapping=mapping, reading=quiet, dtype=np.float64)
    rng = np.random.default_rng(1)
    state = tile.program(np.full((20, 3), 0.5), rng=rng, copies=2).aged(1e6)
    state.update(np.ones((4, 20)), np.tile([0.0, 0.1, 0.0], (4, 1)), 0.5, rng=rng)
    saved = {name: array.copy() for name, array in state.arrays().items()}
    again = tile.program(np.zeros((20, 3)), rng=np.random.default_rng(1), copies=2)
    again.restore(saved)
    for held in (state, again):
        kept = held.aged(1e6 + 1e3).weights / held.weights
        np.testing.assert_allclose(kept[..., 1], FRESH, rtol=1e-6)
        np.testing.assert_allclose(kept[..., [0, 2]], 1.001**-0.05, rtol=1e-6)


def test_time_does_not_run_back():
    cells = programmed(PRESETS["pcm"].device, 12e-6)
    cells.age(1e3)
    with pytest.raises(ConfigError, match=r"MemristorCells\.age: expected a number in \[1000, "):
        cells.age(100.0)


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
    np.testing.assert_allclose(later.lines[0].row_total[0], g.sum(axis=1), rtol=1e-12)
