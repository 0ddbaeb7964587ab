"""Reads of cells that are not ohmic: sums over every cell, the solver of wires, noise and energy.

Statistical bounds are 5.5 sigma of each estimate: some 100 of them give one false alarm in
200 000 runs of all.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from many_planes import Held

from crossbar.activity import Activity
from crossbar.circuit.array import Array
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import DifferentialPair, Mapping, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.planes import Plane
from crossbar.circuit.reading import CellNoise, Reading
from crossbar.circuit.slices import BitSlices, OffsetSlices
from crossbar.converters import SarAdc, SerialDac
from crossbar.devices import (
    PRESETS,
    Conduction,
    DiodeSelector,
    IdealCell,
    IVTable,
    Ohmic,
    Power,
    Sinh,
    TransistorSelector,
)
from crossbar.errors import ConfigError
from crossbar.substrates.tile import Tile
from crossbar.substrates.tile_state import TileState
from crossbar.wires import Wires

QUIET = Reading(temperature=0.0)
LAWS: dict[str, Conduction] = {
    "sinh": Sinh(v0=0.08),
    "power": Power(p=1.6),
    "table": IVTable(v=(0.1, 0.25), i=((1e-6, 4e-6), (2e-5, 6e-5))),
    "diode": DiodeSelector(i_sat=1e-7),
    "transistor": TransistorSelector(r_on=2e3, i_sat=2e-6),
}
MAPPINGS = [Offset(), DifferentialPair(), OneSidedPair()]
BESIDE = (Plane(signs=(1, 1), significance=2.0, reference=True), Plane(signs=(-1, 1)))
SEVERAL = [
    BitSlices(bits=2, slices=2),
    OffsetSlices(bits=3, slices=2),
    Held(w_max=4.0, planes=BESIDE),
]
ROWS, COLS = 9, 5
every_law = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
every_mapping = pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda m: type(m).__name__)


def cell(law: Conduction, **fields: float) -> IdealCell:
    return IdealCell(g_min=1e-6, g_max=40e-6, conduction=law, **fields)


def tile(law: Conduction, mapping: Mapping, *, copies: int = 1, **fields) -> TileState:
    fields = {"reading": QUIET, "dtype": np.float64} | fields
    spec = Tile(device=cell(law), mapping=mapping, **fields)
    weights = np.random.default_rng(1).normal(size=(ROWS, COLS))
    rng = np.random.default_rng(2)
    return spec.program(weights, rng=rng, copies=copies, activity=Activity())


def numbers(lines: int) -> np.ndarray:
    x = np.random.default_rng(3).normal(size=(2, 4, lines))
    x[1, 2] = 0.0
    return x


def directions(state: TileState) -> tuple:
    """Return inputs, read and whether it is transposed, both ways."""
    return (numbers(ROWS), state.matvec, False), (numbers(COLS), state.rmatvec, True)


def one(law: Conduction, g: float, v: float) -> float:
    """Return the current of one cell, by its closed form where it has one."""
    if isinstance(law, Sinh):
        return g * law.v0 * math.sinh(v / law.v0)
    if isinstance(law, Power):
        return g * math.copysign(abs(v) ** law.p, v) / law.v_ref ** (law.p - 1)
    return float(law.current(np.array([g]), np.array([v]))[0][0])


def summed(state: TileState, x: np.ndarray, *, back: bool = False) -> tuple[np.ndarray, float]:
    """Return the outputs, and the power drawn, cell by cell in plain Python."""
    array, law = state.array, state.spec.device.conduction
    layout, planes = array.layout, array.mapping.planes
    cells = sum(len(plane.signs) for plane in planes)
    out = np.zeros((*x.shape[:2], layout.rows if back else layout.cols))
    power = 0.0

    def currents(g: np.ndarray, wl: np.ndarray, bl: np.ndarray) -> np.ndarray:
        """Return the currents of all cells [A], and add what they draw."""
        nonlocal power
        i = np.array([[one(law, g[r, c], wl[r] - bl[c]) for c in range(len(bl))]
                      for r in range(len(wl))])  # fmt: skip
        power += float((i * (wl[:, None] - bl)).sum())
        return i

    for s, sample in enumerate(x):
        gain = QUIET.v_read / np.abs(sample).max()
        for p, vector in enumerate(sample * gain):
            for rows, cols, copy, g in array.physical():
                if layout.copies > 1 and copy != p % layout.copies:
                    continue
                height, width = rows.stop - rows.start, cols.stop - cols.start
                start, first = 0 if layout.copies > 1 else rows.start, 0
                wl, bl = np.zeros(len(g)), np.zeros(g.shape[1])
                wl[:height] = 0 if back else vector[start : start + height]
                lines = None if back else currents(g, wl, bl).sum(axis=0)
                for plane in planes:
                    own = slice(first, first + len(plane.signs))
                    first = own.stop
                    if back:
                        held = np.zeros((width, cells))
                        held[:, own] = np.outer(vector[cols], plane.signs)
                        bl[: width * cells] = held.ravel()
                        lines = -currents(g, wl, bl).sum(axis=1)
                        less = lines[-1] if plane.reference else 0
                        to, i = slice(start, start + height), lines[:height] - less
                    else:
                        each = lines[: width * cells].reshape(width, cells)[:, own]
                        to, i = cols, each @ plane.signs
                        i = i - plane.reference * sum(plane.signs) * lines[-1]
                    out[s, p, to] += plane.significance * i
        out[s] /= gain * array.scale
    return out, power


@every_law
@pytest.mark.parametrize("mapping", [*MAPPINGS, *SEVERAL], ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("size", [None, (4, 3)], ids=["one array", "several"])
def test_reads_are_sums_over_every_cell(law, mapping, size):
    state = tile(law, mapping, size=size)
    for x, read, back in (
        (numbers(ROWS), state.matvec, False),
        (numbers(COLS), state.rmatvec, True),
    ):
        before = state.activity.of("tile").copy()
        got = read(x, rng=np.random.default_rng(4))
        expected, power = summed(state, x, back=back)
        np.testing.assert_allclose(got, expected, atol=1e-9 * np.abs(expected).max())
        (energy,) = (n for n in state.activity.of("tile") - before if 0 < n < 1e-6)
        np.testing.assert_allclose(energy, power * QUIET.t_read, rtol=1e-9)


@every_law
@pytest.mark.parametrize("mapping", MAPPINGS[:2], ids=lambda m: type(m).__name__)
def test_copies_are_read_in_turn(law, mapping):
    state = tile(law, mapping, copies=3)
    for x, read, back in (
        (numbers(ROWS), state.matvec, False),
        (numbers(COLS), state.rmatvec, True),
    ):
        got = read(x, rng=np.random.default_rng(4))
        expected, _ = summed(state, x, back=back)
        np.testing.assert_allclose(got, expected, atol=1e-9 * np.abs(expected).max())


@every_law
def test_reads_are_those_of_the_solver_without_resistance(law):
    """Of one physical array, with its reference lines, as Newton's method finds them."""
    state = tile(law, Offset())
    ((_, _, _, g),) = state.array.physical()
    v = np.random.default_rng(5).uniform(-0.2, 0.2, (3, ROWS))
    ideal = Wires(r_wl=0.0, r_bl=0.0)
    solution = ideal.solve(g, np.pad(v, ((0, 0), (0, 1))), cell=law).currents
    got = state.array.currents(v[:, None], rng=np.random.default_rng(6))[:, 0]
    expected = solution[:, :-1] - solution[:, -1:]
    np.testing.assert_allclose(got, expected, atol=1e-9 * np.abs(expected).max())


