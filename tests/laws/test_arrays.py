"""Laws of arrays, over every published device, with both mappings and both number types."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair, Mapping, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.reading import Reading
from crossbar.circuit.slices import BitSlices, OffsetSlices
from crossbar.circuit.zero_shift import ZeroShift
from crossbar.devices import PRESETS, CmosSynapse, Device, Memristor, StuckAt
from crossbar.devices.laws.steps import Step
from crossbar.devices.spread import Fabricated
from crossbar.substrates.tile import Tile
from crossbar.substrates.tile_state import TileState
from crossbar.units import NOISE
from crossbar.wires import Wires

QUIET = Reading(temperature=0.0)
MAPPINGS = [Offset(w_max=1.0), DifferentialPair(w_max=1.0), OneSidedPair(w_max=1.0)]
DEVICES: dict[str, Device] = {name: preset.device for name, preset in PRESETS.items()}
DEVICES["stuck"] = StuckAt(PRESETS["reram"].device, p_on=0.05, p_off=0.1)
ROWS, COLS, COPIES = 12, 9, 2
every_device = pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
SLICES = [BitSlices(w_max=1.0, slices=2), OffsetSlices(w_max=1.0, slices=2)]
SHIFTED = ZeroShift(w_max=1.0, pulses=10)
every_mapping = pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda m: type(m).__name__)
slices_too = pytest.mark.parametrize(
    "mapping", [*MAPPINGS, *SLICES], ids=lambda m: type(m).__name__
)


def leaves(kind: type) -> set[type]:
    below = kind.__subclasses__()
    return set().union(*map(leaves, below)) if below else {kind}


def test_every_mapping_has_a_case():
    own = {kind for kind in leaves(Mapping) if kind.__module__.startswith("crossbar.")}
    assert {type(m) for m in (*MAPPINGS, *SLICES, SHIFTED)} == own


def program(device, mapping, *, dtype=np.float32, copies=COPIES, seed=1, **parts) -> TileState:
    tile = Tile(device=device, mapping=mapping, reading=QUIET, dtype=dtype, **parts)
    w = np.random.default_rng(2).uniform(-0.6, 0.6, (ROWS, COLS))
    return tile.program(w, rng=np.random.default_rng(seed), copies=copies)


def train(state: TileState, batches: int, *, positions: int = 0) -> None:
    rng = np.random.default_rng(3)
    lead = (3, positions) if positions else (3,)
    for _ in range(batches):
        x, d = rng.standard_normal((*lead, ROWS)), rng.standard_normal((*lead, COLS))
        state.update(x, d, 0.02, rng=rng)


@every_device
@every_mapping
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("positions", [0, 5])
def test_lines_follow_every_change_of_the_cells(device, mapping, dtype, positions):
    """Each of 120 changes of a cell rounds once, at the conductance that it has."""
    state = program(device, mapping, dtype=dtype)
    start = state.array.signed.copy()
    train(state, 40, positions=positions)
    assert_followed(state, start)


@pytest.mark.parametrize("name", ["reram", "cmos"])
@pytest.mark.parametrize("mapping", [*SLICES, SHIFTED], ids=lambda m: type(m).__name__)
def test_lines_of_every_plane_follow_the_cells(name, mapping):
    state = program(DEVICES[name], mapping)
    start = state.array.signed.copy()
    train(state, 40)
    assert_followed(state, start)


def assert_followed(state: TileState, start: np.ndarray) -> None:
    """Sums on lines are those of the cells after up to 120 changes of each."""
    array = state.array
    kept, kept_signed = array.lines, array.signed.copy()
    array.refresh()
    assert np.abs(array.signed - start).max() > 1e-7
    one = 120 * np.finfo(array.dtype).eps * array.device.window[2]
    planes = array.mapping.planes
    all_planes = one * sum(plane.significance for plane in planes)
    np.testing.assert_allclose(kept_signed, array.signed, rtol=0, atol=2 * all_planes)
    for old, anew in zip(kept, array.lines, strict=True):
        np.testing.assert_allclose(old.row_total, anew.row_total, rtol=0, atol=2 * one * COLS)
        wide = 2 * one * ROWS * COPIES
        np.testing.assert_allclose(old.col_total, anew.col_total, rtol=0, atol=wide)
    signed, cells = 0.0, iter(array.cells)
    for plane in planes:
        held = sum(sign * next(cells).g.astype(float) for sign in plane.signs)
        if plane.reference:
            held = held - plane.references * array.reference.column.g
        signed = signed + plane.significance * held
    np.testing.assert_allclose(array.signed, signed, rtol=0, atol=all_planes)


@every_device
@every_mapping
def test_one_seed_makes_one_run_and_another_seed_another(device, mapping):
    a, b, other = (program(device, mapping, seed=seed) for seed in (1, 1, 9))
    for state in (a, b, other):
        train(state, 3)
    np.testing.assert_array_equal(a.weights, b.weights)
    assert a.activity.counts == b.activity.counts
    exact = device in (PRESETS["ideal"].device, PRESETS["constant"].device)
    assert exact == np.array_equal(a.weights, other.weights)


@pytest.mark.parametrize("name", ["ideal", "reram", "reram-exponential", "cmos"])
def test_chips_in_threads_train_as_they_do_one_after_the_other(name):
    one, two = ([program(DEVICES[name], MAPPINGS[0], seed=s) for s in range(4)] for _ in range(2))
    for state in one:
        train(state, 20)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda state: train(state, 20), two))
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a.weights, b.weights)
        assert a.activity.counts == b.activity.counts


@every_device
@every_mapping
def test_a_column_without_gradient_stands_still_and_shifts_no_other(device, mapping):
    full, part = (program(device, mapping) for _ in range(2))
    start = part.weights.copy()
    x, d = (np.random.default_rng(3).standard_normal((4, n)) for n in (ROWS, COLS))
    full.update(x, d, 0.02, rng=np.random.default_rng(4))
    silent = np.isin(np.arange(COLS), [0, 3, 8])
    part.update(x, np.where(silent, 0.0, d), 0.02, rng=np.random.default_rng(4))
    np.testing.assert_array_equal(part.weights[..., silent], start[..., silent])
    np.testing.assert_array_equal(part.weights[..., ~silent], full.weights[..., ~silent])
    assert np.any(full.weights[..., silent] != start[..., silent])


@every_device
@every_mapping
def test_faults_shift_no_draw_of_healthy_cells(device, mapping):
    if isinstance(device, StuckAt):
        device = device.device
    bare, faulty = (program(d, mapping) for d in (device, StuckAt(device, p_on=0.1, p_off=0.1)))
    for state in (bare, faulty):
        train(state, 5)
        state.array = state.array.aged(100.0)
    for a, b in zip(bare.array.groups, faulty.array.groups, strict=True):
        np.testing.assert_array_equal(a.g[b.free], b.g[b.free])
    assert not all(c.free.all() for c in faulty.array.cells)


@every_device
@every_mapping
def test_plus_and_minus_cells_and_copies_are_different_devices(device, mapping):
    cells = program(device, mapping).array.cells
    if device in (PRESETS["ideal"].device, PRESETS["constant"].device):
        return
    top, bottom = np.split(cells[0].g, 2)
    assert np.any(top != bottom)
    if len(cells) == 2:
        low, middle, high = device.window
        error = [c.g - np.clip(2 * middle - c.g, low, high) for c in cells]
        assert np.any(error[0] != -error[1])


# Kernels interpolate steps between 257 points, of an exponential of steepness up to 5 at most.
TABLED = 1.05 * (5 / 256) ** 2 / 8


def without_noise(spec):
    """Return ``spec`` with all that differs from pulse to pulse at 0, in its parts too."""
    own = {f.name: getattr(spec, f.name) for f in fields(spec)}
    parts = {n: without_noise(part) for n, part in own.items() if isinstance(part, Step)}
    noise = {f.name: 0.0 for f in fields(spec) if f.metadata.get("role") == NOISE}
    return replace(spec, **parts, **noise)


def moved(device, cells, drawn, sign):
    """Return by how much one pulse moves each cell [S], as the laws of ``device`` declare it.

    The pulse sets for a ``sign`` of 1; what was ``drawn`` at fabrication belongs to the cells.
    """
    low, _, high = device.window
    u = np.clip((cells.g - drawn.low) / (drawn.high - drawn.low), 0.0, 1.0)
    mean = device.step.set_mean(u) if sign > 0 else device.step.reset_mean(u)
    step = (high - low) * drawn.size * (1 + sign * (device.asymmetry + drawn.tilt)) * mean
    return np.clip(cells.g + sign * step, drawn.low, drawn.high) - cells.g


@every_device
@every_mapping
def test_mean_change_of_many_small_offers_is_that_of_their_pulses(device, mapping, monkeypatch):
    """Stochastic rounding: each cell gets its offer over the set step at mid-range, in pulses.

    What a pulse does is the mean step of its direction, at the conductance and with the size, the
    asymmetry and the bounds of each cell: the offer itself only of a cell at the middle of its own
    bounds whose set and reset steps are alike. The bound is 5 sigma: 57 cases give 3 false alarms
    in 100 000 runs. Every cell that moves does so by its own step.
    """
    if isinstance(device, StuckAt):
        device = device.device
    drawn: list[Fabricated] = []
    pulsed = isinstance(device, Memristor)
    if pulsed:
        device = without_noise(device)
        law = type(device.spread_law)
        draw = law.draw

        def record(*args):
            drawn.append(draw(*args))
            return drawn[-1]

        monkeypatch.setattr(law, "draw", record)
    tile = Tile(device=device, mapping=mapping, reading=QUIET, dtype=np.float64)
    w = 0.5 if mapping.rising else 0.0  # where the cell that is raised is at mid-range
    state = tile.program(np.full((200, 200), w), rng=np.random.default_rng(1))
    before, scale = state.weights[0].copy(), state.array.scale
    step = device.quantum / scale
    offer = 0.1 * step if step else 1e-3
    parts = 1 if mapping.rising else len(state.array.cells)
    share = offer / parts / step if step else 0.0  # of a pulse, asked of each cell
    mean, sigma = offer, step * np.sqrt(parts * share * (1 - share)) / 200
    if isinstance(device, CmosSynapse):
        # A step of a mismatched code from 127 to 128 or back differs by all of its branches.
        sigma *= np.hypot(1.0, 0.03 * np.sqrt(256))
    each = []
    if pulsed:
        each = [
            (cells, cells.g.copy(), moved(device, cells, own, sign), sign)
            for cells, sign in zip(state.array.cells, mapping.signs, strict=True)
            for own in drawn
            if own.low is cells.low and (sign > 0 or not mapping.rising)
        ]
        assert len(each) == parts
        mean = share * sum(sign * by.mean() for *_, by, sign in each) / scale
        sums = sum((by**2).sum() for *_, by, _ in each)
        sigma = np.sqrt(share * (1 - share) * sums) / scale / before.size
    state.update(np.ones((1, 200)), np.full((1, 200), -offer), 1.0, rng=np.random.default_rng(4))
    change = state.weights[0] - before
    assert abs(change.mean() - mean) <= 5 * sigma + (TABLED if pulsed else 1e-9) * mean
    for cells, was, by, _ in each:
        got, atol = cells.g - was, 1e-6 * device.quantum
        np.testing.assert_allclose(got, np.where(got, by, 0.0), rtol=TABLED, atol=atol)


@pytest.mark.parametrize("name", ["ideal", "reram", "cmos"])
@slices_too
def test_state_survives_a_checkpoint(name, mapping):
    kept = program(DEVICES[name], mapping)
    train(kept, 3)
    saved = {key: np.copy(array) for key, array in kept.arrays().items()}
    again = program(DEVICES[name], mapping, seed=7)
    again.restore(saved)
    kept.refresh()
    for state in (kept, again):
        train(state, 3)
    np.testing.assert_array_equal(kept.weights, again.weights)


@slices_too
def test_a_change_of_a_wired_array_is_exact_after_the_next_refresh(mapping):
    """In between the change is added as if lines were ideal: an error of the order of r g n."""
    wires = Wires(r_wl=20.0, r_bl=20.0, r_driver=100.0)
    eager, lazy = (
        program(DEVICES["ideal"], mapping, wires=wires, refresh=k, dtype=np.float64)
        for k in (1, 100)
    )
    for state in (eager, lazy):
        train(state, 2)
    gap = np.abs(eager.weights - lazy.weights).max()
    assert 0 < gap < 0.05
    lazy.refresh()
    np.testing.assert_allclose(eager.weights, lazy.weights, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["reram", "cmos"])
@every_mapping
def test_pulses_and_cells_are_counted(name, mapping):
    state = program(DEVICES[name], mapping, copies=1)
    before = [c.g.copy() for c in state.array.cells]
    x, d = np.ones((1, ROWS)), np.random.default_rng(5).standard_normal((1, COLS))
    d[0, 0] = 0.0
    state.update(x, d, 0.05, rng=np.random.default_rng(6))
    total = state.activity.total
    moved = sum(np.count_nonzero(c.g != b) for c, b in zip(state.array.cells, before, strict=True))
    assert total("cells_changed") == moved > 0
    assert total("mac_outer") == ROWS * (COLS - 1)
    assert total("pulses") + total("code_steps") >= moved
    assert total(state.spec.device.write_event) > 0
    if name == "reram":
        pairs = zip(state.array.cells, before, strict=True)
        g = np.concatenate([b[c.g != b] for c, b in pairs]).mean()
        each = total("write_energy") / total("pulses")
        # 1.5 V for 50 ns; cells that get more pulses than others count more.
        assert each == pytest.approx(1.5**2 * 50e-9 * g, rel=0.2)
