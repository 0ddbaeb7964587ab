"""Conductances that make up for line resistance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crossbar.circuit.line_compensation import LineCompensation
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.reading import Reading
from crossbar.circuit.remap import Remap
from crossbar.circuit.signed_cells import SignedCells
from crossbar.circuit.slices import BitSlices
from crossbar.circuit.zero_shift import ZeroShift
from crossbar.devices import IdealCell, Memristor, Sinh
from crossbar.errors import ConfigError
from crossbar.substrates.columns import ByColumn
from crossbar.substrates.routed import Rerouted
from crossbar.substrates.tile import Tile
from crossbar.wires import Driven, Sensed, Wires

LOSSY = Wires(r_wl=5.0, r_bl=5.0, r_driver=50.0, r_sense=20.0)
MAPPINGS = {
    "pair": DifferentialPair(w_max=1.0),
    "one-sided": OneSidedPair(w_max=1.0),
    "offset": Offset(w_max=1.0),
    "slices": BitSlices(w_max=1.0, bits=6, slices=2),
}


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def tile(mapping=MAPPINGS["pair"], *, wires=LOSSY, steps=None, **parts) -> Tile:
    compensation = None if steps is None else LineCompensation(steps=steps)
    return Tile(**{"device": IdealCell(g_min=1e-6, g_max=40e-6), "mapping": mapping,
                   "reading": Reading(temperature=0.0), "dtype": np.float64, "wires": wires,
                   "compensation": compensation} | parts)  # fmt: skip


def error(spec: Tile, weights: np.ndarray) -> float:
    """Largest error of a weight as the lines show it, relative to the largest weight."""
    state = spec.program(weights, rng=rng())
    lines = np.eye(len(weights))
    return float(np.abs(state.matvec(lines, rng=rng()) - weights).max() / np.abs(weights).max())


@pytest.mark.parametrize("mapping", MAPPINGS.values(), ids=MAPPINGS)
@pytest.mark.parametrize("size", [None, (20, 9)], ids=["one array", "several"])
def test_wired_arrays_hold_the_weights_of_every_mapping(mapping, size) -> None:
    """Weights of half of the range come out exactly behind lines that cost 2 % of it or more."""
    weights = rng(2).uniform(-0.5, 0.5, (30, 12))
    sliced = isinstance(mapping, BitSlices)
    ideal = error(tile(mapping, wires=None, size=size), weights)
    plain = error(tile(mapping, size=size), weights)
    assert plain - ideal > 0.02
    errors = [error(tile(mapping, size=size, steps=steps), weights) for steps in (1, 3, 8)]
    assert errors[0] - ideal < 0.5 * (plain - ideal)
    if not sliced:
        assert errors[1] < 0.1 * errors[0]
        assert errors[2] < 1e-6
    assert errors[2] - ideal < 0.1 * (plain - ideal)


@pytest.mark.parametrize("driven", Driven)
@pytest.mark.parametrize("sensed", Sensed)
def test_either_side_is_made_up_for(driven, sensed) -> None:
    wires = Wires(r_wl=5.0, r_bl=5.0, r_driver=50.0, driven=driven, sensed=sensed)
    weights = rng(2).uniform(-0.5, 0.5, (20, 10))
    assert error(tile(wires=wires, steps=8), weights) < 1e-6 < error(tile(wires=wires), weights)


@pytest.mark.parametrize("name", ["one-sided", "offset"])
def test_without_resistance_nothing_changes(name) -> None:
    weights = rng(2).uniform(-1.0, 1.0, (8, 6))
    spec = {"mapping": MAPPINGS[name], "wires": Wires(r_wl=0.0, r_bl=0.0)}
    plain, same = (
        tile(**spec, steps=steps).program(weights, rng=rng()).array for steps in (None, 3)
    )
    for one, other in zip(plain.cells, same.cells, strict=True):
        np.testing.assert_allclose(one.g, other.g, rtol=1e-12)


def test_weights_at_the_end_of_the_range_are_left_short_and_others_are_not() -> None:
    """A cell at the end of the range has none left: its weight lacks what its lines take."""
    weights = rng(2).uniform(-0.4, 0.4, (30, 12))
    weights[3, 7] = 1.0
    state = tile(steps=8).program(weights, rng=rng())
    off = state.matvec(np.eye(30), rng=rng()) - weights
    np.testing.assert_allclose([c.g[3, 7] for c in state.array.cells], [40e-6, 1e-6], rtol=1e-9)
    wires, (g,) = LOSSY, [g for *_, g in state.array.physical()]
    seen = wires.operator(g)
    expected = (seen[3, 14] - seen[3, 15]) / 39e-6 - 1.0
    np.testing.assert_allclose(off[3, 7], expected, rtol=1e-9)
    assert off[3, 7] < -0.02
    off[3, 7] = 0.0
    assert np.abs(off).max() < 1e-6


def test_weights_that_are_written_again_are_made_up_for_again() -> None:
    first, second = rng(2).uniform(-0.5, 0.5, (2, 20, 10))
    state = tile(steps=8).program(first, rng=rng())
    state.rewrite(second, rng=rng())
    np.testing.assert_allclose(state.matvec(np.eye(20), rng=rng()), second, atol=1e-6)


def test_rows_that_move_for_faulty_cells_are_made_up_for() -> None:
    weights = rng(2).uniform(-0.5, 0.5, (20, 10))
    held = tile(steps=8, remap=Remap(limit=0.005))
    state = Rerouted(held=held, spare=2).program(weights, rng=rng())
    np.testing.assert_allclose(state.matvec(np.eye(20), rng=rng()), weights, atol=1e-6)
    np.testing.assert_array_equal(state.order, np.arange(20))  # none is held for faulty


def test_cells_fall_before_others_rise_and_rise_where_none_can_fall() -> None:
    """One that stands beyond the range goes no farther, and stays where nothing is missing."""
    cells = np.array([[[30, 20], [30, 2], [39, 1], [45, 0.5], [45, 3]]]) * 1e-6
    by = np.array([[[0.5, 0.8]] * 5])
    signed = SignedCells(MAPPINGS["pair"].planes, (1, 5, 2), (1e-6, 1e-6, 40e-6))
    rest = signed.give(np.array([[[4, 4, 4, 0, 4]]]) * 1e-6, cells, by)
    expected = [[30, 15], [30 + 3.2 / 0.5, 1], [40, 1], [45, 0.5], [45, 1]]
    np.testing.assert_allclose(cells, np.array([expected]) * 1e-6, rtol=1e-12)
    np.testing.assert_allclose(rest, np.array([[[0, 0, 3.5, 0, 2.4]]]) * 1e-6, atol=1e-20)


def test_what_cancels_in_a_pair_is_left_out() -> None:
    weights = rng(2).uniform(-0.5, 0.5, (20, 10))
    pair = tile(steps=8).program(weights, rng=rng()).array
    lowest = np.minimum(*(cells.g for cells in pair.cells))
    np.testing.assert_allclose(lowest, 1e-6, rtol=1e-9)
    one_sided = tile(MAPPINGS["one-sided"], steps=8).program(weights, rng=rng()).array
    for one, other in zip(pair.cells, one_sided.cells, strict=True):
        np.testing.assert_allclose(one.g, other.g, rtol=1e-6)


def test_a_floor_keeps_pairs_from_the_lowest_conductance() -> None:
    """Where the range allows: the largest weights need a cell below it, and have one."""
    weights = rng(2).uniform(-0.5, 0.5, (20, 10))
    weights[0, 0] = 0.9
    spec = replace(tile(), compensation=LineCompensation(steps=8, floor=0.2))
    state = spec.program(weights, rng=rng())
    np.testing.assert_allclose(state.matvec(np.eye(20), rng=rng()), weights, atol=1e-6)
    lowest = np.minimum(*(cells.g for cells in state.array.cells))
    assert lowest[0, 0] < 5e-6
    lowest[0, 0] = 8.8e-6
    np.testing.assert_allclose(lowest, 8.8e-6, rtol=1e-9)  # 1 uS + 0.2 of 39 uS


@pytest.mark.parametrize(("name", "size"), [("pair", None), ("pair", (1, 1)), ("offset", None)])
def test_room_is_what_a_driver_takes(name, size) -> None:
    """By hand: a row of n weights of 1 behind a driver of R needs 1 + R sum(G) times the range."""
    ohm, n, mapping = 4e3, 3 if size is None else 1, MAPPINGS[name]
    spec = tile(mapping, wires=Wires(r_wl=0.0, r_bl=0.0, r_driver=ohm), size=size, steps=40)
    roomy = replace(spec, compensation=replace(spec.compensation, short=0.0))
    row = np.ones((1, 3))
    loaded = n * 41e-6 if name == "pair" else 3 * 40e-6 + 20.5e-6  # and the reference line
    needed = 1 + ohm * loaded
    held = roomy.program(row, rng=rng())
    assert 0.985 * needed < held.array.mapping.limit < 1.1 * needed
    np.testing.assert_allclose(held.matvec(np.eye(1), rng=rng()), row, rtol=0.015)
    short = spec.program(row, rng=rng())
    assert short.array.mapping.limit == 1.0
    np.testing.assert_allclose(short.matvec(np.eye(1), rng=rng()), row / needed, rtol=1e-6)


def test_some_weights_may_be_left_short_and_columns_have_room_too() -> None:
    """The largest weight of a matrix asks for room; as one of 360 it may be left short."""
    weights = rng(2).uniform(-0.4, 0.4, (30, 12))
    weights[3, 7] = 1.0
    limits = []
    for short in (0.0, 1.5 / 360):
        compensation = LineCompensation(steps=8, short=short)
        limits.append(replace(tile(), compensation=compensation).program(weights, rng=rng()))
    assert limits[0].array.mapping.limit > 1.05
    assert limits[1].array.mapping.limit == 1.0
    np.testing.assert_allclose(limits[0].matvec(np.eye(30), rng=rng()), weights, atol=0.01)
    free = DifferentialPair(headroom=1.0)
    spec = tile(free, dtype=np.float64)
    by_column = ByColumn(held=replace(spec, compensation=LineCompensation(steps=8, short=0.0)))
    state = by_column.program(weights, rng=rng())
    np.testing.assert_allclose(state.matvec(np.eye(30), rng=rng()), weights, atol=0.01)


def test_what_cannot_be_made_up_for_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"Tile\.compensation: .* got no wires"):
        tile(wires=None, steps=3)
    with pytest.raises(ConfigError, match=r"Tile\.compensation: expected ohmic .* got Sinh"):
        tile(device=Memristor(conduction=Sinh()), steps=3)
    with pytest.raises(ConfigError, match=r"Tile\.compensation: expected cells .* got ZeroShift"):
        tile(ZeroShift(w_max=1.0), steps=3)
    spec = tile(wires=Wires(r_wl=1e5, r_bl=1e5))
    spec = replace(spec, compensation=LineCompensation(short=0.0))
    with pytest.raises(ConfigError, match=r"LineCompensation\.short: expected lines .*tile\.size"):
        spec.program(rng(2).uniform(-0.5, 0.5, (30, 12)), rng=rng())
    assert spec.program(np.zeros((30, 12)), rng=rng()).array.mapping.limit == 1.0
    with pytest.raises(ConfigError, match=r"LineCompensation\.steps: .* at least 1|from 1"):
        LineCompensation(steps=0)
