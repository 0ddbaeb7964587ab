"""Pairs that pulses only raise: what a refresh keeps, what it costs, and that learning goes on."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from crossbar.circuit.faultmap import FaultMap
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.pair_refresh import PairRefresh
from crossbar.circuit.reading import Reading
from crossbar.circuit.remap import Remap
from crossbar.devices import Constant, Exact, Memristor, WriteVerify
from crossbar.errors import ConfigError
from crossbar.runs.hardware import hardware, usual
from crossbar.substrates import Tile, TileState
from crossbar.wires import Wires

LOW, HIGH = 1e-6, 41e-6
RANGE = HIGH - LOW
DEVICE = Memristor(g_min=LOW, g_max=HIGH, step=Constant(dw_min=0.002), v_write=1.5, t_write=50e-9)
EACH = PairRefresh(every=1)
SEED = 7
RATE, NOISE = 0.03, 0.5  # noise of what is learnt: pulses of both signs go on


def rng(seed: int = SEED) -> np.random.Generator:
    return np.random.default_rng(seed)


def tile(device=DEVICE, refresh: PairRefresh | None = EACH, **settings) -> Tile:
    settings = {"reading": Reading(temperature=0.0), "dtype": np.float64} | settings
    return Tile(device=device, mapping=OneSidedPair(w_max=1.0, refresh=refresh), **settings)


def held(spec: Tile, plus, minus, copies: int = 1) -> TileState:
    """Return a tile whose cells stand at these shares of the range."""
    state = spec.program(np.zeros(np.shape(plus)), rng=rng(1), copies=copies)
    for cells, share in zip(state.array.cells, (plus, minus), strict=True):
        cells.load(np.tile(LOW + RANGE * np.asarray(share), (copies, 1)))
    state.array.renew()
    return state


def shares(state: TileState) -> list[np.ndarray]:
    """Return where the plus and the minus cells stand, relative to the range."""
    return [(cells.g - LOW) / RANGE for cells in state.array.cells]


def wait(state: TileState, updates: int = 1, seed: int = SEED) -> None:
    """Let updates pass that change nothing, in one batch."""
    rows, cols = state.shape
    state.update(np.zeros((updates, rows)), np.zeros((updates, cols)), 0.1, rng=rng(seed))


def grid() -> tuple[np.ndarray, np.ndarray]:
    """Return pairs at every place of the square of their conductances, none at a threshold."""
    plus, minus = np.meshgrid(np.linspace(0.01, 0.99, 50), np.linspace(0.01, 0.99, 50))
    return plus, minus


def due_of(plus: np.ndarray, minus: np.ndarray) -> np.ndarray:
    """Return which pairs at these shares of the range have little room."""
    return (np.maximum(plus, minus) > 0.75) & (np.minimum(plus, minus) > 0.25)


@pytest.mark.parametrize("wires", [None, Wires(r_wl=2.0, r_bl=2.0)], ids=["ideal lines", "wires"])
@pytest.mark.parametrize(("size", "copies"), [(None, 2), ((20, 30), 1)])
def test_without_errors_pairs_keep_their_weights_and_one_cell_rests(wires, size, copies):
    plus, minus = grid()
    state = held(tile(wires=wires, size=size), plus, minus, copies=copies)
    full = np.tile(due_of(plus, minus), (copies, 1))
    before = shares(state)
    wait(state)
    after = shares(state)
    for then, now in zip(before, after, strict=True):
        np.testing.assert_array_equal(now[~full], then[~full])
    weights = after[0] - after[1]
    np.testing.assert_allclose(weights, before[0] - before[1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(np.minimum(*after)[full], 0.0, rtol=0, atol=1e-15)
    assert state.activity.total("refreshed") == full.sum() > 0
    seen = state.weights.copy()
    state.refresh()  # what the lines see was followed
    np.testing.assert_allclose(state.weights, seen, rtol=1e-9, atol=1e-12)
    if wires is None:
        np.testing.assert_allclose(seen.reshape(weights.shape), weights, rtol=0, atol=1e-12)


def test_errors_after_a_refresh_are_those_of_two_reads_and_two_writes():
    """In mean and spread: read noise s twice, an error e of the cell that carries the weight.

    And of the resting one, of which the lower end cuts half: a mean of e / sqrt(2 pi) and a
    variance of e^2 (1/2 - 1 / (2 pi)) towards zero. 5 sigma of 40 000 pairs, 1e-6 a number.
    """
    read, write, shape = 0.015, 0.02, (200, 200)
    device = replace(DEVICE, sigma_read=read, sigma_program=(write,))
    larger, smaller = rng(2).uniform(0.9, 0.95, shape), rng(3).uniform(0.35, 0.7, shape)
    sign = np.where(rng(4).random(shape) < 0.5, 1.0, -1.0)
    plus, minus = (np.where(way * sign > 0, larger, smaller) for way in (1, -1))
    state = held(tile(device), plus, minus)
    wait(state)
    now = shares(state)
    assert state.activity.total("refreshed") == plus.size
    errors = sign * (now[0] - now[1] - plus + minus)
    n, rest = plus.size, write / math.sqrt(2 * math.pi)
    variance = 2 * read**2 + write**2 * (1 + 0.5 - 1 / (2 * math.pi))
    assert abs(errors.mean() + rest) < 5 * math.sqrt(variance / n)
    assert abs(errors.var() - variance) < 5 * variance * math.sqrt(2.1 / n)
    at_rest = np.where(sign > 0, now[1], now[0])
    assert np.isclose(at_rest, 0, atol=1e-12).mean() == pytest.approx(0.5, abs=5 * 0.5 / n**0.5)
    assert at_rest.max() < 6 * write


def test_write_verify_brings_refreshed_cells_within_its_tolerance():
    way = WriteVerify(tolerance=0.005, tries=50)
    state = held(tile(programming=way), *grid())
    before, count = shares(state), state.activity.total("program_pulses")
    wait(state)
    after = shares(state)
    refreshed = after[0] != before[0]
    assert np.abs(after[0] - after[1] - before[0] + before[1]).max() <= 2 * 0.005 + 1e-9
    assert np.minimum(*after)[refreshed].max() <= 0.005 + 1e-9
    assert state.activity.total("refresh_missed") == 0
    assert state.activity.total("refresh_pulses") > refreshed.sum() * 0.25 / 0.002
    assert state.activity.total("program_pulses") == count


def test_a_refresh_takes_reads_of_all_pairs_and_three_pulses_for_each_that_is_due():
    """Both cells are reset and one is written; V^2 G t of reads and pulses, time group by group."""
    pairs = PairRefresh(every=10, reads=3, v_read=0.3, t_read=2e-6)
    plus, minus = grid()
    state = held(tile(refresh=pairs), plus, minus)
    assert state.activity.total("refresh_reads") == 0
    read = sum(cells.g.sum() for cells in state.array.cells) * 0.3**2 * 3 * 2e-6
    wait(state, 9)
    assert state.activity.total("refreshed") == state.activity.total("refresh_reads") == 0
    wait(state, 4)
    counts = state.activity
    due = counts.total("refreshed")
    assert due == due_of(plus, minus).sum()
    assert counts.total("refresh_pulses") == 3 * due - (plus == minus)[plus > 0.75].sum()
    assert counts.total("refresh_reads") == 2 * 3 * plus.size
    assert counts.total("refresh_time") == pytest.approx(2 * 3 * 2e-6 + 4 * 50e-9, rel=1e-12)
    lowest = 2 * due * LOW
    raised = sum((LOW + RANGE * s)[due_of(plus, minus) & (s > 0)].sum() for s in shares(state))
    pulses = 1.5**2 * 50e-9 * (lowest + raised)
    assert counts.total("refresh_energy") == pytest.approx(read + pulses, rel=1e-9)
    wait(state, 40)  # a batch is given at once, and none is due
    assert counts.total("refresh_reads") == 2 * 2 * 3 * plus.size
    assert counts.total("refreshed") == due


def taught(refresh: PairRefresh | None, device=DEVICE, updates: int = 1500) -> TileState:
    """Return a tile after so many steps towards random weights, by samples with noise."""
    wanted, draws = rng(5).uniform(-0.5, 0.5, (12, 8)), rng()
    state = tile(device, refresh).program(np.zeros_like(wanted), rng=rng(1))
    for _ in range(updates):
        x = draws.standard_normal((1, 12))
        d = x @ (state.weights[0] - wanted) + NOISE * draws.standard_normal((1, 8))
        state.update(x, d, RATE, rng=draws)
    return state


def test_pairs_with_refresh_learn_where_those_without_are_stuck_at_the_upper_end():
    """All cells at one end hold weights of zero, and no update moves them.

    With a refresh errors are those of stochastic gradients: of the steady variance
    rate noise^2 / (2 - rate (rows + 2)) for normal inputs; 3 sigma of 96 weights are 22 %.
    """
    wanted = rng(5).uniform(-0.5, 0.5, (12, 8))
    stuck, fresh = taught(None), taught(PairRefresh(every=20))
    np.testing.assert_allclose(stuck.weights[0], 0.0, atol=1e-9)
    np.testing.assert_allclose(np.minimum(*shares(stuck)), 1.0, atol=1e-9)
    steady = math.sqrt(RATE * NOISE**2 / (2 - RATE * (12 + 2)))
    assert math.sqrt(((fresh.weights[0] - wanted) ** 2).mean()) == pytest.approx(steady, rel=0.22)
    for state, moved in ((stuck, 0.0), (fresh, 10 * 0.002)):
        before = state.weights.copy()
        state.update(np.ones((1, 12)), -np.ones((1, 8)), 10 * 0.002, rng=rng())
        np.testing.assert_allclose(state.weights - before, moved, atol=1e-9)
    assert stuck.activity.total("saturated") > 0


def test_a_seed_repeats_a_run_and_a_checkpoint_continues_it():
    device = replace(DEVICE, sigma_read=0.02, sigma_program=(0.02,))
    runs = [taught(PairRefresh(every=30), device, 100) for _ in range(2)]
    np.testing.assert_array_equal(*(run.weights for run in runs))
    other = held(tile(device, PairRefresh(every=30)), np.zeros((12, 8)), np.zeros((12, 8)))
    other.restore(runs[0].arrays())
    for state in (runs[0], other):
        draws = rng(9)
        for _ in range(45):  # looks after 120 updates, of which 100 stood in the checkpoint
            state.update(draws.standard_normal((1, 12)), np.ones((1, 8)), 0.2, rng=draws)
    np.testing.assert_array_equal(runs[0].weights, other.weights)
    assert other.activity.total("refresh_reads") == 2 * 12 * 8


def test_changes_from_digital_memory_refresh_pairs_too():
    state = held(tile(), *grid())
    state.offer(np.zeros((1, *state.shape[::-1])), 0.1, rng=rng())
    assert state.activity.total("refreshed") == due_of(*grid()).sum()


def test_refreshed_cells_drift_anew_and_all_others_go_on():
    device = replace(DEVICE, nu=0.01, t0=1.0)
    state = held(tile(device), *grid())
    aged = state.aged(1e6)
    wait(aged)
    due = aged.array.cells[0].written > 0
    assert 0 < due.sum() < due.size
    before = [cells.g.copy() for cells in aged.array.cells]
    later = aged.aged(1e6 + 1e3)
    for cells, g in zip(later.array.cells, before, strict=True):
        kept = cells.g / g
        np.testing.assert_allclose(kept[due], 1e3**-0.01, rtol=1e-6)  # exponents are single
        np.testing.assert_allclose(kept[~due], (1 + 1e-3) ** -0.01, rtol=1e-6)


def test_the_other_cell_makes_up_for_a_stuck_one():
    """Its plus cell held at the upper end, a pair keeps its weight by the minus cell."""
    stuck = FaultMap({"tile": np.array([[1, 0, 0, 0]])})
    given = {"programming": Exact(), "faults": stuck}
    both = []
    for remap in (None, Remap(limit=0.05)):
        state = held(tile(remap=remap, **given), [[1.0, 0.9]], [[0.6, 0.5]])
        wait(state)
        both.append(state.weights[0])
    np.testing.assert_allclose(both[0], [[1.0, 0.4]], atol=1e-9)
    np.testing.assert_allclose(both[1], [[0.4, 0.4]], atol=1e-9)
    assert state.activity.total("refresh_faulty") == 1


def test_without_a_refresh_nothing_is_drawn():
    draws = [rng() for _ in range(2)]
    for refresh, one in zip((None, PairRefresh(every=10**9)), draws, strict=True):
        state = held(tile(refresh=refresh), *grid())
        state.update(np.ones((1, 50)), np.ones((1, 50)), 0.1, rng=one)
    assert draws[0].random() == draws[1].random()


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"lower": 0.8}, r"PairRefresh\.lower: expected at most upper = 0\.75, got 0\.8"),
        ({"every": 0}, r"PairRefresh\.every: expected a whole number from 1"),
        ({"upper": 1.2}, r"PairRefresh\.upper: expected"),
    ],
)
def test_thresholds_and_times_that_cannot_be_are_refused(settings, text):
    with pytest.raises(ConfigError, match=text):
        PairRefresh(**settings)


def test_reads_that_cannot_tell_which_pairs_are_due_are_refused():
    noisy = replace(DEVICE, sigma_read=0.3)
    with pytest.raises(ConfigError, match=r"PairRefresh\.lower: .* compare the mean of reads = 2"):
        tile(noisy)
    tile(noisy, PairRefresh(reads=2))


def test_settings_refresh_pairs_that_only_rise_and_no_others():
    given = {"device": "pcm", "tile": {"mapping": {"kind": "one-sided", "refresh": {"every": 7}}}}
    assert hardware(given).tile.mapping.pair_refresh == PairRefresh(every=7)
    assert usual("pcm-training").tile.mapping.pair_refresh == PairRefresh(every=100)
    off = hardware({"device": "pcm-training", "tile": {"mapping": {"refresh": "none"}}})
    assert off.tile.mapping.pair_refresh is None
    with pytest.raises(ConfigError, match=r"tile\.mapping\.refresh: expected a setting of"):
        hardware({"device": "reram", "tile": {"mapping": {"refresh": {"every": 7}}}})
