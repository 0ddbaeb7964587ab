"""Faulty cells that reading back shows, and what other cells and other lines win back."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.special import ndtr

from crossbar.activity import Activity
from crossbar.circuit.faultmap import FaultMap
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.reading import Reading
from crossbar.circuit.remap import Inspection, Remap, assigned, made_up
from crossbar.circuit.slices import BitSlices
from crossbar.converters import Percentile
from crossbar.devices import Constant, IdealCell, Memristor, SingleShot, StuckAt, WriteVerify
from crossbar.errors import ConfigError
from crossbar.exports.tables import cell_table, of_inputs, weight_table
from crossbar.substrates.routed import Rerouted, Routed
from crossbar.substrates.tile import Tile

LOW, HIGH = 0.0, 40e-6
QUIET = Reading(temperature=0.0)
REMAP = Remap(limit=0.02)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def tile(mapping, faults=None, *, device=None, remap=REMAP, **parts) -> Tile:
    device = device or IdealCell(g_min=LOW, g_max=HIGH)
    return Tile(device=device, mapping=mapping, reading=QUIET, faults=faults, remap=remap,
                dtype=np.float64, **parts)  # fmt: skip


W = np.array([[0.6, -0.6, 0.0, 0.25, -1.0, 1.0]])


@pytest.mark.parametrize("stuck", [1, -1])
@pytest.mark.parametrize("cell", [0, 1])
def test_the_other_cell_of_a_pair_restores_weights_of_one_sign(stuck: int, cell: int) -> None:
    """The error of a weight w is (1 - |w|) / 2 or (1 + |w|) / 2 before, and 0 or |w| after."""
    faults = np.zeros((1, 2 * W.size), int)
    faults[0, cell::2] = stuck
    held = {}
    for name, remap in (("before", None), ("after", REMAP)):
        spec = tile(DifferentialPair(w_max=1.0), FaultMap({"tile": faults}), remap=remap)
        held[name] = spec.program(W, rng=rng()).weights[0]
    raises = stuck * (1 if cell == 0 else -1)  # the sign of the weights that can be had
    np.testing.assert_allclose(held["before"] - W, 0.5 * (raises - W), atol=1e-12)
    reached = np.where(raises * W >= 0, W, 0.0)
    np.testing.assert_allclose(held["after"], reached, atol=1e-12)


def test_cells_of_other_significance_take_what_those_of_the_plane_cannot() -> None:
    """Any one stuck cell of four slices: the weight is whole again, or as near as cells can be."""
    mapping = BitSlices(bits=2, slices=4, w_max=1.0)
    weights = np.full((1, 1), 0.5)
    whole, errors = 128 / 255, {}
    for cell, stuck in itertools.product(range(8), (1, -1)):
        faults = np.zeros((1, 8), int)
        faults[0, cell] = stuck
        given = FaultMap({"tile": faults})
        errors[cell, stuck] = [
            tile(mapping, given, remap=r).program(weights, rng=rng()).weights[0, 0, 0] - whole
            for r in (None, REMAP)
        ]
    # without its cell of 64s, or with the opposite one at its top, a weight has 63 / 255 at most
    lost = {(6, -1), (7, 1)}
    assert max(abs(e[0]) for e in errors.values()) > 0.7
    for which, (_, after) in errors.items():
        assert after == pytest.approx(63 / 255 - whole if which in lost else 0.0, abs=1e-9)


def test_weights_of_one_cell_have_none_that_makes_up_for_it() -> None:
    faults = FaultMap({"tile": np.array([[1, 0, 0, 0, 0, 0]])})
    both = [tile(Offset(w_max=1.0), faults, remap=r).program(W, rng=rng()) for r in (None, REMAP)]
    np.testing.assert_array_equal(both[0].weights, both[1].weights)
    assert both[1].activity.total("program_faulty") == 1


def test_reads_pulses_time_and_faults_are_counted() -> None:
    """Every cell is read back; cells that get another target are written again, and no other."""
    way = WriteVerify(tolerance=0.005, tries=100, t_read=1e-6)
    device = StuckAt(Memristor(step=Constant(dw_min=0.002)), p_on=0.05, p_off=0.05)
    counts, shape = [], (30, 20)
    weights = rng(2).uniform(-0.9, 0.9, shape)
    for remap in (None, Remap(limit=0.05, reads=3, t_read=2e-6)):
        spec = tile(DifferentialPair(w_max=1.0), device=device, remap=remap, programming=way)
        state = spec.program(weights, rng=rng(), activity=Activity())
        counts.append(state.activity)
    stuck = sum(one.on + one.off for one in state.stuck.values())
    faulty = counts[1].total("program_faulty")
    assert 0.9 * stuck <= faulty <= stuck  # those that are stuck where they are wanted are none
    more = {e: counts[1].total(f"program_{e}") - counts[0].total(f"program_{e}")
            for e in ("reads", "pulses", "time", "energy")}  # fmt: skip
    assert 3 * 2 * 600 < more["reads"] <= 3 * 2 * 600 + 101 * faulty
    assert more["pulses"] > 0
    assert more["time"] > 2 * 3 * 2e-6
    assert more["energy"] > 0


def test_healthy_cells_are_held_for_faulty_as_often_as_noise_says() -> None:
    """One shot of error s and a read of noise r: a normal error of both. 5 sigma, 6e-7."""
    error, noise, limit, n = 0.02, 0.015, 0.05, 200
    device = Memristor(sigma_read=noise, sigma_program=(error,))
    spec = tile(OneSidedPair(w_max=1.0), device=device, remap=Remap(limit=limit))
    state = spec.program(rng(2).uniform(0.2, 0.8, (n, n)), rng=rng())
    chance = 2 * ndtr(-limit / math.hypot(error, noise))
    # the end where resting cells stand cuts half of their errors of programming to nothing
    plus = n * n * chance
    resting = n * n * (0.5 * chance + 0.5 * (2 * ndtr(-limit / noise)))
    faulty = state.activity.total("program_faulty")
    assert abs(faulty - plus - resting) < 5 * math.sqrt(plus + resting)


def brute_force(weights, mapping, window, inspection, driven) -> float:
    targets = mapping.targets(weights[:driven], window)
    best = np.inf
    for order in itertools.permutations(range(len(weights)), driven):
        here = Inspection(
            [g[list(order)] for g in inspection.seen], [m[list(order)] for m in inspection.faulty]
        )
        missing = made_up(targets, here, mapping.planes, window)[1]
        best = min(best, (missing**2).sum())
    return best


@pytest.mark.parametrize("spare", [0, 2])
def test_rows_stand_where_no_other_order_has_a_smaller_error(spare: int) -> None:
    mapping, window = DifferentialPair(w_max=1.0), (LOW, (LOW + HIGH) / 2, HIGH)
    weights = np.pad(rng(3).uniform(-1, 1, (5, 4)), ((0, spare), (0, 0)))
    faulty = [rng(4 + k).random(weights.shape) < 0.25 for k in range(2)]
    seen = [np.where(rng(6 + k).random(weights.shape) < 0.5, LOW, HIGH) for k in range(2)]
    inspection = Inspection(seen, faulty)
    order = assigned(weights, mapping, window, inspection, driven=5)
    here = Inspection([g[order] for g in seen], [m[order] for m in faulty])
    targets = mapping.targets(weights[:5], window)
    left = (made_up(targets, here, mapping.planes, window)[1] ** 2).sum()
    assert left == pytest.approx(brute_force(weights, mapping, window, inspection, 5), rel=1e-12)
    assert left < (made_up(targets, Inspection([g[:5] for g in seen], [m[:5] for m in faulty]),
                           mapping.planes, window)[1] ** 2).sum()  # fmt: skip


def routed(spare: int = 3) -> tuple[Routed, np.ndarray]:
    weights = rng(5).uniform(-1, 1, (12, 6))
    device = StuckAt(IdealCell(g_min=LOW, g_max=HIGH), p_on=0.1, p_off=0.1)
    spec = Rerouted(held=tile(DifferentialPair(w_max=1.0), device=device), spare=spare)
    return spec.program(weights, rng=rng(), activity=Activity()), weights


def test_a_routed_matrix_reads_and_learns_as_any_other() -> None:
    """In all directions its signals are those of the weights in the order of the inputs."""
    state, weights = routed()
    assert state.shape == weights.shape == state.weights.shape[1:]
    assert not np.array_equal(state.lines, np.arange(12))
    held = state.weights[0]
    x, d = rng(6).normal(size=(4, 12)), rng(7).normal(size=(4, 6))
    np.testing.assert_allclose(state.matvec(x, rng=rng()), x @ held, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(state.rmatvec(d, rng=rng()), d @ held.T, rtol=1e-9, atol=1e-12)
    sums = state.rows([[0, 3], [11]], rng=rng())
    np.testing.assert_allclose(sums, [held[0] + held[3], held[11]], rtol=1e-9, atol=1e-12)
    free = np.all([c.free[state.lines] for c in state.tile.array.cells], axis=0)
    one, other = state.copy(), state.copy()
    one.update(x[:1], d[:1], 0.01, rng=rng())
    other.offer(other.products(x[:1], d[:1], rng=rng()), 0.01, rng=rng())
    for learnt in (one, other):
        change = learnt.weights[0] - held
        inside = free & (np.abs(held) < 0.9)
        np.testing.assert_allclose(change[inside], (-0.01 * x[:1].T @ d[:1])[inside], rtol=1e-6)
    blank, _ = routed()
    blank.lines = np.sort(blank.lines)
    blank.restore(one.arrays())
    np.testing.assert_allclose(blank.weights, one.weights, rtol=1e-12)


def test_routed_chips_count_what_the_last_programming_cut_and_missed() -> None:
    """Weights cut at a percentile, and stuck cells that pulses never bring to their targets."""
    mapping = DifferentialPair(headroom=1.0, clipping=Percentile(below=0.9))
    device = StuckAt(Memristor(step=Constant(dw_min=0.002)), p_on=0.05, p_off=0.05)
    way = WriteVerify(tolerance=0.005, tries=100)
    spec = tile(mapping, device=device, remap=Remap(limit=0.05), programming=way)
    weights = rng(5).uniform(-1, 1, (20, 10))
    state = Rerouted(held=spec).program(weights, rng=rng(), activity=Activity())
    limit = state.tile.array.mapping.limit
    stuck = sum(one.on + one.off for one in state.tile.stuck.values())
    assert state.activity.total("program_clipped") == np.count_nonzero(np.abs(weights) > limit) > 0
    assert 0 < state.activity.total("program_missed") <= stuck
    assert state.activity.total("program_reads") > 4 * 2 * weights.size  # two of either


def test_exported_cells_have_the_rows_of_their_inputs() -> None:
    """The weights of the table from the conductances of its cells, spare lines left out."""
    state, _ = routed()
    cells = of_inputs(cell_table(state.tile), state)
    assert cells["row"].isna().sum() == 3 * 6 * 2
    summed = (cells["sign"] * cells["conductance_S"]).groupby([cells["row"], cells["column"]]).sum()
    weights = weight_table(state, "fc").set_index(["row", "column"])["weight"]
    np.testing.assert_allclose(
        summed.sort_index() / state.tile.array.scale, weights.sort_index(), atol=1e-9
    )


def test_each_repair_leaves_a_smaller_error_than_the_last() -> None:
    """Root mean square of the errors of the weights of 5 chips with 10 % of the cells stuck.

    Of uniform weights with one of two cells stuck the mean square of (1 - s w) / 2 is 1/3 without
    repair, and with it half of them have w^2, 1/6; both cells are stuck in 1 %.
    """
    device = StuckAt(IdealCell(g_min=LOW, g_max=HIGH), p_on=0.05, p_off=0.05)
    plain = tile(DifferentialPair(w_max=1.0), device=device, remap=None)
    pair = tile(DifferentialPair(w_max=1.0), device=device)
    errors = []
    for spec in (plain, pair, Rerouted(held=pair), Rerouted(held=pair, spare=64)):
        squares = []
        for seed in range(5):
            weights = rng(5 + seed).uniform(-1, 1, (64, 16))
            squares.append((spec.program(weights, rng=rng(seed)).weights[0] - weights) ** 2)
        errors.append(math.sqrt(np.mean(squares)))
    assert errors[0] == pytest.approx(math.sqrt(0.2 / 3), rel=0.1)
    assert errors[1] == pytest.approx(math.sqrt(0.2 / 6), rel=0.15)
    assert errors[2] < 0.3 * errors[1]
    assert errors[3] < 0.8 * errors[2]


def test_limits_below_the_noise_and_routes_without_a_limit_are_refused() -> None:
    device = Memristor(sigma_read=0.03)
    expected = r"^Remap\.limit: expected at least the noise of the mean of reads = 1, 0\.03, got"
    with pytest.raises(ConfigError, match=expected + r" 0\.02\. Raise it, .* reads = 3\.$"):
        tile(DifferentialPair(), device=device)
    with pytest.raises(ConfigError, match=r"^Rerouted\.held: expected a tile with remap, got none"):
        Rerouted(held=tile(DifferentialPair(), remap=None))


def test_one_shot_writes_again_only_cells_with_another_target() -> None:
    """Cells without a fault in their weight keep the error of their only shot."""
    device = Memristor(sigma_program=(0.01,))
    faults = np.zeros((1, 12), int)
    faults[0, 0] = 1
    states = [tile(DifferentialPair(w_max=1.0), FaultMap({"tile": faults}), device=device,
                   remap=r, programming=SingleShot(sigma=(0.003,))).program(W, rng=rng())
              for r in (None, Remap(limit=0.1))]  # fmt: skip
    before, after = (s.conductances["tile"][0] for s in states)
    np.testing.assert_array_equal(before != after, np.arange(12) == 1)
