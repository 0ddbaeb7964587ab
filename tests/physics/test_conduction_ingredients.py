"""Reads and programming of cells that are not ohmic with all ingredients at once, cell by cell.

Statistical bounds are 5.5 sigma of each estimate: some 40 of them give two false alarms in a
million runs.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from crossbar.activity import Activity
from crossbar.circuit.array import Array
from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import Blocks, Normaliser, SynapticElement
from crossbar.circuit.faultmap import FaultMap
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.converters import SarAdc, SerialDac, StringDac
from crossbar.devices import Conduction, Constant, IdealCell, IVTable, Memristor, Sinh, WriteVerify
from crossbar.errors import ConfigError
from crossbar.substrates.tile import Tile
from crossbar.substrates.writing import count_programming

K_B, E = 1.380649e-23, 1.602176634e-19
V0, LOW, HIGH = 0.08, 1e-6, 40e-6
SIGMA, SIGMA_VALUE = 0.02, 0.03
READING = Reading(v_read=0.2, t_read=1e-9, temperature=300.0, fano=0.4)
ENTER = Errors(gain_error=0.05, offset=-0.02, noise=0.01, saturation=1.02)
LEAVE = Errors(gain_error=-0.04, offset=0.01, noise=0.005, saturation=0.9)
STRING, SERIAL, ADC = StringDac(bits=5), SerialDac(bits=5), SarAdc(bits=6)
ROWS, COLS, N = 6, 3, 20_000
STUCK = {"tile-0": np.array([[1, 0, 0], [0, -1, 0], [0, 0, 0], [0, 0, 0]], np.int8)}


def erring(errors: Errors, y: np.ndarray, full: float, rng: np.random.Generator) -> np.ndarray:
    y = (1 + errors.gain_error) * y + full * (
        errors.offset + errors.noise * rng.normal(size=y.shape)
    )
    return np.clip(y, -errors.saturation * full, errors.saturation * full)


def coded(y: np.ndarray, full: float, top: float) -> np.ndarray:
    return np.clip(np.rint(y * top / full), -top, top) * full / top


def in_time(v: np.ndarray) -> list[tuple[float, np.ndarray]]:
    """Return weight and voltages of the steps that give ``v`` bit after bit, at one voltage."""
    codes = np.rint(np.abs(v) / READING.v_read * SERIAL.top).astype(int)
    return [
        (2**bit / SERIAL.top, READING.v_read * np.sign(v) * (codes >> bit & 1))
        for bit in range(SERIAL.bits - 1)
    ]


def cells(
    g: np.ndarray, steps: list[tuple[float, np.ndarray]], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return currents with noise (n, lines, lines) of cells, and their power, summed over steps.

    Each of ``steps`` is its weight and its voltages; conductances are those of one draw for all.
    """
    shown = g + np.hypot(SIGMA * (HIGH - LOW), SIGMA_VALUE * g) * rng.normal(size=(N, *g.shape))
    current, power = np.zeros(shown.shape), np.zeros(N)
    for weight, v in steps:
        mean, slope = g * V0 * np.sinh(v / V0), g * np.cosh(v / V0)
        x = np.where(v == 0, 1e-9, E * np.abs(v) / (2 * K_B * 300))
        shot = np.where(v == 0, 2 * K_B * 300 * g, E * np.abs(mean) / np.tanh(x))  # e |i| coth
        density = 2 * 0.4 * shot + 0.6 * 4 * K_B * 300 * slope
        noise = np.sqrt(density / 2e-9) * rng.normal(size=shown.shape)
        current += weight * (shown * V0 * np.sinh(v / V0) + noise)
        power += (mean * v).sum(axis=(1, 2))
    return current, power


def simulated(state, x: np.ndarray, rng: np.random.Generator, *, back: bool) -> tuple:
    """Return outputs (N, lines) of N reads of ``x``, and the energy of each [J]."""
    dac, gain = state.spec.dac, READING.v_read / np.abs(x).max()
    v = coded(
        erring(ENTER, np.tile(gain * x, (N, 1)), READING.v_read, rng), READING.v_read, dac.top
    )
    factor = V0 * math.sinh(READING.v_read / V0)  # of a conductance, to its current
    steps, seen = [(1.0, v)], 1.0
    if dac is SERIAL:  # at the one voltage the law is a gain, which the digital part divides by
        steps, seen = in_time(v), factor / READING.v_read
    span = state.spec.blocks.element.span * factor * (HIGH - LOW)
    out, power = np.zeros((N, ROWS if back else COLS)), np.zeros(N)
    for rows, cols, _, g in state.array.physical():
        height, width = rows.stop - rows.start, cols.stop - cols.start
        if back:
            i, drawn = cells(g[:, :width], [(w, u[:, None, cols]) for w, u in steps], rng)
            lines, to = i.sum(axis=2), rows
            own, full = lines[:, :height] - lines[:, height:], span * math.sqrt(width)
        else:
            i, drawn = cells(g[:height], [(w, u[:, rows, None]) for w, u in steps], rng)
            lines, to = i.sum(axis=1), cols
            own, full = lines[:, :width] - lines[:, width:], span * math.sqrt(height)
        out[:, to] += coded(erring(LEAVE, own, full, rng), full, ADC.top)
        power += drawn
    return out / (gain * seen * state.array.scale), power * READING.t_read


