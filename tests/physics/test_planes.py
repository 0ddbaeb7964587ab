"""Weights of several cells against a simulation of every cell in NumPy.

Means are exact sums over cells. Variances are the sums of those of every cell, which are
independent; estimates of N reads have the relative standard deviation sqrt(2 / N), and bounds are
6 of it: one false alarm in 5e8 for each of some 500 estimates.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from many_planes import (
    COARSE,
    COLS,
    FINE,
    K_B,
    LAYOUTS,
    MAPPINGS,
    NOISES,
    Q_E,
    QUIET,
    ROWS,
    Held,
    both_ways,
    build,
    every_cell,
    every_mapping,
)

from crossbar.circuit.array import Array
from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import Blocks, SynapticElement
from crossbar.circuit.faultmap import FaultMap
from crossbar.circuit.slices import BitSlices, OffsetSlices
from crossbar.converters import SarAdc
from crossbar.devices import IdealCell, Memristor
from crossbar.errors import ConfigError
from crossbar.substrates.tile import Tile
from crossbar.wires import Wires

N = 8000
LOSSY = Wires(r_wl=30.0, r_bl=20.0, r_sense=50.0)


def voltages(array: Array, back: bool) -> np.ndarray:
    inputs = COLS if back else ROWS
    return np.random.default_rng(3).uniform(-0.2, 0.2, (array.layout.copies, inputs))


def moments(array: Array, v: np.ndarray, back: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return mean [A] and variance [A^2] of every output, (copies, outputs)."""
    device, reading = array.device, array.reading
    band = 1.0 / (2.0 * reading.t_read)
    mean = np.zeros((array.layout.copies, ROWS if back else COLS))
    variance = np.zeros_like(mean)
    turns = [plane.significance for plane in array.mapping.planes]
    for cell in every_cell(array, v, back):
        span = device.g_max - device.g_min
        sigma = np.hypot(device.sigma_read * span, device.sigma_read_value * cell.g)
        own = cell.volts**2 * (sigma**2 + cell.flicker)
        if reading.fano:
            x = Q_E * abs(cell.volts) / (2 * K_B * reading.temperature)
            own += (
                2 * Q_E * reading.fano * cell.g * abs(cell.volts) * (1 / np.tanh(x) - 1 / x) * band
            )
        thermal = 4 * K_B * reading.temperature * cell.g * band
        for output in cell.output:
            mean[output] += cell.factor * cell.g * cell.volts
            variance[output] += cell.factor**2 * own
            if not back:
                variance[output] += cell.factor**2 * thermal
            elif len(cell.output) == 1:  # every cell on a word line, in every turn
                variance[output] += sum(s**2 for s in turns) * thermal
            else:  # likewise on the reference word line, in the turns of planes with a reference
                beside = [p.significance for p in array.mapping.planes if p.reference]
                variance[output] += sum(s**2 for s in beside) * thermal
    return mean, variance


def drawn(array: Array, v: np.ndarray, back: bool, n: int = N) -> np.ndarray:
    read = partial(array.currents, forward=not back)
    return read(np.repeat(v[None], n, axis=0), rng=np.random.default_rng(4))


@every_mapping
@both_ways
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_means_are_the_sums_of_every_cell(mapping, back, layout):
    array = build(mapping, **layout)
    array.noise = replace(array.noise, absolute=0.0)
    array.refresh()
    v = voltages(array, back)
    mean, _ = moments(array, v, back)
    high = array.device.window[2]
    np.testing.assert_allclose(drawn(array, v, back, 1)[0], mean, rtol=0, atol=1e-12 * high)
    if not back:
        signed = array.signed.reshape(array.layout.copies, ROWS, COLS)
        np.testing.assert_allclose(np.einsum("ci,cij->cj", v, signed), mean, atol=1e-12 * high)