@every_law
@pytest.mark.parametrize("mapping", [*MAPPINGS, SEVERAL[-1]], ids=lambda m: type(m).__name__)
def test_lines_with_resistance_are_those_of_the_solver(law, mapping):
    wires = Wires(r_wl=30.0, r_bl=50.0, r_driver=400.0, r_sense=170.0)
    state = tile(law, mapping, wires=wires, size=(5, 3))
    array, planes = state.array, mapping.planes
    owner = np.repeat(np.arange(len(planes)), [len(p.signs) for p in planes])
    v, d = (np.random.default_rng(5).uniform(-0.2, 0.2, (2, n)) for n in (ROWS, COLS))
    forward, back, power = np.zeros((2, COLS)), np.zeros((2, ROWS)), 0.0
    for rows, cols, _, g in array.physical():
        height, width = rows.stop - rows.start, cols.stop - cols.start
        driven = np.zeros((2, len(g)))
        driven[:, :height] = v[:, rows]
        solution = wires.solve(g, driven, cell=law)
        power += float(solution.power.sum())
        lines, still = solution.currents, np.zeros((2, len(g)))
        for k, plane in enumerate(planes):
            signs, s = np.where(owner == k, mapping.signs, 0), plane.significance
            forward[:, cols] += s * lines[:, : width * len(signs)].reshape(2, width, -1) @ signs
            held = np.zeros((2, g.shape[1]))
            held[:, : width * len(signs)] = (d[:, cols, None] * signs).reshape(2, -1)
            drawn = -wires.solve(g, still, v_bl=held, cell=law).drawn
            back[:, rows] += s * drawn[:, :height]
            if plane.reference:
                forward[:, cols] -= s * signs.sum() * lines[:, -1:]
                back[:, rows] -= s * drawn[:, -1:]
    rng = np.random.default_rng(6)
    for got, expected in (
        (array.currents(v[:, None], rng=rng)[:, 0], forward),
        (array.currents(d[:, None], forward=False, rng=rng)[:, 0], back),
    ):
        np.testing.assert_allclose(got, expected, atol=1e-9 * np.abs(expected).max())
    np.testing.assert_allclose(array.power(v[:, None]), power, rtol=1e-9)


