"""Reads through converters that are no uniform quantisers, and the noise of converters."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.converters import (
    FlashAdc,
    LogarithmicAdc,
    MeasuredAdc,
    RampAdc,
    SarAdc,
    SerialDac,
    StringDac,
    uniform,
)
from crossbar.devices import PRESETS
from crossbar.nn import Convolution, Flatten, Network
from crossbar.random import Streams
from crossbar.substrates.tile import Tile

QUIET = Reading(temperature=0.0)
SPAN = 0.2 * 40e-6  # A, full scale of the amplifier of a line with one cell
TABLES = {
    "drawn": (StringDac(bits=5, resistor_d2d=0.1), FlashAdc(bits=5, offset_d2d=0.7, reach=0.3)),
    "shared": (SerialDac(bits=6), LogarithmicAdc(bits=5, reach=0.2)),
    "measured": (None, MeasuredAdc(thresholds=(-0.6, -0.1, 0.2, 0.7), reach=0.3)),
}


def tile(**parts) -> Tile:
    parts = {"mapping": DifferentialPair(w_max=1.0), "reading": QUIET} | parts
    return Tile(device=PRESETS["ideal"].device, dtype=np.float64, **parts)


def converted(y, full, table):
    """Levels and number of cuts of signals (..., lines); ``table`` (lines or 1, 2 codes - 1)."""
    codes = (table.shape[1] + 1) // 2
    thresholds, levels = table[:, : codes - 1], table[:, codes - 1 :]
    share = y / full
    code = (share[..., None] >= thresholds).sum(axis=-1)
    low, high = 1.5 * levels[:, 0] - 0.5 * levels[:, 1], 1.5 * levels[:, -1] - 0.5 * levels[:, -2]
    line = np.broadcast_to(np.arange(len(table)) if len(table) > 1 else 0, y.shape)
    return levels[line, code] * full, np.count_nonzero((share < low) | (share > high))


def steps(converter, table, lines):
    """The table of the oracle; that of a uniform converter by its definition."""
    if converter is None:
        return None
    if converter.top:
        return uniform(converter.bits).of_lines("test", lines)
    return table


def by_hand(x, matrix, spec, tables, lengths, copies):
    """One read, step by step: outputs in units of the largest number, and cuts."""
    dac, adc = tables
    peak = np.abs(x).max(axis=tuple(range(1, x.ndim)), keepdims=True)
    v, cut = 0.2 * x / peak, 0
    wide = v.reshape(len(x), -1, x.shape[-1])
    total = np.zeros((*wide.shape[:2], matrix.shape[1]))
    for p in range(wide.shape[1]):
        copy, start = p % copies, 0
        volts = wide[:, p]
        if dac is not None:
            own = dac if len(dac) == 1 else dac.reshape(copies, len(matrix), -1)[copy]
            volts, beyond = converted(volts, 0.2, own)
            cut += beyond
        for part, length in enumerate(lengths):
            rows = slice(start, start + length)
            full = spec.adc.reach * SPAN * math.sqrt(length)
            turn = copy if copies > 1 else part
            own = adc if len(adc) == 1 else adc.reshape(-1, matrix.shape[1], adc.shape[1])[turn]
            i, beyond = converted(volts[:, rows] @ matrix[rows], full, own)
            total[:, p] += i
            cut, start = cut + beyond, start + length
    return total.reshape(*x.shape[:-1], -1) * peak / 0.2, cut


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("mapping", [Offset(w_max=1.0), DifferentialPair(w_max=1.0)],
                         ids=["offset", "pair"])  # fmt: skip
@pytest.mark.parametrize(("size", "copies"), [(None, 1), ((8, 3), 1), (None, 2)])
@pytest.mark.parametrize("shape", [(6,), (3, 5)])
def test_a_read_looks_every_line_up_in_its_own_table(kind, mapping, size, copies, shape):
    """Both directions, arrays sensed apart, copies in turn, code by code against NumPy."""
    dac, adc = TABLES[kind]
    spec = tile(dac=dac, adc=adc, mapping=mapping, size=size)
    rng = np.random.default_rng(8)
    w = rng.uniform(-1, 1, (20, 7))
    state = spec.program(w, rng=rng, copies=copies)
    made, k, cuts = state.transfers, state.array.scale, 0
    for back, matrix in ((False, w), (True, w.T)):
        x = rng.standard_normal((*shape, len(matrix)))
        got = (state.rmatvec if back else state.matvec)(x, rng=rng)
        given = (made.dac_back, made.adc_back) if back else (made.dac, made.adc)
        tables = steps(dac, given[0], len(matrix)), steps(adc, given[1], 1)
        lengths = ((3, 3, 1) if back else (8, 8, 4)) if size else (len(matrix),)
        expected, cut = by_hand(x, matrix * k, spec, tables, lengths, copies)
        np.testing.assert_allclose(got, expected / k, atol=1e-12 * np.abs(got).max(), rtol=0)
        cuts += cut
    assert state.activity.total("overrange") == cuts > 0


def test_lines_differ_where_their_converters_do_and_one_seed_gives_the_same_chip():
    spec = tile(dac=TABLES["drawn"][0], adc=TABLES["drawn"][1])
    w = np.full((20, 7), 0.1)
    made = [spec.program(w, rng=np.random.default_rng(1)) for _ in range(2)]
    for name in ("dac", "adc", "dac_back", "adc_back"):
        one, other = (getattr(state.transfers, name) for state in made)
        np.testing.assert_array_equal(one, other)
        assert len(np.unique(one, axis=0)) == len(one) == {"c": 7, "d": 20}["d" if name in (
            "dac", "adc_back") else "c"]  # fmt: skip
    x, rng = np.ones((1, 20)), np.random.default_rng
    once = made[0].matvec(x, rng=rng(2))
    np.testing.assert_array_equal(made[0].aged(10.0).matvec(x, rng=rng(2)), once)
    np.testing.assert_array_equal(made[0].copy().matvec(x, rng=rng(2)), once)


def test_converters_draw_nothing_that_moves_the_cells():
    w = np.random.default_rng(0).uniform(-1, 1, (9, 4))
    plain = PRESETS["reram"].device
    cells = [
        Tile(device=plain, mapping=Offset(), adc=adc).program(w, rng=np.random.default_rng(3))
        for adc in (None, SarAdc(), FlashAdc(offset_d2d=0.5))
    ]
    for state in cells[1:]:
        np.testing.assert_array_equal(state.weights, cells[0].weights)


def test_calibration_sets_the_full_scale_of_a_table():
    rng = np.random.default_rng(7)
    x, w = rng.uniform(-1, 1, (50, 60)), rng.uniform(-1, 1, (60, 16))
    table = tile(adc=LogarithmicAdc()).program(w, rng=np.random.default_rng(2))
    usual = tile(adc=SarAdc()).program(w, rng=np.random.default_rng(2))
    assert table.calibrate(x, rng=rng) == usual.calibrate(x, rng=rng) == pytest.approx(1.0)
    assert table.sensing.reach == usual.sensing.reach != (1.0, 1.0)
    y = table.matvec(x, rng=rng)
    assert table.activity.total("overrange") == 0
    exact, peak = x @ w, np.abs(x).max(axis=1, keepdims=True)
    large = np.abs(exact / peak) > 0.011 * np.abs(exact / peak).max()
    ratio = 0.01 ** (-1 / 30)  # of neighbouring levels
    assert np.abs(np.log(y[large] / exact[large])).max() <= 0.5 * math.log(ratio) * (1 + 1e-9)


@pytest.mark.parametrize("adc", [SarAdc(bits=20, noise=0.01, reach=2.0),
                                 MeasuredAdc(thresholds=tuple(uniform(12).thresholds), noise=0.01,
                                             reach=2.0)], ids=["steps", "table"])  # fmt: skip
def test_noise_of_an_adc_is_that_of_its_full_scale(adc):
    """Standard deviation of 60 000 draws within 5.5 standard errors: false alarms below 4e-8."""
    spec, w = tile(adc=adc), np.full((9, 20), 0.1)
    state = spec.program(w, rng=np.random.default_rng(1))
    y = state.matvec(np.ones((3000, 9)), rng=np.random.default_rng(2))
    sigma = 0.01 * 2.0 * SPAN * 3 / (0.2 * state.array.scale)
    assert abs((y - 0.9).std() / sigma - 1) < 5.5 / math.sqrt(2 * y.size) + 1e-3  # steps of 12 bits
    assert abs(np.corrcoef(y[:, 0], y[:, 1])[0, 1]) < 5.5 / math.sqrt(len(y))


def test_noise_of_a_dac_is_that_of_the_read_voltage():
    """Standard deviation of 60 000 draws within 5.5 standard errors: false alarms below 4e-8."""
    spec = tile(dac=SerialDac(bits=20, noise=0.01))
    state = spec.program(np.eye(20), rng=np.random.default_rng(1))
    x = np.ones((3000, 20))
    y = state.matvec(x, rng=np.random.default_rng(2))
    assert abs((y - x).std() / 0.01 - 1) < 5.5 / math.sqrt(2 * y.size) + 1e-5


def test_windows_are_laid_out_as_positions():
    rng = np.random.default_rng(5)
    w, x = rng.uniform(-1, 1, (9, 3)), rng.standard_normal((4, 6, 6))
    state = tile(adc=FlashAdc(bits=4, offset_d2d=0.5, reach=0.4)).program(w, rng=rng)
    assert state.sliding is None  # windows that are slid over know uniform quantisers alone
    assert tile(adc=SarAdc(bits=4)).program(w, rng=rng).sliding is not None
    network = Network(input_shape=(6, 6), layers={"conv": Convolution(kernel=3), "out": Flatten()})
    chip = network.build(state.spec, Streams(1), weights={"conv": w})
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2)).reshape(4, 16, 9)
    expected = chip.held["conv"].matvec(windows, rng=rng)
    got = chip.scores(x, rng=rng).reshape(4, 16, 3)
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12)


def test_a_ramp_gives_the_bits_of_a_successive_approximation():
    rng = np.random.default_rng(7)
    x, w = rng.uniform(-1, 1, (20, 30)), rng.uniform(-1, 1, (30, 5))
    one, other = (tile(adc=adc).program(w, rng=np.random.default_rng(2)).matvec(
        x, rng=np.random.default_rng(3)) for adc in (SarAdc(bits=6), RampAdc(bits=6)))  # fmt: skip
    np.testing.assert_array_equal(one, other)