@every_mapping
@both_ways
@pytest.mark.parametrize("noise", NOISES)
def test_variances_are_the_sums_of_those_of_every_cell(mapping, back, noise):
    layout = LAYOUTS[{"absolute": "split", "relative": "copies", "shot": "split"}.get(noise, "one")]
    array = build(mapping, noise, **layout)
    v = voltages(array, back)
    mean, variance = moments(array, v, back)
    samples = drawn(array, v, back)
    assert np.all(np.abs(samples.mean(axis=0) - mean) < 6 * np.sqrt(variance / N))
    np.testing.assert_allclose(samples.var(axis=0), variance, rtol=6 * np.sqrt(2 / N))


@pytest.mark.parametrize("name", ["apart", "references"])
@both_ways
@pytest.mark.parametrize("noise", ["relative", "shot"])
def test_noise_follows_cells_that_change(name, back, noise):
    """Sums over cells are not those of before a change: relative noise and shot noise see it."""
    mapping = MAPPINGS[name]
    array = build(mapping, noise)
    x, d = np.random.default_rng(5).standard_normal((2, 4, ROWS))
    array.change(x, np.repeat(d[:, :COLS, None], 1, axis=2), 20e-6, rng=np.random.default_rng(6))
    v = voltages(array, back)
    _, variance = moments(array, v, back)
    samples = drawn(array, v, back)
    np.testing.assert_allclose(samples.var(axis=0), variance, rtol=6 * np.sqrt(2 / N))


@every_mapping
def test_reads_draw_what_every_cell_draws(mapping):
    """Forward all cells at once, back plane after plane; V^2 G of each, in all layouts."""
    for layout in LAYOUTS.values():
        array = build(mapping, **layout)
        for back in (False, True):
            v = voltages(array, back)
            cells = {id(c.g): c for c in every_cell(array, v, back)}.values()
            power = sum(c.g * c.volts**2 for c in cells)
            got = array.power(v[None], forward=not back)
            assert got == pytest.approx(power, rel=1e-12)


@every_mapping
@both_ways
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_wired_reads_are_those_of_the_network(mapping, back, layout):
    """Every physical array solved by itself: one read forward, and one for each plane back."""
    array = build(mapping, wires=LOSSY, **layout)
    array.noise = replace(array.noise, absolute=0.0)
    array.wiring.noise = array.noise
    array.refresh()
    v = voltages(array, back)
    mean = np.zeros((array.layout.copies, ROWS if back else COLS))
    planes, power = array.mapping.planes, 0.0
    signs = np.array(array.mapping.signs, float)
    owner = np.repeat(np.arange(len(planes)), [len(p.signs) for p in planes])
    for rows, cols, copy, g in array.physical():
        at = slice(rows.start - copy * ROWS, rows.stop - copy * ROWS)
        height, width = rows.stop - rows.start, cols.stop - cols.start
        lines = len(signs) * width
        for k, plane in enumerate(planes):
            own = np.where(owner == k, signs, 0.0)
            if back:
                drive = np.zeros(g.shape[1])
                drive[:lines] = np.kron(v[copy, cols], own)
                solved = array.wires.solve(g, np.zeros((1, len(g))), v_bl=drive[None])
                cells = (solved.v_bl - solved.v_wl)[0] * g
                i, ends = cells.sum(axis=1), cells.sum(axis=0)
                power += drive @ ends
                i = i[:height] - (i[-1] if plane.reference else 0.0)
                mean[copy, at] += plane.significance * i
            else:
                drive = np.append(v[copy, at], np.zeros(len(g) - height))
                solved = array.wires.solve(g, drive[None])
                cells = (solved.v_wl - solved.v_bl)[0] * g
                i = cells.sum(axis=0)
                power += drive @ cells.sum(axis=1) if k == 0 else 0.0
                less = plane.reference * sum(plane.signs) * i[-1]
                mean[copy, cols] += plane.significance * (i[:lines].reshape(width, -1) @ own - less)
    high = array.device.window[2]
    np.testing.assert_allclose(drawn(array, v, back, 1)[0], mean, rtol=0, atol=1e-10 * high)
    assert array.power(v[None], forward=not back) == pytest.approx(power, rel=1e-9)


