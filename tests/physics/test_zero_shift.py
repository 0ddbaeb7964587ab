"""Zero-shifting: cells rest at their symmetry point, which is the zero of the weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crossbar.circuit import Offset, Reading, ZeroShift
from crossbar.devices import IdealCell, Memristor, SoftBounds
from crossbar.substrates import Tile

QUIET = Reading(temperature=0.0)
STEP = 0.004
DEVICE = Memristor(
    step=SoftBounds(dw_min=STEP), asymmetry=0.2, sigma_d2d=0.3, sigma_asymmetry_d2d=0.15,
    sigma_bounds_d2d=0.02,
)  # fmt: skip
ROWS, COLS = 12, 9


def programmed(mapping, weights=None, device=DEVICE):
    tile = Tile(device=device, mapping=mapping, reading=QUIET, dtype=np.float32)
    weights = np.zeros((ROWS, COLS)) if weights is None else weights
    return tile.program(weights, rng=np.random.default_rng(1))


def symmetry_points(cells):
    """Return where a set and a reset pulse move each cell as far, by its own steps and bounds [S].

    Steps a (high - g) and b (g - low) are equal at (a high + b low) / (a + b).
    """
    a, b = (1 - 2.0 ** rate.astype(float) for rate in (cells.up, cells.down))
    return (a * cells.high + b * cells.low) / (a + b)


def test_references_stand_at_the_symmetry_points():
    state = programmed(ZeroShift(w_max=1.0, pulses=600))
    live, reference = state.array.cells
    points, span = symmetry_points(live), DEVICE.g_max - DEVICE.g_min
    off = np.abs(reference.g - points) / span
    assert np.std(points) > 0.05 * span  # else the middle would do
    assert np.quantile(off, 0.95) < 3 * STEP  # half of the largest step; few cells are slow
    np.testing.assert_allclose(state.weights[0], 0.0, atol=1e-5)


def test_each_pair_of_pulses_leaves_its_share_of_the_distance():
    """After n pairs (1 - a)^n (1 - b)^n of what was missing is left, to half a step."""
    pairs = 40
    state = programmed(ZeroShift(w_max=1.0, pulses=pairs))
    live, reference = state.array.cells
    points, middle = symmetry_points(live), DEVICE.window[1]
    left = 2.0 ** (pairs * (live.up.astype(float) + live.down.astype(float)))
    want = points + (middle - points) * left
    step = 3 * STEP * (DEVICE.g_max - DEVICE.g_min)
    assert np.abs(reference.g - want).max() < step < np.abs(points - want).max() / 2


def test_weights_are_those_that_were_asked_for():
    weights = np.random.default_rng(2).uniform(-0.05, 0.05, (ROWS, COLS))
    state = programmed(ZeroShift(w_max=1.0, pulses=300), weights)
    np.testing.assert_allclose(state.weights[0], weights, atol=1e-5)


def test_the_error_of_the_zero_is_that_of_programming_and_of_the_read():
    device = replace(DEVICE, sigma_program=(0.03,))
    state = programmed(ZeroShift(w_max=1.0, pulses=600), device=device)
    live, reference = state.array.cells
    off = (reference.g - symmetry_points(live)) / (DEVICE.g_max - DEVICE.g_min)
    assert np.std(off) == pytest.approx(0.03, rel=0.25)  # 5 sigma of 108 cells is 0.34


def test_pulses_reads_and_time_are_counted():
    one, two = (programmed(ZeroShift(w_max=1.0, pulses=n)).activity for n in (100, 300))
    more = {name: two.total(f"program_{name}") - one.total(f"program_{name}")
            for name in ("pulses", "time", "reads")}  # fmt: skip
    assert more["pulses"] == 2 * 200 * ROWS * COLS
    assert more["time"] == pytest.approx(2 * 200 * DEVICE.t_write)
    assert more["reads"] == 0
    assert one.total("program_reads") == ROWS * COLS
    assert two.total("program_energy") > one.total("program_energy")


@pytest.mark.parametrize("mapping", [ZeroShift(w_max=1.0, pulses=600), Offset(w_max=1.0)])
def test_pulses_both_ways_keep_a_weight_of_zero(mapping):
    """Without the shift they draw it to the symmetry point, a tenth of the range off."""
    state, rng = programmed(mapping), np.random.default_rng(3)
    x, d = np.ones((1, ROWS), np.float32), np.full((1, COLS), state.step[0], np.float32)
    for k in range(600):
        state.change(x, d, (-1.0) ** k, rng=rng)
    off = np.abs(state.weights[0]).mean()
    assert off < 0.02 if isinstance(mapping, ZeroShift) else off > 0.1


def test_cells_that_take_any_change_have_the_middle_as_zero():
    state = programmed(ZeroShift(w_max=1.0), device=IdealCell())
    low, middle, _ = IdealCell().window
    assert low < middle
    assert np.ptp(state.array.cells[1].g) == 0
    assert state.activity.total("program_pulses") == 0
