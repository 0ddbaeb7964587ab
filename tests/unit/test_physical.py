"""What people bring of real arrays, stuck cells and conductances, and what a state shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crossbar import DifferentialPair, Offset, Reading, Streams, Tile
from crossbar.circuit import physical
from crossbar.circuit.faultmap import FaultMap
from crossbar.devices import PRESETS, IdealCell, StuckAt
from crossbar.errors import ConfigError, CrossbarError, DataError, OutputError, ShapeError
from crossbar.nn import Convolution, Dense, Network, evaluate
from crossbar.substrates.tile_state import TileState
from crossbar.wires import Wires

RERAM = PRESETS["reram"].device
WEIGHTS = np.random.default_rng(0).uniform(-1, 1, (5, 3))
MAPPINGS = [Offset(w_max=1.0), DifferentialPair(w_max=1.0)]
both = pytest.mark.parametrize("mapping", MAPPINGS, ids=["offset", "pair"])


def programmed(mapping: Any, faults: FaultMap | None = None, **fields: Any) -> TileState:
    tile = Tile(device=RERAM, mapping=mapping, reading=Reading(temperature=0.0), faults=faults)
    tile = replace(tile, **fields)
    return tile.program(WEIGHTS, rng=np.random.default_rng(1), name="fc")


def lines(state: TileState) -> dict[str, tuple[int, ...]]:
    return {name: g.shape for name, g in state.conductances.items()}


@both
def test_a_map_sticks_the_cells_that_it_names(mapping: Any) -> None:
    """Of every array cell by cell, reference lines and corners of a split matrix included."""
    size = (2, 2)  # 3 x 2 arrays, the last of one word line and one weight
    shapes = lines(programmed(mapping, size=size))
    rng = np.random.default_rng(2)
    maps = {name: rng.choice([-1, 0, 1], shape) for name, shape in shapes.items()}
    if mapping.reference:
        for matrix in maps.values():
            matrix[-1, -1] = 0  # no cell
    state = programmed(mapping, FaultMap(maps), size=size)
    low, _, high = RERAM.window
    for name, g in state.conductances.items():
        assert (g[maps[name] > 0] == np.float32(high)).all()
        assert (g[maps[name] < 0] == np.float32(low)).all()
        on, off = int((maps[name] > 0).sum()), int((maps[name] < 0).sum())
        assert state.stuck[name] == (on, off, g.size)
    healthy = programmed(mapping, size=size).conductances
    for name, g in state.conductances.items():
        assert (g == healthy[name])[maps[name] == 0].all()  # no draw of another cell moves


def test_every_copy_has_a_map_of_its_own() -> None:
    tile = Tile(device=RERAM, mapping=Offset(w_max=1.0), faults=FaultMap({"k-1": np.eye(5, 3)}))
    state = tile.program(WEIGHTS, rng=np.random.default_rng(1), copies=3, name="k")
    assert {name: stuck.on for name, stuck in state.stuck.items()} == {"k-0": 0, "k-1": 3, "k-2": 0}


@pytest.mark.parametrize(
    ("maps", "expected"),
    [
        ({"fc": np.zeros((5, 4))}, r"\['fc'\]: expected 5 word lines x 6 bit lines, got 5 x 4"),
        ({"*": np.zeros((3, 5))}, r"expected 5 word lines x 6 bit lines, got 3 x 5\."),
        ({"fc-0": np.zeros((5, 6))}, r"expected the array fc, got 'fc-0'\. Did you mean 'fc'"),
        ({"fd": np.zeros((5, 6))}, "expected the array fc, got 'fd'"),
        ({"fc": np.full((5, 6), 2)}, r"of -1, 0, 1, got 2 at word line 0, bit line 0"),
        ({"fc": np.zeros(5)}, r"expected a matrix of -1, 0, 1, got shape \(5,\)"),
        ({"fc": np.array([["a"]])}, "expected a matrix of -1, 0, 1, got shape"),
        ({}, "expected matrices by name"),
    ],
)  # fmt: skip
def test_maps_that_do_not_fit_are_named(maps: Any, expected: str) -> None:
    with pytest.raises(CrossbarError, match=expected):
        programmed(MAPPINGS[1], FaultMap(maps))


def test_a_network_takes_maps_by_layer_and_refuses_others() -> None:
    network = Network(input_shape=(6, 6), layers={"conv": Convolution(), "out": Dense(units=2)})
    tile = Tile(device=RERAM, mapping=DifferentialPair())
    out = np.zeros((27, 4))
    out[3, 1] = -1
    chip = network.build(replace(tile, faults=FaultMap({"out": out})), Streams(0))
    assert chip.held["out"].stuck == {"out": (0, 1, 108)}
    assert chip.held["conv"].stuck == {"conv": (0, 0, 96)}
    with pytest.raises(ConfigError, match=r"arrays of conv, out, got 'ouT'\. Did you mean 'out'"):
        network.build(replace(tile, faults=FaultMap({"ouT": out})), Streams(0))
    with pytest.raises(ShapeError, match=r"\['conv'\]: expected 16 word lines x 6 bit lines"):
        network.build(replace(tile, faults=FaultMap({"*": out})), Streams(0))


@both
@pytest.mark.parametrize("name", ["chip.npz", "chip", "chip.csv"])
def test_conductances_go_out_and_come_back(mapping: Any, name: str, tmp_path: Path) -> None:
    size = None if name.endswith(".csv") else (2, 2)
    state = programmed(mapping, size=size)
    physical.write(tmp_path / name, state.conductances)
    other = Tile(device=RERAM, mapping=mapping, size=size)
    again = other.program(0 * WEIGHTS, rng=np.random.default_rng(9), name="fc")
    again.load(physical.read(tmp_path / name, "conductances", "Correct them."))
    for array, g in state.conductances.items():
        np.testing.assert_array_equal(again.conductances[array], g)
    np.testing.assert_array_equal(again.weights, state.weights)


def test_loaded_cells_are_read_pulsed_and_drift_from_now() -> None:
    state = programmed(Offset(w_max=1.0)).aged(1e4)
    g = np.random.default_rng(3).uniform(2e-6, 30e-6, (5, 3))
    state.load({"fc": g})
    reference = state.conductances["fc"][:-1, -1:]
    expected = (g - reference) / state.array.scale
    np.testing.assert_allclose(state.weights[0], expected, rtol=1e-5)
    assert float(state.array.cells[0].elapsed) == 0.0


def test_measured_synapses_give_their_conductances_and_step_on() -> None:
    cmos = PRESETS["cmos"].device
    tile = Tile(device=cmos, mapping=DifferentialPair(w_max=1.0), dtype=np.float64)
    state = tile.program(WEIGHTS, rng=np.random.default_rng(1), name="fc")
    measured = state.conductances["fc"] * np.random.default_rng(2).normal(1, 0.05, (5, 6))
    state.load({"fc": measured})
    np.testing.assert_allclose(state.conductances["fc"], measured, rtol=1e-12)
    x, d = np.ones((1, 5)), np.full((1, 3), -1.0)
    state.update(x, d, 4 / 127, rng=np.random.default_rng(3))  # about two codes a cell
    moved = state.conductances["fc"] - measured
    assert (np.sign(moved).reshape(5, 3, 2) == [1, -1]).all()
    with pytest.raises(DataError, match=r"CmosCells\.load: expected 0 or at least half"):
        state.load({"fc": np.full((5, 6), 0.2 * cmos.quantum)})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"fd": WEIGHTS}, "expected the array fc, got 'fd'"),
        ({}, "expected those of fc, got none"),
        ({"fc": np.zeros((5, 4))}, "5 word lines x 3 bit lines, or 6 x 4 with its reference"),
        ({"fc": np.full((5, 3), -1e-6)}, r"expected at least 0 S, got -1e-06 S at \(0, 0\)"),
        ({"fc": np.full((5, 3), np.nan)}, "expected finite numbers"),
        ({"fc": np.full((5, 3), "a")}, "expected an array of real numbers"),
    ],
)  # fmt: skip
def test_conductances_that_no_array_has_are_named(given: Any, expected: str) -> None:
    state = programmed(Offset(w_max=1.0))
    before = state.conductances["fc"]
    with pytest.raises(CrossbarError, match=f"conductances of fc.*{expected}|{expected}"):
        state.load(given)
    np.testing.assert_array_equal(state.conductances["fc"], before)


def test_one_csv_holds_one_array(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"one array in a \.csv file, got 2: a, b"):
        physical.write(tmp_path / "x.csv", {"a": WEIGHTS, "b": WEIGHTS})
    for content in (b"PK\x03\x04 damaged", b""):
        (tmp_path / "x.npz").write_bytes(content)
        with pytest.raises(DataError, match=r"x\.npz: expected a map"):
            physical.read(tmp_path / "x.npz", "a map", "Correct it.")
    np.savez(tmp_path / "o.npz", a=np.array([{}], object))
    with pytest.raises(DataError, match=r"o\.npz: expected a map"):
        physical.read(tmp_path / "o.npz", "a map", "Correct it.")


def test_an_archive_with_a_flipped_bit_is_read_or_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "chip.npz"
    physical.write(path, {"fc": np.linspace(0.0, 1e-5, 60).reshape(10, 6).round(7)})
    whole = path.read_bytes()
    refusals = []
    for bit in range(0, 8 * len(whole), 7):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(bytes(changed))
        try:
            physical.read(path, "a chip", "Measure it again.")
        except DataError as error:
            refusals.append(str(error))
    assert all("chip.npz" in text and "\n" not in text for text in refusals)
    assert len(refusals) > 300  # the rest are dates and other words that no reader looks at


def test_one_array_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "x.npz").open("wb") as file:
        np.save(file, WEIGHTS)
    with pytest.raises(DataError, match=r"x\.npz: expected a map"):
        physical.read(tmp_path / "x.npz", "a map", "Correct it.")


@both
@pytest.mark.parametrize("kind", ["reram", "cmos", "pcm"])
def test_the_pulses_of_an_update_are_those_that_it_gives(mapping: Any, kind: str) -> None:
    device = PRESETS[kind].device
    tile = Tile(device=device, mapping=mapping, size=(2, 2))
    state = tile.program(0.5 * WEIGHTS, rng=np.random.default_rng(1), name="fc")
    rng = np.random.default_rng(2)
    x, d = rng.normal(size=(2, 5)), rng.normal(size=(2, 3))
    generator = np.random.default_rng(3)
    given = state.pulses(x, d, 0.05, rng=generator)
    before = state.conductances
    state.update(x, d, 0.05, rng=generator)
    assert [p.shape[1:] for p in given] == [
        (g.shape[0] - mapping.reference, g.shape[1] - mapping.reference) for g in before.values()
    ]
    counted = state.activity.total("pulses") + state.activity.total("code_steps")
    assert counted == sum(int(p.sum()) for p in given) > 0
    for pulses, name in zip(given, before, strict=True):
        rows, cols = pulses.shape[1:]
        moved = (state.conductances[name] - before[name])[:rows, :cols]
        assert (moved[pulses.sum(axis=0) == 0] == 0).all()  # no pulse, no change


def test_cells_without_pulses_say_so() -> None:
    state = programmed(Offset(w_max=1.0), device=IdealCell())
    with pytest.raises(ConfigError, match="IdealCells: expected cells that whole pulses move"):
        state.pulses(np.ones((1, 5)), np.ones((1, 3)), 0.1, rng=np.random.default_rng(0))


def test_states_show_themselves_in_a_line() -> None:
    tile = Tile(device=StuckAt(RERAM, p_on=0.2), mapping=Offset(), wires=Wires(r_wl=1.0, r_bl=1.0))
    network = Network(input_shape=(12, 12), layers={"conv": Convolution(), "out": Dense(units=2)})
    chip = network.build(tile, Streams(0))
    held = chip.held["out"]
    seen = evaluate(chip, np.ones((2, 12, 12)), np.array([0, 1]), rng=np.random.default_rng(0))
    array = held.array
    reduced = Wires(r_wl=1.0, r_bl=1.0).reduce(np.full((4, 4), 1e-5))
    parts = [array.cells[0], array.reference, array.lines[0], array.wiring.arrays[0]]
    objects = [chip, held, array, *parts, seen, reduced, *chip.layers.values()]
    for state in objects:
        text = repr(state)
        assert type(state).__name__ in text
        assert len(text) <= 200
        assert "\n" not in text
    assert "TileState out: 243 x 2 weights on 1 array, " in repr(held)
    assert "stuck" in repr(held)