@every_mapping
def test_a_change_moves_every_cell_that_learns_alike(mapping):
    """Exact steps: each cell by its share, and the weight by the change that was asked."""
    array = build(mapping, device=IdealCell(sigma_read=0.0))
    for cells in array.cells:
        cells.g[...] = array.device.window[1]
    array.refresh()
    before, signed = [c.g.copy() for c in array.cells], array.signed.copy()
    x, d = np.random.default_rng(5).standard_normal((2, 1, ROWS))
    d = d[:, :COLS, None]
    array.change(x, d, 0.1e-6, rng=np.random.default_rng(6))
    asked = 0.1e-6 * x[0][:, None] * d[0].T
    np.testing.assert_allclose(array.signed - signed, asked, rtol=0, atol=1e-17)
    moved = [(c.g - b) for c, b in zip(array.cells, before, strict=True)]
    if mapping.rising:
        assert min(m.min() for m in moved) >= 0
        return
    total = sum(len(p.signs) * p.significance for p in mapping.planes)
    for sign, change in zip(mapping.signs, moved, strict=True):
        np.testing.assert_allclose(change, sign * asked / total, rtol=0, atol=1e-17)


def test_planes_that_do_not_learn_stay_and_the_others_take_the_whole_change():
    planes = (replace(COARSE, learns=False), FINE)
    array = build(Held(w_max=1.0, planes=planes), device=IdealCell(sigma_read=0.0))
    before, signed = [c.g.copy() for c in array.cells], array.signed.copy()
    x, d = np.full((1, ROWS), 0.5), np.full((1, COLS, 1), 0.5)
    array.change(x, d, 1e-8, rng=np.random.default_rng(6))
    np.testing.assert_allclose(array.signed - signed, 0.25e-8, rtol=1e-6)
    for cells, g in zip(array.cells[:2], before[:2], strict=True):
        np.testing.assert_array_equal(cells.g, g)
    held = build(Held(w_max=1.0, planes=(replace(COARSE, learns=False),)))
    with pytest.raises(ConfigError, match=r"^Array\.change: expected a mapping with cells that"):
        held.change(x, d, 1e-8, rng=np.random.default_rng(6))


@pytest.mark.parametrize("kind", [BitSlices, OffsetSlices])
@pytest.mark.parametrize("bits", [1, 2, 3, 4])
def test_slices_compute_in_whole_numbers(kind, bits):
    """Shift-and-add of whole inputs is the integer product, exactly; back too."""
    mapping = kind(bits=bits, slices=3, w_max=1.0)
    rng, unit = np.random.default_rng(bits), mapping.whole
    whole = rng.integers(0, unit, (ROWS, COLS), endpoint=True)
    if kind is BitSlices:
        whole *= rng.choice([-1, 1], whole.shape)
    else:
        whole = 2 * whole - unit  # odd: zero lies between two numbers
    tile = Tile(device=IdealCell(), mapping=mapping, reading=QUIET, dtype=np.float64)
    state = tile.program(whole / unit, rng=rng)
    x, d = rng.integers(-9, 9, (5, ROWS)), rng.integers(-9, 9, (5, COLS))
    y = state.matvec(x.astype(float), rng=rng) * unit
    np.testing.assert_allclose(y, x @ whole, rtol=0, atol=1e-9 * unit)
    np.testing.assert_array_equal(np.rint(y).astype(int), x @ whole)
    z = state.rmatvec(d.astype(float), rng=rng) * unit
    np.testing.assert_array_equal(np.rint(z).astype(int), d @ whole.T)
    digits = mapping.digits(np.arange(unit + 1))
    shifted = sum(digit << (bits * s) for s, digit in enumerate(digits))
    np.testing.assert_array_equal(shifted, np.arange(unit + 1))


