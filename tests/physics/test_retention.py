"""Retention: closed forms of the loss, its spread, and equivalence of time and temperature."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import constants

from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.reading import Reading
from crossbar.devices import (
    Constant,
    ConstantExponent,
    LogRetention,
    Memristor,
    PcmFlicker,
    Relaxation,
    Retention,
    StuckAt,
)
from crossbar.errors import ConfigError
from crossbar.substrates.tile import Tile

SHAPE = (60, 50)
T0 = 1e-3  # s, so early that nothing is lost before it
HOT = 398.15
LAWS = {
    "stretched": Retention(rate=1e-6, beta=0.4, rest=0.1, sigma_rate=0.8, activation=1.2),
    "logarithmic": LogRetention(rate=1e-3, loss=0.06, rest=0.1, sigma_rate=0.8, activation=0.9),
}


def cells_of(law, x: float = 0.6, **fields):
    device = Memristor(g_min=1e-6, g_max=50e-6, drift=law, t0=T0, **fields)
    cells = device.fabricate(SHAPE, rng=np.random.default_rng(1), dtype=np.float64)
    cells.program(np.full(SHAPE, x * 50e-6), rng=np.random.default_rng(2))
    return cells


def test_every_law_of_retention_has_a_case() -> None:
    assert {type(law) for law in LAWS.values()} == set(Relaxation.__subclasses__())


@pytest.mark.parametrize("x", [0.6, 0.05])
def test_a_stretched_exponential_ends_at_its_rest_value_from_both_sides(x: float) -> None:
    """k t0 = 1e-9: the first read at t0 shows what was written to (1e-9)^0.5, 3e-5."""
    law = Retention(rate=1e-6, beta=0.5, rest=0.1)
    cells = cells_of(law, x)
    for t in (1e3, 1e6, 1e7):
        cells.age(t)
        expected = 0.1 + (x - 0.1) * math.exp(-math.sqrt(1e-6 * t))
        np.testing.assert_allclose(cells.g, expected * 50e-6, rtol=1e-4)
    cells.age(1e10)  # exp(-100)
    np.testing.assert_allclose(cells.g, 0.1 * 50e-6, rtol=1e-4)


def test_a_logarithmic_loss_is_even_in_every_decade_and_ends_at_the_rest_value() -> None:
    cells, lost = cells_of(LogRetention(rate=1e-2, loss=0.1, rest=0.2)), []
    for t in (1e4, 1e5, 1e6, 1e7):
        cells.age(t)
        lost.append(cells.g.mean() / 50e-6)
    np.testing.assert_allclose(-np.diff(lost), 0.1 * (0.6 - 0.2), rtol=5e-3)  # log10(1 + 1/(k t))
    cells.age(1e12)
    np.testing.assert_allclose(cells.g, 0.2 * 50e-6, rtol=1e-3)


def test_rates_scatter_log_normally() -> None:
    """5 sigma of mean and spread of ln k over 3000 cells."""
    cells = cells_of(Retention(rate=1e-6, sigma_rate=0.8))
    cells.age(1e6)
    k = -np.log(cells.g / 30e-6) / 1e6
    sigma = 0.8 / math.sqrt(k.size)
    assert abs(np.log(k).mean() - math.log(1e-6)) < 5 * sigma
    assert abs(np.log(k).std() - 0.8) < 5 * sigma / math.sqrt(2)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_time_and_temperature_are_equivalent(law) -> None:
    """t at T equals t exp(E_a/k (1/T_0 - 1/T)) at T_0, in one step and in several."""
    faster = math.exp(law.activation * constants.e / constants.k * (1 / 300 - 1 / HOT))
    assert law.acceleration(HOT) == pytest.approx(faster, rel=1e-12)
    assert law.acceleration(300.0) == 1.0
    hot, cold, steps = (cells_of(law) for _ in range(3))
    hot.age_at(3600.0, HOT)
    cold.age(3600.0 * faster)
    np.testing.assert_allclose(hot.g, cold.g, rtol=1e-9)
    assert np.median(hot.g) < 29e-6
    steps.age_at(1000.0, HOT)
    steps.age_at(1e5, 300.0)
    steps.age_at(1e5 + 2600.0, HOT)
    cold.age(3600.0 * faster + 1e5 - 1e3)
    np.testing.assert_allclose(steps.g, cold.g, rtol=1e-9)


def test_a_pulse_after_a_hot_store_begins_the_loss_anew() -> None:
    """In cells that got one, and in no others; a checkpoint holds how old the others are."""
    cells = cells_of(LAWS["stretched"], step=Constant(dw_min=0.01))
    cells.age_at(1e4, HOT)
    counts = np.zeros(SHAPE, int)
    counts[:, ::2] = 1
    cells.pulse(counts, rng=np.random.default_rng(3))
    again = cells.spec.fabricate(SHAPE, rng=np.random.default_rng(1), dtype=np.float64)
    again.restore({name: array.copy() for name, array in cells.arrays().items()})
    at = cells.g.copy()
    for one in (cells, again):
        one.age_at(1e4 + 10.0, HOT)
    np.testing.assert_array_equal(cells.g, again.g)
    kept = cells.g / at
    assert kept[:, ::2].mean() < kept[:, 1::2].mean() - 0.05
    fresh = cells_of(LAWS["stretched"])
    fresh.age_at(10.0, HOT)
    x, y = (one / 50e-6 - 0.1 for one in (at[:, ::2], fresh.g[:, ::2]))
    # The rest value is off by what is lost until t0, (1e-9)^0.4 of it.
    np.testing.assert_allclose(cells.g[:, ::2] / 50e-6 - 0.1, x * y / 0.5, atol=1e-4)


def test_read_noise_keeps_to_the_clock_at_any_temperature() -> None:
    """1/f noise grows by the time since the write, not by what a hot store counts for drift."""
    noise = PcmFlicker()
    cells = cells_of(LAWS["stretched"], flicker=noise)
    cells.age_at(3600.0, HOT)
    assert np.median(cells.g) < 29e-6
    expected = noise.relative(np.full(SHAPE, 0.6), np.full(SHAPE, 3600.0))
    np.testing.assert_allclose(np.sqrt(cells.flicker()) / cells.g, expected, rtol=1e-9)
    counts = np.zeros(SHAPE, int)
    counts[:, ::2] = 1
    cells.pulse(counts, rng=np.random.default_rng(3))
    cells.age_at(3700.0, HOT)
    younger = np.sqrt(np.log(100 / 5e-7) / np.log(3700 / 5e-7))
    sigma = np.sqrt(cells.flicker()) / cells.g / noise.amplitude
    x = cells.origin[:, ::2]
    np.testing.assert_allclose(
        (sigma[:, ::2] * x**noise.power).mean() / (sigma[:, 1::2] * 0.6**noise.power).mean(),
        younger, rtol=1e-6,
    )  # fmt: skip


@pytest.mark.parametrize("law", [Retention(rate=1.0), LogRetention(rate=1.0, loss=0.5)])
def test_a_cell_of_which_nothing_is_left_has_no_noise_by_age(law) -> None:
    cells = cells_of(law, flicker=PcmFlicker())
    cells.age(1e6)
    np.testing.assert_array_equal(cells.g, 0.0)
    np.testing.assert_array_equal(cells.flicker(), 0.0)


def test_a_law_for_one_temperature_is_not_stored_at_another() -> None:
    """Silent physics: a power law without activation energy would not heed the temperature."""
    weights = np.random.default_rng(0).uniform(-1, 1, (6, 4))
    for device in (Memristor(drift=ConstantExponent(nu=0.05)),
                   Memristor(drift=LAWS["stretched"], tau_leak=10.0)):  # fmt: skip
        held = Tile(device=device, mapping=OneSidedPair()).program(weights, rng=_rng())
        with pytest.raises(
            ConfigError, match=r"an activation energy.*drift\.rate and \.activation of your cells"
        ):
            held.aged(10.0, HOT)
    with pytest.raises(ConfigError, match=r"temperature: expected a number in \[200, 1000\] K"):
        held.aged(10.0, 125.0)


def test_a_law_of_retention_says_how_fast_and_how_much() -> None:
    """At a rate of 0, which was the default, cells lost nothing without a word."""
    with pytest.raises(TypeError, match="rate"):
        Retention(beta=0.5)
    with pytest.raises(TypeError, match="loss"):
        LogRetention(rate=1e-3)
    for kind, numbers in ((Retention, {"rate": 0.0}), (LogRetention, {"rate": 1e-3, "loss": 0.0})):
        with pytest.raises(ConfigError, match=rf"{[*numbers][-1]}: expected a number in \(0, "):
            kind(**numbers)


@pytest.mark.parametrize("faults", [False, True])
def test_a_tile_ages_with_its_temperature(faults: bool) -> None:
    law = LAWS["stretched"]
    device = Memristor(drift=law, t0=T0)
    tile = Tile(device=StuckAt(device, p_on=0.05) if faults else device, mapping=OneSidedPair(),
                reading=Reading(temperature=0.0), dtype=np.float64)  # fmt: skip
    held = tile.program(np.random.default_rng(0).uniform(-1, 1, (8, 5)), rng=_rng())
    one, other = held.aged(1e4, HOT), held.aged(1e4 * law.acceleration(HOT))
    np.testing.assert_allclose(one.weights, other.weights, rtol=1e-9, atol=1e-9)
    assert np.abs(one.weights - held.weights).max() > 0.1
    ideal = Tile(device=Memristor(), mapping=OneSidedPair()).program(np.eye(3), rng=_rng())
    np.testing.assert_array_equal(ideal.aged(1e4, HOT).weights, ideal.weights)


def _rng() -> np.random.Generator:
    return np.random.default_rng(1)
