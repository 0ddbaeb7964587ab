"""Columns that race and learn: closed forms of membranes, thresholds, energies and disturb."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from crossbar.devices import IdealCell, Memristor
from crossbar.kernels.spikes.race import race
from crossbar.spiking import (
    VTEAM_STDP,
    Columns,
    ColumnsState,
    Homeostasis,
    Isolated,
    Labels,
    Multiplicative,
    Plasticity,
    Race,
    Vote,
)
from crossbar.spiking.neurons.mismatch import Mismatch

US = 1e-6
CELLS = IdealCell(g_min=1e-6, g_max=21e-6)
STILL = Homeostasis(rate=0.0, pace=0.0)


def built(columns: Columns, lines: int, seed: int = 0) -> ColumnsState:
    return columns.build(lines, rng=np.random.default_rng(seed))


def charge(t, wave, width, g, v, leak):
    """Return Q(t) by the integral of each pulse through the leak, (times, columns)."""
    total = np.zeros((len(t), g.shape[1]))
    for start, row in zip(wave, g, strict=True):
        if not np.isfinite(start):
            continue
        begun, ended = np.clip(t, start, None), np.clip(t, start, start + width)
        if leak == 0:
            total += np.outer(ended - start, v * row)
        else:
            kept = np.exp(-leak * (begun - ended)) - np.exp(-leak * (begun - start))
            total += np.outer(kept / leak, v * row)
    return total


@pytest.mark.parametrize("leak", [0.0, 2e5])
def test_columns_cross_where_the_charge_of_all_pulses_is_the_threshold(leak):
    rng = np.random.default_rng(1)
    g, wave = rng.uniform(1e-6, 2e-5, (12, 7)), rng.uniform(0, 8 * US, 12)
    wave[3] = np.inf
    wave[5] = wave[6]  # at once
    width, v = 1.5 * US, 0.1
    grid = np.linspace(0, 12 * US, 4001)
    reached = charge(grid, wave, width, g, v, leak)
    thresholds = np.linspace(0.4, 1.05, 7) * reached.max(0)
    crossed = np.empty((1, 7))
    race(wave[None], width, g, v, thresholds, np.full(7, leak), 7, crossed)
    never = thresholds > charge(np.sort(np.r_[wave, wave + width])[:-2], wave, width, g, v,
                                leak).max(0)  # fmt: skip
    np.testing.assert_array_equal(np.isinf(crossed[0]), never)
    assert 0 < never.sum() < 7
    for k in np.flatnonzero(~never):
        at = charge(crossed[:, k], wave, width, g, v, leak)[0, k]
        assert at == pytest.approx(thresholds[k], rel=1e-12, abs=0)
        assert (reached[grid < crossed[0, k], k] < thresholds[k]).all()


def test_a_wave_ends_with_as_many_columns_as_are_asked_for():
    state = built(Columns(count=6, device=CELLS), 8)
    waves = np.random.default_rng(0).uniform(0, 5 * US, (4, 8))
    rng = np.random.default_rng(0)
    every = state.times(waves, first=6, rng=rng)
    one = state.times(waves, first=1, rng=rng)
    np.testing.assert_array_equal(one.argmin(1), every.argmin(1))
    np.testing.assert_array_equal(one.min(1), every.min(1))


def test_lines_before_the_winner_rise_and_those_after_it_fall():
    rule = Multiplicative(a_plus=0.1, a_minus=0.2, tau_plus=5 * US, tau_minus=3 * US)
    columns = Columns(count=1, device=CELLS, rule=rule, homeostasis=STILL, start=(0.5, 0.5),
                      threshold=0.3)  # fmt: skip
    state = built(columns, 4)
    wave = np.array([0.0, 1 * US, 30 * US, np.inf])
    rng = np.random.default_rng(0)
    fired = state.times(wave[None], rng=rng)[0, 0]
    assert 1 * US < fired < 30 * US
    state.learn(wave[None], rng=rng, progress=False)
    share = (state.g[:, 0] - 1e-6) / 20e-6
    lag = fired - wave[:3]
    expected = 0.5 + np.r_[0.05 * np.exp(-lag[:2] / (5 * US)), -0.1 * np.exp(lag[2] / (3 * US)), 0]
    np.testing.assert_allclose(share, expected, rtol=1e-12)


def test_thresholds_follow_wins_and_the_goal():
    """The mean of log thresholds moves by pace (goal - t) / goal; wins leave it as it is."""
    home = Homeostasis(rate=0.1, pace=0.02, goal=2 * US, fall=0.5)
    state = built(Columns(count=5, device=CELLS, homeostasis=home), 8)
    waves = np.random.default_rng(2).uniform(0, 5 * US, (1, 8))
    fired = state.times(waves, rng=np.random.default_rng(0)).min()
    before = np.log(state.thresholds)
    won = state.learn(waves, rng=np.random.default_rng(0), progress=False)[0, 0]
    moved = np.log(state.thresholds) - before
    common = 0.02 * (2 * US - fired) / (2 * US)
    assert moved.mean() == pytest.approx(common, rel=1e-9)
    assert moved[won] == pytest.approx(common + 0.1 * (1 - 1 / 5), rel=1e-9)


def test_rates_of_thresholds_fall_from_pass_to_pass():
    home = Homeostasis(rate=0.1, pace=0.02, goal=2 * US, fall=0.5)
    assert home.winning(2, 4) == pytest.approx((np.exp(-0.025 / 4), np.exp(0.025)))
    assert home.following(1, 3 * US) == pytest.approx(np.exp(-0.005))
    assert home.following(1, np.inf) == pytest.approx(np.exp(-0.01))


def test_a_wave_that_nobody_wins_lowers_all_thresholds():
    state = built(Columns(count=3, device=CELLS, threshold=10.0), 4)
    before = state.thresholds.copy()
    won = state.learn(np.zeros((1, 4)), rng=np.random.default_rng(0), progress=False)
    assert won.tolist() == [[-1]]
    np.testing.assert_allclose(state.thresholds, before * np.exp(-0.003), rtol=1e-12)


def test_a_read_takes_v_squared_g_t_until_the_winner_fires():
    spec = Race(width=2 * US, v_read=0.1)
    state = built(Columns(count=3, device=CELLS, race=spec), 5)
    wave = np.array([0.0, 0.5 * US, 1 * US, 9 * US, np.inf])
    fired = state.times(wave[None], rng=np.random.default_rng(0)).min()
    assert 2 * US < fired < 3 * US  # so that the first pulse is over and the third is not
    on = np.array([2 * US, min(2 * US, fired - 0.5 * US), fired - 1 * US, 0, 0])
    expected = 0.1**2 * on @ state.g.sum(1)
    assert state.activity.total("read_energy") == pytest.approx(expected, rel=1e-12)
    assert state.activity.total("mac_forward") == 3 * 3
    assert state.activity.total("neuron_time") == pytest.approx(3 * fired)


def test_cells_of_a_circuit_go_where_its_equations_take_them():
    """One wave on one column against pairs by the equations; the table is linear between nodes."""
    columns = Columns(count=1, rule=VTEAM_STDP, homeostasis=STILL, threshold=0.2)
    state = built(columns, 6)
    assert (state.memory.window[0], state.memory.window[2]) == pytest.approx((1e-3, 20e-3))
    wave = np.array([0.0, 0.3, 3.0, 4.0, 7.5, 9.0]) * US
    x = columns.rule.state((state.g[:, 0] - 1e-3) / 19e-3)
    rng = np.random.default_rng(0)
    fired = state.times(wave[None], rng=rng).min()
    state.learn(wave[None], rng=rng, progress=False)
    exact = np.array([VTEAM_STDP.pair(fired - wave[k : k + 1], x[k : k + 1]).change[0, 0]
                      for k in range(6)])  # fmt: skip
    assert 0.8 * US < fired < 3 * US  # beside the overlap of plateaus
    assert (exact[:2] > 0).all()
    assert (exact[2:] <= 0).all()
    moved = columns.rule.state((state.g[:, 0] - 1e-3) / 19e-3) - x
    np.testing.assert_allclose(moved, exact, atol=0.03 * np.abs(exact).max())
    assert state.activity.total("write_energy") > 0


@dataclass(frozen=True, kw_only=True)
class Disturbing(Plasticity):
    """Pairs do nothing, and spikes alone move a cell a little."""

    def change(self, lag, x, since=np.inf):
        return np.zeros(np.broadcast_shapes(np.shape(lag), np.shape(x)))

    def isolated(self, x):
        one = np.ones(np.shape(x))
        return Isolated(1e-4 * one, -2e-4 * one, 1e-15 * one, 3e-15 * one)


def test_half_selected_cells_are_disturbed_by_every_spike_of_their_lines():
    columns = Columns(count=2, device=CELLS, rule=Disturbing(), homeostasis=STILL, start=(0.5, 0.5))
    state = built(columns, 3)
    state.thresholds[:] = state.thresholds[0] * np.array([1.0, 1.2])  # the first one wins all
    waves = np.tile([0.0, 1 * US, np.inf], (10, 1))
    won = state.learn(waves, rng=np.random.default_rng(0), progress=False)
    assert (won == 0).all()
    share = (state.g - 1e-6) / 20e-6 - 0.5
    each = 10 * np.array([1e-4, 1e-4, 0.0])
    np.testing.assert_allclose(share, np.stack([each - 10 * 2e-4, each], axis=1), atol=1e-12)
    # 2 lines x 2 columns of presynaptic spikes, 3 cells of the winner's postsynaptic ones
    expected = 10 * (4 * 1e-15 + 3 * 3e-15)
    assert state.activity.total("write_energy") == pytest.approx(expected, rel=1e-9)


def test_devices_move_by_whole_pulses_of_their_own():
    rule = Multiplicative(a_plus=0.05, a_minus=0.05, tau_plus=5 * US, tau_minus=5 * US)
    device = Memristor(v_write=1.5, t_write=100e-9)
    state = built(Columns(count=2, device=device, rule=rule), 16)
    waves = np.random.default_rng(0).uniform(0, 8 * US, (20, 16))
    state.learn(waves, rng=np.random.default_rng(0), progress=False)
    pulses = state.activity.total("pulses")
    assert pulses > 100
    assert pulses == int(pulses)
    assert 0 < state.activity.total("cells_changed") <= 20 * 16  # cells, not pulses
    least, most = 1e-6 * pulses * 1.5**2 * 1e-7, 40e-6 * pulses * 1.5**2 * 1e-7
    assert least < state.activity.total("write_energy") < most
    np.testing.assert_array_equal(state.g[:, 1], state.cells[1].g[:, 0])


def test_the_window_of_a_circuit_takes_pulses_of_another_device_and_their_energy():
    device = Memristor(v_write=1.5, t_write=100e-9)
    state = built(Columns(count=1, device=device, rule=VTEAM_STDP, threshold=0.2), 16)
    waves = np.random.default_rng(0).uniform(0, 8 * US, (5, 16))
    state.learn(waves, rng=np.random.default_rng(0), progress=False)
    most = 40e-6 * state.activity.total("pulses") * 1.5**2 * 1e-7
    assert 0 < state.activity.total("write_energy") < most


def test_reads_have_the_noise_of_the_cells():
    """Times of the winner of one column scatter as sigma_g sqrt(lines) / sum of g predicts."""
    device = IdealCell(g_min=1e-6, g_max=21e-6, sigma_read_value=0.05)
    state = built(Columns(count=1, device=device, start=(0.5, 0.5), threshold=0.5), 20)
    waves = np.zeros((2000, 20))
    times = state.times(waves, rng=np.random.default_rng(0))[:, 0]
    assert times.std() / times.mean() == pytest.approx(0.05 / np.sqrt(20), rel=0.07)  # 4 sigma


def test_mismatch_spreads_thresholds_leaks_and_time_constants():
    mismatch = Mismatch(sigma_threshold=0.3, sigma_leak=0.2, sigma_capacitance=0.4)
    columns = Columns(count=4000, device=CELLS, mismatch=mismatch, sigma_rule=0.25,
                      race=Race(tau=1e-4))  # fmt: skip
    state = built(columns, 1)
    spread = np.std(np.log(state.thresholds))
    logs = [np.sqrt(np.log1p(s**2)) for s in (0.3, 0.4, 0.2, 0.25)]
    assert spread == pytest.approx(np.hypot(*logs[:2]), rel=0.045)  # 4 sigma of 4 000
    assert np.std(np.log(state.leaks)) == pytest.approx(np.hypot(logs[1], logs[2]), rel=0.045)
    assert np.std(np.log(state.slow)) == pytest.approx(logs[3], rel=0.045)


def test_votes_fade_with_the_time_after_the_winner():
    times = np.array([[1.0, 2.0, 3.0, np.inf], [np.inf, np.inf, np.inf, np.inf]])
    weights = Vote(first=2, fade=1.0).weights(times)
    np.testing.assert_allclose(weights, [[1, np.exp(-1), 0, 0], [0, 0, 0, 0]])
    labels = Labels.of(Vote(first=1, fade=1.0), times[:1], np.array([1]), 2)
    assert labels.used == 1
    assert labels.predicted(times).tolist() == [1, -1]
    other = np.array([[2.0, 1.0, 3.0, 4.0]])
    assert labels.predicted(other).tolist() == [-1]  # the winner has no label