@both_ways
@pytest.mark.parametrize("layout", [{"copies": 2}, {"size": (4, 2)}], ids=["copies", "split"])
@pytest.mark.parametrize("name", ["together", "apart", "references"])
def test_each_amplifier_and_adc_errs_before_the_weighted_sum(name, back, layout):
    """Gain error, offset, saturation and steps of an ADC, against NumPy for every amplifier."""
    errors = Errors(gain_error=-0.05, offset=0.02, saturation=0.3)
    blocks, adc = Blocks(element=SynapticElement(errors=errors)), SarAdc(bits=6, reach=0.3)
    copies = layout.pop("copies", 1)
    tile = Tile(device=Memristor(sigma_read=0.0), mapping=MAPPINGS[name], reading=QUIET, adc=adc,
                blocks=blocks, dtype=np.float64, **layout)  # fmt: skip
    rng = np.random.default_rng(3)
    state = tile.program(np.zeros((ROWS, COLS)), rng=rng, copies=copies, name="part")
    array, (low, _, high) = state.array, tile.device.window
    x = rng.uniform(-1, 1, (2, copies, COLS if back else ROWS))
    got = (state.rmatvec if back else state.matvec)(x, rng=rng)
    scaled = 0.2 * x / np.abs(x).max(axis=(1, 2), keepdims=True)
    slices = array.layout.col_slices() if back else array.layout.row_slices()
    slices = [slice(None)] if copies > 1 else slices
    planes, total, sensed = array.mapping.planes, 0.0, 0
    groups = [[p] for p in range(len(planes))]
    if not back:
        numbers = [p.amplifier for p in planes]
        groups = [np.flatnonzero(np.equal(numbers, k)) for k in sorted(set(numbers))]
    for part in slices:
        v = np.zeros_like(scaled)
        v[..., part] = scaled[..., part]
        lines = v[..., part].shape[-1]
        full = blocks.element.span * 0.2 * (high - low) * np.sqrt(lines)
        each = array.reads.currents(v, forward=not back, rng=rng)
        for group in groups:
            largest = max(planes[p].significance for p in group)
            i = sum(planes[p].significance / largest * each[p] for p in group) / full
            i = np.clip(0.95 * i + 0.02, -0.3, 0.3)
            total = total + largest * full * np.clip(np.rint(i / 0.3 * 31), -31, 31) * 0.3 / 31
            sensed += i.size
    unit = array.scale * 0.2 / np.abs(x).max(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(got, total / unit, rtol=1e-9, atol=1e-9 * np.abs(got).max())
    counts = state.activity
    assert counts.total("adc") == counts.total("sense") == sensed
    assert counts.total("cycles") == 2 * (len(planes) if back else 1)


@pytest.mark.parametrize("name", ["references", "offset slices"])
def test_conductances_and_faults_are_those_of_every_bit_line(name):
    """Cells of a weight stand side by side; a reference word line crosses those that have one."""
    mapping = MAPPINGS[name]
    cells, beside = len(mapping.signs), [p.reference for p in mapping.planes for _ in p.signs]
    shape = (ROWS + 1, COLS * cells + 1)
    stuck = np.zeros(shape, int)
    first = beside.index(True)  # bit line that crosses the reference word line
    stuck[2, cells + 1], stuck[-1, first] = 1, -1
    tile = Tile(device=Memristor(), mapping=mapping, faults=FaultMap({"part": stuck}))
    state = tile.program(np.zeros((ROWS, COLS)), rng=np.random.default_rng(1), name="part")
    g = state.conductances["part"]
    assert g.shape == shape
    low, _, high = tile.device.window
    assert (g[2, cells + 1], g[-1, first]) == pytest.approx((high, low))
    assert state.array.cells[1].g[2, 1] == pytest.approx(high)
    np.testing.assert_array_equal(g[-1] > 0, [*beside * COLS, False])
    other = np.where(g > 0, np.random.default_rng(2).uniform(low, high, shape), 0.0)
    state.load({"part": other})
    np.testing.assert_allclose(state.conductances["part"], other, rtol=1e-6)
