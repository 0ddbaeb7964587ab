"""Programming by rounds of reads and pulses: where cells end, and what it takes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.devices import (
    PRESETS,
    CmosSynapse,
    Constant,
    Exact,
    Memristor,
    SaturatingError,
    SingleShot,
    SoftBounds,
    StuckAt,
    WriteVerify,
)
from crossbar.devices.programming import PROGRAMMINGS
from crossbar.errors import ConfigError
from crossbar.substrates.tile import Tile

SHAPE = (60, 50)
LOW, HIGH = 1e-6, 41e-6
SPAN = HIGH - LOW
VERIFY = WriteVerify(tolerance=0.005, tries=200, v_read=0.1, t_read=2e-6)


def cells_of(device, seed: int = 1):
    return device.fabricate(SHAPE, rng=np.random.default_rng(seed), dtype=np.float64)


def device_of(**parts) -> Memristor:
    usual = {"g_min": LOW, "g_max": HIGH, "programming": VERIFY, "max_pulses": 1000}
    return Memristor(**(usual | parts))


def targets(seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).uniform(LOW, HIGH, SHAPE)


def test_every_way_to_write_has_a_case() -> None:
    ways = {PROGRAMMINGS.resolve(name, "programming") for name in PROGRAMMINGS.names}
    elsewhere = {SaturatingError}  # tests/physics/test_library.py
    assert ways == {Exact, SingleShot, WriteVerify} | elsewhere


def test_steps_without_spread_take_the_pulses_that_are_missing_and_one_more_read() -> None:
    """Constant steps: pulses, reads, energy and time in closed form."""
    device = device_of(step=Constant(dw_min=0.002), v_write=2.0, t_write=1e-7)
    cells, target, middle = cells_of(device), targets(), (LOW + HIGH) / 2
    tally = cells.program(target, rng=np.random.default_rng(2))
    missing = target - middle
    far = np.abs(missing) > 0.005 * SPAN
    pulses = np.rint(np.abs(missing) / (0.002 * SPAN)) * far
    at = middle + np.sign(missing) * pulses * 0.002 * SPAN
    np.testing.assert_allclose(cells.g, at, rtol=1e-5)
    assert np.abs(cells.g - target)[far].max() <= 0.001001 * SPAN  # half a step
    assert tally.pulses == pulses.sum()
    assert tally.reads == target.size + far.sum()
    met = (pulses * middle + 0.5 * np.maximum(pulses - 1, 0) * (at - middle)).sum()
    assert tally.conductance == pytest.approx(met, rel=1e-5)
    energy = 0.1**2 * 2e-6 * (middle * target.size + cells.g[far].sum())
    assert tally.read_energy == pytest.approx(energy, rel=1e-5)
    assert tally.seconds == pytest.approx(2 * 2e-6 + pulses.max() * 1e-7, rel=1e-12)
    assert tally.missed == 0


@pytest.mark.parametrize("sigma_read", [0.0, 0.002])
def test_cells_that_scatter_end_within_the_tolerance(sigma_read: float) -> None:
    """A cell is left where a read of it lies within; with read noise that read was off by 5 sigma.

    3000 cells of 1 to 20 reads: 5 sigma is one false alarm in 30 runs of other seeds.
    """
    device = device_of(step=SoftBounds(dw_min=0.002), sigma_c2c=1.0, sigma_d2d=0.3,
                       sigma_read=sigma_read)  # fmt: skip
    cells, target = cells_of(device), np.clip(targets(), LOW + 0.1 * SPAN, HIGH - 0.1 * SPAN)
    tally = cells.program(target, rng=np.random.default_rng(2))
    assert np.abs(cells.g - target).max() <= (0.005 + 5 * sigma_read) * SPAN
    assert tally.reads > target.size
    assert tally.pulses > 0


def test_tries_and_the_budget_end_it() -> None:
    """Too few pulses a round: three rounds, or a budget of three, are three pulses a cell."""
    for limit in ({"tries": 3}, {"budget": 3}):
        device = device_of(
            step=Constant(dw_min=0.01), max_pulses=1, programming=replace(VERIFY, **limit)
        )
        cells = cells_of(device)
        tally = cells.program(np.full(SHAPE, HIGH), rng=np.random.default_rng(2))
        np.testing.assert_allclose(cells.g, (LOW + HIGH) / 2 + 0.03 * SPAN, rtol=1e-6)
        assert (tally.pulses, tally.reads) == (3 * cells.g.size, 4 * cells.g.size)
        assert tally.missed == cells.g.size


def test_stuck_cells_get_pulses_in_vain_and_count_as_missed() -> None:
    """The control knows them no better than by their reads; all but 1 % of them are far away."""
    device = StuckAt(device_of(step=Constant(dw_min=0.01)), p_on=0.2, p_off=0.2)
    cells = cells_of(device)
    before, target = cells.g.copy(), targets()
    tally = cells.program(target, rng=np.random.default_rng(2))
    stuck = ~cells.free
    np.testing.assert_array_equal(cells.g[stuck], before[stuck])
    far = np.abs(cells.g - target) > 0.00501 * SPAN
    assert not far[cells.free].any()
    assert tally.missed == far.sum() > 0.97 * stuck.sum()
    assert tally.reads >= 201 * far.sum()


@pytest.mark.parametrize("mapping", [Offset(w_max=1.0), DifferentialPair(w_max=1.0)])
def test_a_tile_counts_what_programming_took(mapping) -> None:
    """Every cell of a weight and of the reference lines is read once at least."""
    device = device_of(step=Constant(dw_min=0.002))
    tile = Tile(device=device, mapping=mapping, dtype=np.float64)
    weights = np.random.default_rng(5).uniform(-0.8, 0.8, (6, 5))
    state = tile.program(weights, rng=np.random.default_rng(1))
    counts = state.activity.counts
    cells = sum(c.g.size for c in state.array.groups)
    assert counts["tile", "program_reads"] >= cells
    assert counts["tile", "program_pulses"] > 0
    assert counts["tile", "program_energy"] > 0
    assert np.abs(state.weights[0] - weights).max() <= 0.022  # 0.5 % of the range, a cell or two
    for way in (Exact(), SingleShot(sigma=(0.02,))):  # no pulse, and one pulse a cell
        state = replace(tile, programming=way).program(weights, rng=np.random.default_rng(1))
        counts, groups = state.activity.counts, state.array.groups
        if isinstance(way, Exact):
            assert not any("program" in event for _, event in counts)
            continue
        v, t = device.write_pulse
        assert counts["tile", "program_pulses"] == cells
        assert counts["tile", "program_time"] == pytest.approx(len(groups) * t, rel=1e-12)
        energy = v**2 * t * sum(c.g.sum() for c in groups)
        assert counts["tile", "program_energy"] == pytest.approx(energy, rel=1e-9)
        assert "program_reads" not in {event for _, event in counts}


def test_a_tile_counts_the_cells_that_programming_missed() -> None:
    device = device_of(step=Constant(dw_min=0.002), programming=replace(VERIFY, tries=1))
    tile = Tile(device=replace(device, max_pulses=1), mapping=DifferentialPair(w_max=1.0))
    state = tile.program(np.full((6, 5), 0.5), rng=np.random.default_rng(1))
    assert state.activity.total("program_missed") == 60


def test_what_the_tile_chooses_stands_over_what_the_device_usually_is() -> None:
    """In place of a device that writes so: the same cells from the same draws."""
    one_shot = device_of(step=Constant(dw_min=0.002), programming=None, sigma_program=(0.05,))
    usual = device_of(step=Constant(dw_min=0.002))
    weights = np.random.default_rng(5).uniform(-0.8, 0.8, (6, 5))
    tiles = [Tile(device=usual, mapping=Offset()),
             Tile(device=one_shot, mapping=Offset(), programming=VERIFY)]  # fmt: skip
    one, other = (tile.program(weights, rng=np.random.default_rng(1)) for tile in tiles)
    np.testing.assert_array_equal(one.conductances["tile"], other.conductances["tile"])
    assert one.activity.counts == other.activity.counts


def test_tolerances_below_the_noise_of_a_read_are_refused_until_enough_are_averaged() -> None:
    device = device_of(step=Constant(dw_min=0.002), sigma_read=0.012)
    refused = r"WriteVerify\.tolerance: expected at least the noise of the mean of reads = 1, 0\.01"
    with pytest.raises(ConfigError, match=rf"^{refused}2, got 0\.005\. Raise it, .* reads = 6\.$"):
        cells_of(device).program(targets(), rng=np.random.default_rng(2))
    averaging = replace(device, programming=replace(VERIFY, reads=6))
    tally = cells_of(averaging).program(targets(), rng=np.random.default_rng(2))
    assert tally.reads % 6 == 0


def test_numbers_beside_the_way_to_write_are_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"Memristor\.programming: expected a law without sigma_pr"
    ):
        replace(PRESETS["reram"].device, programming=VERIFY)


def test_code_steps_are_verified_and_exact_steps_are_refused() -> None:
    cells = CmosSynapse().fabricate(SHAPE, rng=np.random.default_rng(1), dtype=np.float64)
    tally = VERIFY.program(cells, np.full(SHAPE, 1e-3), rng=np.random.default_rng(2))
    assert tally.pulses > 0
    ideal = PRESETS["ideal"].device.fabricate(SHAPE, rng=np.random.default_rng(1), dtype=np.float64)
    with pytest.raises(ConfigError, match=r"WriteVerify: expected a device that whole pulses move"):
        VERIFY.program(ideal, np.full(SHAPE, 1e-6), rng=np.random.default_rng(2))