@pytest.mark.parametrize("name", ["sinh", "transistor"])
def test_resistance_that_vanishes_leaves_ideal_lines(name):
    """The difference is of first order in the resistance."""
    x = numbers(ROWS)
    ideal = tile(LAWS[name], DifferentialPair()).matvec(x, rng=np.random.default_rng(4))
    gaps = []
    for r in (1.0, 0.1):
        state = tile(LAWS[name], DifferentialPair(), wires=Wires(r_wl=r, r_bl=r))
        got = state.matvec(x, rng=np.random.default_rng(4))
        gaps.append(np.abs(got - ideal).max() / np.abs(ideal).max())
    assert gaps[0] < 0.02
    np.testing.assert_allclose(gaps[0] / gaps[1], 10, rtol=0.05)


def test_a_linear_law_is_read_as_ohmic_cells_are():
    """Converters, planes and counts included, in both directions."""
    reads = []
    for law in (Ohmic(), Power(p=1.0)):
        state = tile(law, Offset(), size=(4, 3), adc=SarAdc(bits=6), dac=SerialDac(bits=5))
        out = [state.matvec(numbers(ROWS), rng=np.random.default_rng(4)),
               state.rmatvec(numbers(COLS), rng=np.random.default_rng(4))]  # fmt: skip
        reads.append((*out, state.activity.of("tile")))
    for ohmic, other in zip(*reads, strict=True):
        np.testing.assert_allclose(other, ohmic, rtol=1e-9, atol=1e-12)


