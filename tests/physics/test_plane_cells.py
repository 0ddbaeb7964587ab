"""Cells of several planes: spread, errors, faults, age, and what is counted, cell by cell.

Moments of n cells are within 6 of their standard deviations: 1 / sqrt(n) of a correlation,
sqrt(2 / n) of a variance. One false alarm in 5e8 for each of some 60 estimates.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from many_planes import COLS, LAYOUTS, MAPPINGS, ROWS, both_ways, every_cell, every_mapping

from crossbar.circuit.reading import Reading
from crossbar.devices import Constant, Deterministic, Memristor, StuckAt, WriteVerify
from crossbar.substrates.tile import Tile
from crossbar.substrates.tile_state import TileState

QUIET = Reading(temperature=0.0)
MANY = 40, 50  # weights of the statistics
STEP, V_WRITE, T_WRITE = 0.01, 1.3, 40e-9
PULSED = Memristor(
    step=Constant(dw_min=STEP), rounding=Deterministic(), v_write=V_WRITE, t_write=T_WRITE,
    max_pulses=1000,
)  # fmt: skip
within = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


def programmed(device, mapping, shape=(ROWS, COLS), *, size=None, copies=1) -> TileState:
    tile = Tile(device=device, mapping=mapping, reading=QUIET, dtype=np.float64, size=size)
    weights = np.random.default_rng(2).uniform(-1, 1, shape)
    return tile.program(weights, rng=np.random.default_rng(1), copies=copies)


def require_independent(values: list[np.ndarray]) -> None:
    for a, b in combinations([v.ravel() for v in values], 2):
        assert abs(np.corrcoef(a, b)[0, 1]) < 6 / np.sqrt(a.size)


@pytest.mark.parametrize("name", ["apart", "references"])
def test_programming_errors_of_all_cells_are_independent(name):
    """The variance of a weight is the sum of s^2 sigma^2 of its cells, references aside."""
    exact, array = (programmed(Memristor(sigma_program=(sigma,)), MAPPINGS[name], MANY).array
                    for sigma in (0.0, 0.02))  # fmt: skip
    sigma = 0.02 * (array.device.g_max - array.device.g_min)
    pairs = zip(array.cells, exact.cells, strict=True)
    errors = [(cells.g - meant.g) / sigma for cells, meant in pairs]
    require_independent(errors)
    n = errors[0].size
    for one in errors:
        assert one.var() == pytest.approx(1.0, rel=6 * np.sqrt(2 / n))
    planes, lines = array.mapping.planes, zip(array.lines, exact.lines, strict=True)
    total = sum(p.significance * (line.seen - meant.seen)
                for p, (line, meant) in zip(planes, lines, strict=True))  # fmt: skip
    squares = sum(len(p.signs) * p.significance**2 for p in planes)
    assert total.var() == pytest.approx(squares * sigma**2, rel=6 * np.sqrt(2 / n))


@pytest.mark.parametrize("name", ["apart", "references"])
def test_spread_and_faults_of_all_cells_are_independent(name):
    """Steps, bounds and stuck cells are drawn for every cell of a weight by itself."""
    spread = Memristor(sigma_d2d=0.3, sigma_bounds_d2d=0.05)
    faulty = StuckAt(spread, p_on=0.1, p_off=0.05)
    array = programmed(faulty, MAPPINGS[name], MANY).array
    for drawn in ("up", "low", "high", "free"):
        require_independent([np.asarray(getattr(c, drawn))[-MANY[0] :] for c in array.cells])
    n = MANY[0] * MANY[1]
    for cells in array.cells:
        assert abs((~cells.free).mean() - 0.15) < 6 * np.sqrt(0.15 * 0.85 / n)


@every_mapping
@within
def test_stuck_cells_are_counted_in_every_plane(mapping, layout):
    faulty = StuckAt(Memristor(), p_on=0.2, p_off=0.1)
    state = programmed(faulty, mapping, **layout)
    groups = state.array.groups
    held = [np.where(c.free, 0, np.where(c.g > faulty.window[1], 1, -1)) for c in groups]
    on, off, cells = np.sum([*state.stuck.values()], axis=0)
    corners = len(state.stuck) * (state.array.reference is not None)  # where there is no cell
    feet = 0 if state.array.reference is None else sum(c.g.size for c in state.array.reference.rows)
    lines = sum(g.shape[1] - 1 for *_, g in state.array.physical()) if corners else 0
    assert on == sum((h > 0).sum() for h in held)
    assert off == sum((h < 0).sum() for h in held)
    assert cells == sum(h.size for h in held) + corners + lines - feet


@every_mapping
@within
def test_age_moves_every_cell(mapping, layout):
    """g (t / t0)^-nu of all cells of all planes and of the reference lines; reads follow."""
    device = Memristor(nu=0.06, t0=20.0)
    state = programmed(device, mapping, **layout)
    later = state.aged(1e6)
    factor = (1e6 / 20.0) ** -0.06
    for old, new in zip(state.array.groups, later.array.groups, strict=True):
        np.testing.assert_allclose(new.g, factor * old.g, rtol=1e-6)
    np.testing.assert_allclose(later.array.signed, factor * state.array.signed, rtol=1e-5,
                               atol=1e-12)  # fmt: skip


@every_mapping
@within
@both_ways
def test_a_read_of_a_tile_counts_the_energy_of_every_cell(mapping, layout, back):
    """V^2 G t of all cells at once forward, of plane after plane back, reference cells too."""
    state = programmed(Memristor(), mapping, **layout)
    array = state.array
    copies, inputs = array.layout.copies, COLS if back else ROWS
    x = np.random.default_rng(3).uniform(-1, 1, (1, copies, inputs))
    (state.rmatvec if back else state.matvec)(x, rng=np.random.default_rng(4))
    v = array.reading.v_read * x[0] / np.abs(x).max()
    cells = {id(c.g): c for c in every_cell(array, v, back)}.values()
    power = sum(c.g * c.volts**2 for c in cells)
    event = "read_energy_transposed" if back else "read_energy"
    assert state.activity.total(event) == pytest.approx(power * array.reading.t_read, rel=1e-9)


def trains(before: list[np.ndarray], groups) -> tuple[float, float, float]:
    """Return pulses, cells that moved, and the conductance [S] before each pulse, summed."""
    pulses = moved = met = 0.0
    low, _, high = PULSED.window
    for old, cells in zip(before, groups, strict=True):
        step = STEP * (high - low) * np.sign(cells.g - old)
        n = np.rint(np.abs(cells.g - old) / (STEP * (high - low)))
        pulses, moved = pulses + n.sum(), moved + (n > 0).sum()
        met += (n * (old + cells.g - step) / 2).sum()
    return pulses, moved, met


@every_mapping
@within
def test_an_update_counts_the_pulses_of_every_cell(mapping, layout):
    state = programmed(PULSED, mapping, **layout)
    for cells in state.array.groups:
        cells.g[...] = PULSED.window[1]
    state.array.refresh()
    before = [c.g.copy() for c in state.array.groups]
    rng = np.random.default_rng(5)
    x, d = rng.uniform(-2, 2, (1, ROWS)), rng.uniform(-2, 2, (1, COLS))
    total = sum(len(p.signs) * p.significance for p in mapping.planes)
    siemens = 5 * STEP * (PULSED.g_max - PULSED.g_min)  # of each cell, twice where cells only rise
    state.update(x, d, total * siemens / state.array.scale, rng=rng)
    pulses, moved, met = trains(before, state.array.groups)
    assert pulses > len(state.array.cells) * ROWS
    counts = state.activity
    assert (counts.total("pulses"), counts.total("cells_changed")) == (pulses, moved)
    energy = V_WRITE**2 * T_WRITE * met
    assert counts.total("write_energy") == pytest.approx(energy, rel=1e-4)


@every_mapping
@within
def test_verified_programming_counts_every_cell(mapping, layout):
    """Exact steps: all cells are read, those that are off get one train and are read again."""
    device = replace(PULSED, programming=WriteVerify(tolerance=0.5 * STEP + 1e-6))
    state = programmed(device, mapping, **layout)
    groups = state.array.groups
    before = [np.full(c.g.shape, device.window[1]) for c in groups]
    pulses, moved, met = trains(before, groups)
    cells = sum(c.g.size for c in groups)
    counts = state.activity
    assert counts.total("program_pulses") == pulses > 0
    assert counts.total("program_reads") == cells + moved
    law = device.programming
    after = sum(c.g[c.g != b].sum() for c, b in zip(groups, before, strict=True))
    reads = law.v_read**2 * law.t_read * (sum(b.sum() for b in before) + after)
    energy = V_WRITE**2 * T_WRITE * met + reads
    assert counts.total("program_energy") == pytest.approx(energy, rel=1e-4)


@pytest.mark.parametrize("name", ["together", "apart", "slices"])
def test_changes_of_all_cells_are_drawn_independently(name):
    """Mean o and variance f (1 - f) + o sigma^2 steps of a cell, f the part of o beyond a whole.

    Of a weight the sums of s and of s^2 times these, over the cells that take part.
    """
    mapping, sigma, o, shape = MAPPINGS[name], 0.3, 2.3, (100, 100)
    device = Memristor(step=Constant(dw_min=0.001), sigma_c2c=sigma)
    state = programmed(device, mapping, shape)
    for cells in state.array.cells:
        cells.g[...] = device.window[1]
    state.array.refresh()
    before, step = state.array.signed.copy(), 0.001 * (device.g_max - device.g_min)
    moved = [p.significance for p in mapping.planes for s in p.signs if s > 0 or not mapping.rising]
    x, d = np.ones((1, shape[0])), np.ones((1, shape[1], 1))
    state.array.change(x, d, o * step * sum(moved), rng=np.random.default_rng(8))
    change = (state.array.signed - before) / step
    variance = np.square(moved).sum() * (0.3 * 0.7 + o * sigma**2)
    n = change.size
    assert abs(change.mean() - o * sum(moved)) < 6 * np.sqrt(variance / n)
    assert change.var() == pytest.approx(variance, rel=6 * np.sqrt(2 / n))
