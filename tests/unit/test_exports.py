"""Exports come back as they left, and a table of pulses programs a fresh array."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from refusals import refused

import crossbar
from crossbar import (
    BitSlices,
    CmosSynapse,
    Constant,
    DifferentialPair,
    Digital,
    IdealCell,
    Mapping,
    Memristor,
    Offset,
    OffsetSlices,
    SoftBounds,
    Streams,
    StuckAt,
    Tile,
    Wires,
)
from crossbar.circuit import physical
from crossbar.circuit.cell_names import cell_names
from crossbar.devices import DEVICES, Device, Sinh
from crossbar.exports import Response, cell_table, export, programming, pulse_table, weight_table
from crossbar.exports.pulses import PLACE
from crossbar.nn import Chip, Convolution, Dense, Flatten, Network
from crossbar.spice import run as simulate
from crossbar.substrates import TileState

LAYERS = {"conv": Convolution(filters=2), "flat": Flatten(), "out": Dense(units=2, bias=True)}
NETWORK = Network(input_shape=(6, 6), layers=LAYERS)
MAPPINGS = [
    DifferentialPair(w_max=1.0),
    Offset(w_max=1.0),
    BitSlices(w_max=1.0),
    OffsetSlices(w_max=1.0),
]


def chip(device: Device, seed: int = 0, mapping: Mapping | None = None) -> Chip:
    tile = Tile(device=device, mapping=mapping or Offset(w_max=4.0), size=(10, 2))
    return NETWORK.build(tile, Streams(seed))


def programmed(
    device: Device, mapping: Mapping, shape: tuple[int, int] = (5, 3), seed: int = 0,
    size: tuple[int, int] | None = None, copies: int = 1, wires: Wires | None = None,
) -> TileState:  # fmt: skip
    streams = Streams(seed)
    tile = Tile(device=device, mapping=mapping, size=size, wires=wires, dtype=np.float64)
    weights = streams("weights").uniform(-0.6, 0.6, shape)
    return tile.program(weights, rng=streams("program"), copies=copies, name="fc")


def test_an_exported_chip_is_loaded_bit_for_bit(tmp_path: Path) -> None:
    left = chip(Memristor(sigma_program=(0.05,)))
    written = crossbar.export(left, tmp_path)
    assert sorted(written) == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    taken = physical.read(tmp_path / "conductances.npz", "conductances in S", "Correct it.")
    assert {*taken} == {"conv-0", "conv-1", "out-0", "out-1"}
    other = chip(Memristor(sigma_program=(0.05,)), seed=1)
    assert not np.array_equal(other.conductances["out-0"], left.conductances["out-0"])
    other.load(taken)
    for name, g in left.conductances.items():
        np.testing.assert_array_equal(other.conductances[name], g)
    for name, weights in left.trained().items():
        np.testing.assert_array_equal(other.trained()[name], weights)
    cells = pd.read_csv(tmp_path / "conductances.csv").groupby("array")
    for name, g in left.conductances.items():
        own = cells.get_group(name)
        assert len(own) == g.size - 1  # none where the reference lines cross
        np.testing.assert_array_equal(own["conductance_S"], g[own["word_line"], own["bit_line"]])


def test_exported_weights_build_the_network_again(tmp_path: Path) -> None:
    left = chip(IdealCell(), mapping=DifferentialPair())
    export(left, tmp_path)
    weights = dict(np.load(tmp_path / "weights.npz"))
    again = NETWORK.build(Digital(), Streams(1), weights=weights)
    table = pd.read_csv(tmp_path / "weights.csv").set_index(["layer", "copy", "row", "column"])
    for name, held in again.held.items():
        np.testing.assert_allclose(held.weights[0], left.trained()[name], rtol=1e-6)
        np.testing.assert_array_equal(table.loc[(name, 0), "weight"], weights[name].ravel())


def test_digital_weights_have_no_conductances(tmp_path: Path) -> None:
    left = NETWORK.build(Digital(), Streams(0))
    names = [path.name for path in export(left, tmp_path)]
    assert (names, left.conductances) == (["weights.csv", "weights.npz"], {})


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize(("size", "copies"), [(None, 1), ((2, 2), 1), (None, 3)])
def test_the_table_of_cells_adds_up_to_the_weights(
    mapping: Mapping, size: tuple[int, int] | None, copies: int
) -> None:
    """w = sum of sign x significance x (G - G_ref of its word line and array) / k, cell by cell."""
    state = programmed(Memristor(sigma_program=(0.05,)), mapping, size=size, copies=copies)
    cells = cell_table(state)
    edge = cells[cells["cell"].eq("reference") & cells["column"].isna()]
    common = edge.set_index(["array", "word_line"])["conductance_S"]
    own = cells[cells["cell"] != "reference"]
    g = own["conductance_S"].to_numpy()
    if state.array.placement.reference:
        subtracted = common.loc[list(zip(own["array"], own["word_line"], strict=True))].to_numpy()
        kinds = {
            name: plane.reference
            for plane, names in zip(mapping.planes, cell_names(mapping.planes), strict=True)
            for name in names
        }
        g = g - np.where(own["cell"].map(kinds), subtracted, 0.0)
    term = own["sign"].to_numpy(float) * own["significance"].to_numpy() * g / state.array.scale
    weights = own.assign(term=term).groupby(["copy", "row", "column"])["term"].sum()
    np.testing.assert_allclose(weights, state.weights.ravel(), rtol=0, atol=1e-12)
    table = weight_table(state, "fc").set_index(["copy", "row", "column"])["weight"]
    np.testing.assert_array_equal(table, state.weights.ravel())


def applied(table: pd.DataFrame, state: TileState, seed: int) -> dict[str, np.ndarray]:
    """Return the conductances of a fresh array, erased, after the pulses of a table."""
    array, streams = state.array, Streams(seed)
    fresh = state.spec.program(state.weights[0], rng=streams("fresh"), name=state.name).array
    names = list(state.conductances)
    matrices = [np.zeros(g.shape, np.int64) for g in state.conductances.values()]
    for row in table.itertuples():
        sign = 1 if row.polarity == "set" else -1
        matrices[names.index(row.array)][row.word_line, row.bit_line] += sign * row.pulses
    none = [np.zeros(c.g.shape, np.int64) for c in fresh.groups]
    for cells, counts in zip(fresh.groups, fresh.placement.spread(matrices, none), strict=True):
        cells.write(np.full(counts.shape, array.device.window[0]))
        cells.pulse(counts, rng=streams("pulses"))
    return dict(zip(names, (g for *_, g in fresh.physical()), strict=True))


def at(table: pd.DataFrame, named: dict[str, np.ndarray]) -> np.ndarray:
    """Return the conductances of the cells of a table."""
    rows = table[["array", "word_line", "bit_line"]].itertuples(index=False)
    return np.array([named[array][word, bit] for array, word, bit in rows])


def test_pulses_of_a_law_without_noise_are_those_of_its_closed_form(tmp_path: Path) -> None:
    """Soft bounds: u after n pulses from 0 is 1 - (1 - 2 dw_min)^n."""
    dw_min = 0.004
    state = programmed(Memristor(step=SoftBounds(dw_min=dw_min)), Offset(w_max=1.0), size=(3, 2))
    export(state, tmp_path)
    table = pd.read_csv(tmp_path / "pulses.csv")
    low, _, high = state.array.device.window
    u = (table["target_S"] - low) / (high - low)
    exact = np.log(1 - u) / np.log(1 - 2 * dw_min)
    assert (table["polarity"] == "set").all()
    assert np.abs(table["pulses"] - exact).max() < 0.51  # rounded to the nearest whole number
    assert len(table) == len(cell_table(state))  # reference lines too
    got = at(table, applied(table, state, seed=1))
    np.testing.assert_allclose(got, table["expected_S"], rtol=1e-5)  # steps are single precision
    assert np.abs(got - table["target_S"]).max() < 0.51 * 2 * dw_min * (high - low)
    assert set(zip(table["amplitude_V"], table["width_s"], strict=True)) == {(1.5, 50e-9)}


def test_pulses_program_a_fresh_array_within_the_noise_of_its_device() -> None:
    """Constant steps: n pulses spread by sigma_c2c sqrt(n) steps around the mean.

    900 cells: the mean of z is within 5/30 of that of 1024 other cells (5/32), its mean square
    within 5 sqrt(2/900) of 1. False alarms are rarer than 2e-6.
    """
    device = Memristor(step=Constant(dw_min=0.002), sigma_c2c=0.5)
    state = programmed(device, DifferentialPair(w_max=1.0), shape=(30, 15))
    table = programming(state)
    low, _, high = device.window
    got = at(table, applied(table, state, seed=1))
    sigma = 0.5 * 0.002 * (high - low) * np.sqrt(table["pulses"])
    z = (got - table["expected_S"]) / sigma
    assert len(z) == 900
    assert abs(z.mean()) < 5 / 30 + 5 / 32
    assert abs((z**2).mean() - 1) < 5 * np.sqrt(2 / 900) + (5 / 32) ** 2
    error = table["expected_S"] - table["target_S"]
    assert np.abs(error).max() < 0.51 * 0.002 * (high - low) * 1.05  # the mean step of 1024 cells


def test_reset_steps_far_smaller_than_set_steps_get_the_pulses_that_they_need() -> None:
    """Soft bounds: u after n reset pulses from 1 is (1 - 2 dw_min_reset)^n."""
    step = SoftBounds(dw_min=0.02, dw_min_reset=0.0005)
    state = programmed(Memristor(step=step), DifferentialPair(w_max=1.0))
    low, _, high = state.array.device.window
    table = programming(state, {"fc": np.full((5, 6), high)})
    u = (table["target_S"] - low) / (high - low)
    exact = np.log(u) / np.log(1 - 2 * 0.0005)
    assert (table["polarity"] == "reset").all()
    assert np.abs(table["pulses"] / exact - 1).max() < 0.01  # the mean goes straight over 4 pulses
    assert np.abs(table["expected_S"] - table["target_S"]).max() < 0.51 * 0.001 * (high - low)


@pytest.mark.parametrize("kind", [kind for kind in DEVICES.names if kind != "ideal"])
def test_every_device_with_pulses_can_be_programmed(kind: str) -> None:
    """By the mean of all cells, those that nothing moves too, no other whole number comes nearer.

    How near that is depends on the steps: up to 0.2 of the range for steps of 0.4.
    """
    made = DEVICES.resolve(kind, "device")
    device = getattr(made, "device", None) or made()
    state = programmed(device, DifferentialPair(w_max=1.0))
    table, cells = programming(state), cell_table(state)
    response, (low, _, high) = Response.of(device), device.window
    points = np.arange(len(response.up), dtype=np.float64)
    whole = np.interp(np.arange(response.stride * points[-1] + 1) / response.stride, points,
                      response.up)  # fmt: skip
    nearest = np.abs(whole - cells["conductance_S"].to_numpy()[:, None])
    given = pd.MultiIndex.from_frame(cells[PLACE]).isin(pd.MultiIndex.from_frame(table[PLACE]))
    np.testing.assert_array_equal(given, nearest.argmin(axis=1) > 0)  # the others need no pulse
    error = (table["expected_S"] - table["target_S"]).abs()
    np.testing.assert_allclose(error, nearest.min(axis=1)[given], rtol=0, atol=1e-9 * (high - low))
    assert error.max() <= 0.5 * np.diff(whole).max()  # no target is beyond what a train reaches
    assert (table["polarity"] == "set").all()
    assert (np.diff(response.up) >= 0).all()
    assert (np.diff(response.down) <= 0).all()
    assert len(repr(response)) < 200


def test_pulses_from_measured_conductances_go_up_and_down() -> None:
    device = Memristor(step=Constant(dw_min=0.01))
    state = programmed(device, DifferentialPair(w_max=1.0))
    low, middle, high = device.window
    start = {"fc": np.full((5, 6), middle)}
    table = programming(state, start)
    steps = (table["target_S"] - middle) / (0.01 * (high - low))
    given = table["pulses"] * table["polarity"].map({"set": 1, "reset": -1})
    assert np.abs(given - steps).max() < 0.51
    assert {*table["polarity"]} == {"set", "reset"}
    line = refused(programming, state, {"conv": start["fc"]})
    assert "the array fc, got 'conv'" in line


def test_a_target_out_of_reach_and_a_stuck_cell_show_as_such() -> None:
    """Soft bounds come near the end of the range, and never there."""
    state = programmed(Memristor(step=SoftBounds(dw_min=0.01)), DifferentialPair(w_max=1.0))
    high = state.array.device.window[2]
    g = np.full((5, 6), high)
    state.load({"fc": g})
    table = programming(state)
    assert (table["target_S"] == high).all()
    assert table["expected_S"].max() < high
    on = programmed(StuckAt(Memristor(), p_on=1.0), DifferentialPair(w_max=1.0))
    assert cell_table(on)["stuck"].all()
    assert programming(on).empty


def test_codes_are_steps_without_a_voltage() -> None:
    state = programmed(CmosSynapse(bits=4, sigma_unit=0.0), Offset(w_max=1.0))
    table = programming(state)
    assert table[["amplitude_V", "width_s"]].isna().all(axis=None)
    assert {*table["pulses"]} <= {*range(16)}
    np.testing.assert_allclose(table["expected_S"], table["target_S"], rtol=1e-6)


def test_the_pulses_of_an_update_are_a_table() -> None:
    state = programmed(Memristor(), OffsetSlices(w_max=1.0), size=(3, 2))
    rng = np.random.default_rng(0)
    x, d = rng.standard_normal((1, 5)), rng.standard_normal((1, 3))
    counts = state.pulses(x, d, 0.1, rng=rng)
    table = pulse_table(state, counts)
    for k, polarity in enumerate(("set", "reset")):
        own = table[table["polarity"] == polarity].groupby("array")["pulses"].sum()
        totals = dict(zip(state.conductances, (both[k].sum() for both in counts), strict=True))
        assert {name: n for name, n in totals.items() if n} == own.to_dict()
    assert len(table) == sum(np.count_nonzero(both) for both in counts)
    assert "reference" not in {*table["cell"]}


def test_what_cannot_be_exported_is_refused(tmp_path: Path) -> None:
    assert "a chip, a tile state or a loaded run" in refused(crossbar.export, 3, tmp_path)
    ideal = programmed(IdealCell(), Offset(w_max=1.0))
    assert "whole pulses move, got IdealCell" in refused(programming, ideal)
    left = chip(Memristor())
    before = left.conductances
    assert "Did you mean" in refused(left.load, before | {"out": before["out-0"]})
    doubled = {name: 2 * g for name, g in before.items()}
    assert "out-1" in refused(left.load, doubled | {"out-1": np.ones((1, 1))})
    for name, g in left.conductances.items():
        np.testing.assert_array_equal(g, before[name])


@pytest.mark.ngspice
@pytest.mark.parametrize("device", [Memristor(), Memristor(conduction=Sinh(v0=0.1))])
def test_an_exported_netlist_gives_the_currents_of_the_array(
    device: Device, tmp_path: Path
) -> None:
    state = programmed(device, Offset(w_max=1.0), wires=Wires(r_wl=2.0, r_bl=3.0))
    export(state, tmp_path)
    waves = simulate(tmp_path / "netlists" / "fc.cir")
    g = state.conductances["fc"]
    v = np.full((1, len(g)), state.spec.reading.v_read)
    v[0, -1] = 0.0
    law = device.conduction
    expected = state.spec.wires.solve(g, v, cell=None if law.ohmic else law).currents[0]
    got = [waves[f"i(vbl_{j})"][0] for j in range(g.shape[1])]
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-6 * np.abs(expected).max())