def sampled(law: Conduction, n: int, *, back: bool = False, wires: Wires | None = None,
            **noise: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Return n reads, those of cells that are drawn one by one, and the voltages."""
    device = cell(law, **noise)
    layout = Layout(rows=4, cols=3)
    rng = np.random.default_rng(1)
    mapping = DifferentialPair(w_max=1.0)
    array = Array.fabricate(device, mapping, layout, QUIET, wires, rng=rng, dtype=np.float64)
    array.program(rng.uniform(-0.8, 0.8, (4, 3)), rng=rng)
    v = np.random.default_rng(3).uniform(-0.2, 0.2, (1, 1, 3 if back else 4))
    read = partial(array.currents, forward=not back)
    lines = read(np.repeat(v, n, axis=0), rng=rng)[:, 0]
    ((_, _, _, g),) = array.physical()
    sigma = np.hypot(noise.get("sigma_read", 0) * 39e-6, noise.get("sigma_read_value", 0) * g)
    volts = -np.outer(v[0, 0], (1, -1)).ravel() if back else v[0, 0][:, None]
    shown = np.empty((n, 4 if back else 3))
    for k in range(n):
        drawn = g + sigma * rng.standard_normal(g.shape)
        if wires is None:
            i = law.current(drawn, volts)[0]
            whole = -i.sum(axis=1) if back else i.sum(axis=0)
        elif back:
            whole = -wires.solve(drawn, np.zeros((1, 4)), v_bl=-volts[None], cell=law).drawn[0]
        else:
            whole = wires.solve(drawn, volts.T, cell=law).currents[0]
        shown[k] = whole if back else whole[::2] - whole[1::2]
    return lines, shown, v


NOISES = [{"sigma_read": 0.01}, {"sigma_read_value": 0.01}]


@every_law
@pytest.mark.parametrize("back", [False, True], ids=["forward", "back"])
@pytest.mark.parametrize("noise", NOISES, ids=["absolute", "relative"])
def test_noise_is_that_of_cells_drawn_one_by_one(law, back, noise):
    n = 3000
    lines, cells, _ = sampled(law, n, back=back, **noise)
    spread = lines.var(axis=0, ddof=1), cells.var(axis=0, ddof=1)
    # The log of a variance of n normal numbers has the standard deviation sqrt(2 / (n - 1)); a law
    # that is not a product is linear in the noise but for some 1 %.
    bound = 5.5 * math.sqrt(4 / (n - 1)) + 0.02
    assert (np.abs(np.log(spread[0] / spread[1])) < bound).all()
    error = np.abs(lines.mean(axis=0) - cells.mean(axis=0))
    assert (error < 5.5 * np.sqrt(spread[0] * 2 / n) + 1e-3 * np.abs(cells).max()).all()


@pytest.mark.parametrize("back", [False, True], ids=["forward", "back"])
def test_noise_on_lines_with_resistance_is_that_of_cells_drawn_one_by_one(back):
    """Couplings between lines are left out: some per cent at 1 % loss a line."""
    n = 300
    wires = Wires(r_wl=50.0, r_bl=50.0)
    lines, cells, _ = sampled(LAWS["sinh"], n, back=back, wires=wires, sigma_read=0.02)
    spread = lines.var(axis=0, ddof=1), cells.var(axis=0, ddof=1)
    bound = 5.5 * math.sqrt(4 / (n - 1)) + 0.05
    assert (np.abs(np.log(spread[0] / spread[1])) < bound).all()


def test_density_is_thermal_and_shot_noise_of_the_current():
    """At rest Nyquist's, at high voltage Schottky's, and for ohmic cells that of Reading."""
    k_b, e = 1.380649e-23, 1.602176634e-19
    for fano in (0.0, 0.3, 1.0):
        noise = CellNoise(0.0, 0.0, Reading(t_read=1e-9, temperature=300.0, fano=fano))
        g, v = np.array([3e-5]), np.array([0.0, 1e-3, 0.05, 0.4, -0.4])
        x = e * np.abs(v) / (2 * k_b * 300)
        with np.errstate(invalid="ignore", divide="ignore"):
            langevin = np.where(x > 0, 1 / np.tanh(x) - 1 / x, 0)
        ohmic = (4 * k_b * 300 * g + fano * 2 * e * np.abs(v) * langevin * g) / 2e-9
        np.testing.assert_allclose(noise.density(g * v, g, v), ohmic, rtol=1e-7)
        i, slope = Sinh(v0=0.1).current(g, np.array([0.0, 5.0]))
        got = noise.density(i, slope, np.array([0.0, 5.0]))
        schottky = (2 * e * fano * i[1] + (1 - fano) * 4 * k_b * 300 * slope[1]) / 2e-9
        np.testing.assert_allclose(got, [4 * k_b * 300 * g[0] / 2e-9, schottky], rtol=1e-9)
    cold = CellNoise(0.0, 0.0, Reading(t_read=1e-9, temperature=0.0, fano=0.5))
    np.testing.assert_allclose(cold.density(g * 0.1, g, np.array([0.1])), e * 0.5 * 3e-6 / 1e-9)


@pytest.mark.parametrize("name", ["sinh", "table", "diode", "transistor"])
def test_noise_near_rest_is_thermal_whatever_the_shot_noise(name):
    """Rounding of a current is not divided by the voltage of a cell that all but rests."""
    noise = CellNoise(0.0, 0.0, Reading(fano=0.7))
    size = np.concatenate([[0.0], np.geomspace(1e-45, 1e-9, 500)])
    v, g = np.concatenate([-size, size]), np.array([[1e-6], [4e-5]])
    i, slope = LAWS[name].current(g, v)
    np.testing.assert_allclose(noise.density(i, slope, v), noise.thermal * slope, rtol=1e-6)


@pytest.mark.parametrize("name", ["sinh", "transistor"])
def test_thermal_noise_reaches_the_lines(name):
    law, n = LAWS[name], 4000
    reading = Reading(t_read=1e-9, temperature=300.0, fano=0.4)
    array = Array.fabricate(
        cell(law), Offset(w_max=1.0), Layout(rows=4, cols=3), reading, None,
        rng=np.random.default_rng(1), dtype=np.float64,
    )  # fmt: skip
    array.program(np.random.default_rng(2).uniform(-1, 1, (4, 3)), rng=np.random.default_rng(1))
    v = np.array([0.2, -0.1, 0.0, 0.05])
    lines = array.currents(np.tile(v, (n, 1, 1)), rng=np.random.default_rng(3))[:, 0]
    ((_, _, _, g),) = array.physical()
    i, slope = law.current(g[:4], v[:, None])
    each = array.noise.density(i, slope, v[:, None]).sum(axis=0)
    expected = each[:-1] + each[-1]
    bound = 5.5 * math.sqrt(2 / (n - 1))
    assert (np.abs(np.log(lines.var(axis=0, ddof=1) / expected)) < bound).all()


@every_law
def test_pulses_draw_the_current_of_the_law(law):
    """v i(v) t of what the pulses met; a table that ends below the write voltage says v^2 g t."""
    device = replace(PRESETS["reram"].device, conduction=law)
    spec = Tile(device=device, mapping=DifferentialPair(), reading=QUIET)
    rng = np.random.default_rng(1)
    state = spec.program(rng.normal(size=(6, 4)), rng=rng, activity=Activity())
    met = []
    change = state.array.change
    state.array.change = lambda *a, **k: met.append(change(*a, **k)) or met[-1]
    state.update(rng.normal(size=(1, 6)), rng.normal(size=(1, 4)), 0.3, rng=rng)
    ((tally, _),) = met
    assert tally.pulses > 0
    v, t = device.write_pulse
    g = tally.conductance / tally.pulses
    current = v * g if isinstance(law, IVTable) else one(law, g, v)
    got = state.activity.total("write_energy")
    np.testing.assert_allclose(got, tally.pulses * v * current * t, rtol=1e-9)


def test_voltages_that_a_law_cannot_tell_are_refused():
    for law, v, field in (
        (LAWS["table"], 0.3, "at most 0.25 V, the last voltage of IVTable"),
        (Sinh(v0=1e-3), 2.0, "a voltage where currents of Sinh grow with the conductance"),
        (TransistorSelector(i_sat=1e-9), 0.2, "a voltage where currents of TransistorSelector"),
    ):
        with pytest.raises(ConfigError, match=rf"^Reading\.v_read: expected {field}.*\. Lower"):
            Tile(device=cell(law), mapping=Offset(), reading=Reading(v_read=v))
