"""Cells that came out otherwise, and weights that lines have all the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crossbar.circuit.closed_loop import ClosedLoop
from crossbar.circuit.line_compensation import LineCompensation
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.circuit.remap import Remap
from crossbar.devices import IdealCell, LogNormal, Memristor, SingleShot, StuckAt, WriteVerify
from crossbar.errors import ConfigError
from crossbar.substrates.tile import Tile
from crossbar.wires import Wires

LOSSY = Wires(r_wl=5.0, r_bl=5.0, r_driver=50.0, r_sense=20.0)
SPAN = 39e-6
LIMIT = 0.01
LOOP = ClosedLoop(limit=LIMIT, rounds=60)
SPREAD = Memristor(
    g_min=1e-6, g_max=40e-6, spread=LogNormal(sigma_bounds=0.15),
    programming=SingleShot(sigma=(0.03,)),
)  # fmt: skip


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def tile(loop: ClosedLoop | None = LOOP, **parts) -> Tile:
    compensation = LineCompensation(steps=5, floor=0.1, loop=loop)
    return Tile(**{"device": SPREAD, "mapping": DifferentialPair(w_max=1.0), "wires": LOSSY,
                   "reading": Reading(temperature=0.0), "dtype": np.float64,
                   "compensation": compensation} | parts)  # fmt: skip


def physical(state) -> np.ndarray:
    ((*_, g),) = state.array.physical()
    return g


def seen(state, lines: Wires = LOSSY) -> np.ndarray:
    """Return the weights of pairs of cells, by solutions of Kirchhoff's laws, relative to 1."""
    g = physical(state)
    currents = lines.solve(g, np.eye(len(g))).currents
    return (currents[:, ::2] - currents[:, 1::2]) / SPAN


def count(state, event: str) -> float:
    return state.activity.total(f"program_{event}", state.name)


def test_weights_on_cells_with_errors_and_bounds_of_their_own_come_within_the_limit() -> None:
    weights = rng(2).uniform(-0.5, 0.5, (30, 12))
    once, looped = (tile(loop).program(weights, rng=rng()) for loop in (None, LOOP))
    assert np.abs(seen(once) - weights).max() > 5 * LIMIT
    assert np.abs(seen(looped) - weights).max() <= LIMIT
    assert count(looped, "missed") == 0


def test_estimates_follow_the_cells_and_an_exact_operator_ends_it() -> None:
    """Weights of one sign load the lines: estimates are then off by ten times this limit."""
    lines, limit = Wires(r_wl=20.0, r_bl=20.0, r_driver=50.0), 2e-4
    weights = rng(2).uniform(0.0, 0.2, (60, 12))
    device = replace(SPREAD, programming=None)
    state = tile(replace(LOOP, limit=limit), device=device, wires=lines).program(weights, rng=rng())
    exact, estimate = seen(state, lines), lines.estimate(physical(state)).transfer
    assert np.abs(exact - weights).max() <= limit
    assert np.abs(exact - (estimate[:, ::2] - estimate[:, 1::2]) / SPAN).max() > 5 * limit
    assert count(state, "missed") == 0


@pytest.mark.parametrize("size", [None, (20, 9)], ids=["one array", "several"])
def test_cells_of_reference_lines_are_read_and_made_up_for(size) -> None:
    """Their errors and line resistance are the same for all weights of a line."""
    weights = rng(2).uniform(-0.4, 0.4, (30, 12))
    device = replace(SPREAD, spread=LogNormal(sigma_bounds=0.03))
    for loop in (LOOP, None):
        state = tile(loop, mapping=Offset(w_max=1.0), size=size, device=device).program(
            weights, rng=rng()
        )
        off = np.abs(state.matvec(np.eye(30), rng=rng()) - weights).max()
        assert (off <= 2 * LIMIT) == (loop is LOOP)  # half of the range is 1


def test_the_other_cell_makes_up_for_one_that_is_stuck() -> None:
    weights = rng(2).uniform(-0.3, 0.3, (30, 12))
    device = StuckAt(IdealCell(g_min=1e-6, g_max=40e-6), p_on=0.0, p_off=0.3)
    state = tile(device=device).program(weights, rng=rng())
    plus, minus = (~cells.free for cells in state.array.cells)
    off = np.abs(seen(state) - weights)
    lost = (plus & (weights > 0)) | (minus & (weights < 0))  # no partner rises for these
    assert lost.sum() > 10
    assert (plus | minus)[~lost].sum() > 50
    assert off[~lost].max() <= LIMIT
    assert count(state, "missed") == np.count_nonzero(off > LIMIT) > 0


def test_cells_that_hold_what_they_should_are_read_once() -> None:
    """By hand: 2 x 240 cells of three reads, with the energy V^2 G t and the time of each group."""
    weights = rng(2).uniform(-0.5, 0.5, (20, 12))
    device = IdealCell(g_min=1e-6, g_max=40e-6)
    loop = ClosedLoop(limit=LIMIT, reads=3, v_read=0.1, t_read=2e-6)
    state, open_loop = (
        tile(one, device=device).program(weights, rng=rng()) for one in (loop, None)
    )
    for one, other in zip(state.array.cells, open_loop.array.cells, strict=True):
        np.testing.assert_array_equal(one.g, other.g)
    total = sum(cells.g.sum() for cells in state.array.cells)
    assert count(state, "reads") == 2 * 240 * 3
    np.testing.assert_allclose(count(state, "energy"), 0.1**2 * total * 3 * 2e-6, rtol=1e-9)
    np.testing.assert_allclose(count(state, "time"), 2 * 3 * 2e-6, rtol=1e-9)
    assert count(open_loop, "reads") == 0


def test_rounds_write_and_read_what_they_change_alone() -> None:
    """One cell is stuck: each round writes its partner or itself, until the weight is right."""
    weights = np.full((6, 4), 0.2)
    device = Memristor(g_min=1e-6, g_max=40e-6, programming=SingleShot())
    spec = tile(device=device)
    state = spec.program(weights, rng=rng())
    array = state.array
    stuck = np.zeros((6, 4), bool)
    stuck[2, 2] = True
    array.cells[0].pin(stuck, ~stuck & stuck, 20e-6, 0.0)
    tally = array.program(weights, rng=rng(), lines=spec.compensation)
    first = 2 * 24
    assert tally.missed == 0
    assert tally.pulses == tally.reads
    assert first < tally.reads <= first + 6
    assert np.abs(seen(state) - 0.2).max() <= LIMIT


def test_what_a_loop_cannot_do_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"Tile\.remap: expected no remap beside a loop"):
        tile(remap=Remap(limit=0.3))
    noisy = replace(SPREAD, sigma_read=0.03)
    with pytest.raises(ConfigError, match=r"ClosedLoop\.limit: .*reads = 1.*reads = 9"):
        tile(device=noisy)
    assert tile(ClosedLoop(limit=LIMIT, reads=9), device=noisy)


def test_cells_that_are_missed_by_pulses_count_as_weights_in_the_end() -> None:
    """Write-verify misses cells beyond their bounds; the loop has their weights all the same."""
    weights = rng(2).uniform(-0.4, 0.4, (20, 8))
    device = replace(SPREAD, programming=None)
    way = WriteVerify(tolerance=0.01, tries=50)
    once, looped = (
        tile(loop, device=device, programming=way).program(weights, rng=rng())
        for loop in (None, LOOP)
    )
    assert count(once, "missed") > 10
    assert count(looped, "missed") == np.count_nonzero(np.abs(seen(looped) - weights) > LIMIT) == 0