@pytest.mark.parametrize("dac", [STRING, SERIAL], ids=["voltages", "in time"])
@pytest.mark.parametrize("back", [False, True], ids=["forward", "transposed"])
def test_reads_with_every_ingredient_are_those_of_a_simulation_of_all_cells(back, dac):
    """Several arrays, stuck cells, blocks, converters, and every noise; outputs and energy."""
    device = IdealCell(
        g_min=LOW, g_max=HIGH, sigma_read=SIGMA, sigma_read_value=SIGMA_VALUE,
        conduction=Sinh(v0=V0),
    )  # fmt: skip
    blocks = Blocks(normaliser=Normaliser(errors=ENTER), element=SynapticElement(errors=LEAVE))
    tile = Tile(
        device=device, mapping=Offset(), reading=READING, size=(4, 3), dac=dac, adc=ADC,
        blocks=blocks, faults=FaultMap(STUCK), dtype=np.float64,
    )  # fmt: skip
    w = np.random.default_rng(1).normal(size=(ROWS, COLS))
    state = tile.program(w, rng=np.random.default_rng(2), activity=Activity())
    (_, _, _, g), _ = state.array.physical()
    np.testing.assert_allclose((g[0, 0], g[1, 1]), (HIGH, LOW), rtol=1e-12)
    x = np.random.default_rng(3).normal(size=COLS if back else ROWS)
    before = state.activity.of("tile").copy()
    read = state.rmatvec if back else state.matvec
    got = read(np.tile(x, (N, 1)), rng=np.random.default_rng(4))
    expected, energy = simulated(state, x, np.random.default_rng(5), back=back)
    sigma = expected.std(axis=0)
    assert (np.abs(got.mean(axis=0) - expected.mean(axis=0)) < 5.5 * sigma * math.sqrt(2 / N)).all()
    # Codes are nearly normal: the log of a variance has the deviation sqrt(2 / N), twice.
    assert (np.abs(np.log(got.var(axis=0) / expected.var(axis=0))) < 5.5 * 2 / math.sqrt(N)).all()
    (spent,) = (n for n in state.activity.of("tile") - before if 0 < n < 1e-6)
    assert abs(spent - energy.sum()) < 5.5 * math.sqrt(2 * N) * energy.std()


def verified(law: Conduction) -> Memristor:
    return Memristor(g_min=LOW, g_max=HIGH, step=Constant(dw_min=0.01), conduction=law,
                     programming=WriteVerify(tries=3))  # fmt: skip


@pytest.mark.parametrize("law", [Sinh(v0=0.3), IVTable(v=(0.1, 0.25), i=((1e-6, 4e-6),))])
def test_programming_draws_the_current_of_the_law(law):
    """Pulses v i(v) t, beyond the table v^2 g t, and the reads that verify."""
    device, rng = verified(law), np.random.default_rng(1)
    array = Array.fabricate(
        device, DifferentialPair(w_max=1.0), Layout(rows=6, cols=4), READING, None,
        rng=rng, dtype=np.float64,
    )  # fmt: skip
    tally = array.program(rng.uniform(-0.8, 0.8, (6, 4)), rng=rng)
    activity = Activity()
    count_programming(activity.of("tile"), device, tally)
    v, t = device.write_pulse
    assert tally.pulses > 0
    factor = v if isinstance(law, IVTable) else law.v0 * math.sinh(v / law.v0)
    expected = tally.conductance * v * factor * t + tally.read_energy
    np.testing.assert_allclose(activity.total("program_energy"), expected, rtol=1e-9)


def test_a_read_that_verifies_beyond_the_law_is_refused():
    device = verified(IVTable(v=(0.1, 0.15), i=((1e-6, 2e-6),)))
    expected = r"^WriteVerify\.v_read: expected at most 0\.15 V, .*got 0\.2 V\. Lower"
    with pytest.raises(ConfigError, match=expected):
        Tile(device=device, mapping=DifferentialPair(), reading=Reading(v_read=0.1))
