"""Converters: error variance step^2 / 12, levels, saturation."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit.blocks import Blocks, SynapticElement
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.converters import SarAdc, SerialDac
from crossbar.devices import PRESETS
from crossbar.kernels import signals
from crossbar.nn import calibrate, leti_cnn
from crossbar.random import Streams
from crossbar.substrates.tile import Tile

QUIET = Reading(temperature=0.0)


def quantise(x: np.ndarray, full: float, bits: int) -> np.ndarray:
    top, y = SerialDac(bits=bits).top, x.copy()
    signals.quantise(y, full / top, top)
    return y


@pytest.mark.parametrize("bits", [2, 4, 8, 12])
@pytest.mark.parametrize("full", [1.0, 3e-6])
def test_error_of_a_busy_input_is_uniform_over_a_step(bits, full):
    """5 sigma of the mean and of the variance of 100 000 uniform errors (kurtosis 1.8)."""
    n, step = 100_000, full / (2 ** (bits - 1) - 1)
    x = np.random.default_rng(1).uniform(-full, full, n)
    error = quantise(x, full, bits) - x
    assert np.abs(error).max() <= step / 2 * (1 + 1e-9)
    assert abs(error.mean()) < 5 * step / np.sqrt(12 * n)
    assert abs(error.var() / (step**2 / 12) - 1) < 5 * np.sqrt(0.8 / n)


@pytest.mark.parametrize("bits", [2, 3, 8])
def test_levels_are_odd_in_number_and_symmetric_about_zero(bits):
    x = np.linspace(-2.0, 2.0, 40_001)
    y = quantise(x, 1.0, bits)
    levels = np.unique(y)
    assert len(levels) == 2**bits - 1
    np.testing.assert_allclose(levels, -levels[::-1], atol=0)
    assert levels[-1] == 1.0
    np.testing.assert_array_equal(y, -quantise(-x, 1.0, bits))
    np.testing.assert_array_equal(quantise(y, 1.0, bits), y)


def tile(**parts) -> Tile:
    device, dtype = PRESETS["ideal"].device, np.float64
    parts = {"mapping": DifferentialPair(w_max=1.0), "reading": QUIET} | parts
    return Tile(device=device, dtype=dtype, **parts)


def run(spec: Tile, x: np.ndarray, w: np.ndarray):
    state = spec.program(w, rng=np.random.default_rng(2))
    return state, state.matvec(x, rng=np.random.default_rng(3))


@pytest.mark.parametrize("size", [None, (20, 8)])
@pytest.mark.parametrize("bits", [6, 9])
def test_adc_adds_the_variance_of_its_step_once_an_array(size, bits):
    rng = np.random.default_rng(4)
    x, w = rng.uniform(-1, 1, (4000, 60)), rng.uniform(-1, 1, (60, 16))
    x[:, 0] = 1.0  # the normaliser then scales every sample by the read voltage alone
    state, y = run(tile(adc=SarAdc(bits=bits, reach=2.0), size=size), x, w)
    cells, arrays = (20, 3) if size else (60, 1)
    span = state.spec.blocks.element.span
    full = 2.0 * span * np.sqrt(cells) * 0.2 * 40e-6  # A
    step = full / (2 ** (bits - 1) - 1) / (0.2 * state.array.scale)
    error = y - x @ w
    # Errors of one column repeat no pattern: 64 000 of them, 5 sigma, as if independent.
    assert abs(error.var() / (arrays * step**2 / 12) - 1) < 5 * np.sqrt(2 / error.size)
    assert state.activity.total("adc") == arrays * y.size
    assert state.activity.total("overrange") == 0


@pytest.mark.parametrize("mapping", [Offset(w_max=1.0), DifferentialPair(w_max=1.0)])
def test_currents_beyond_the_reach_are_cut_and_counted(mapping):
    blocks = Blocks(element=SynapticElement(span=0.5))
    spec = tile(adc=SarAdc(bits=8, reach=0.2), mapping=mapping, blocks=blocks)
    x, w = np.array([[1.0] * 9, [0.1] + [0.0] * 8, [-1.0] * 9]), np.full((9, 2), 0.9)
    state, y = run(spec, x, w)
    top = 0.2 * 0.5 * np.sqrt(9) * 40e-6 / state.array.scale
    np.testing.assert_allclose(y[0], top, rtol=1e-12)
    np.testing.assert_allclose(y[2], -top, rtol=1e-12)
    cut = int(np.count_nonzero(np.abs(x @ w) / np.abs(x).max(axis=1, keepdims=True) > top))
    assert state.activity.total("overrange") == cut
    assert cut >= 4


def test_dac_quantises_the_input_on_the_scale_of_its_largest_value():
    rng = np.random.default_rng(5)
    x, w = rng.uniform(-3, 3, (7, 30)), np.eye(30)
    state, y = run(tile(dac=SerialDac(bits=4)), x, w)
    step = np.abs(x).max(axis=1, keepdims=True) / 7
    np.testing.assert_allclose(y, np.rint(x / step) * step, rtol=1e-9, atol=1e-12)
    assert state.activity.total("dac") == x.size


def test_many_bits_change_nothing():
    rng = np.random.default_rng(6)
    x, w = rng.uniform(-1, 1, (7, 30)), rng.uniform(-1, 1, (30, 5))
    y = run(tile(dac=SerialDac(bits=24), adc=SarAdc(bits=24, reach=10.0)), x, w)[1]
    np.testing.assert_allclose(y, x @ w, atol=1e-4)


@pytest.mark.parametrize("size", [None, (20, 8)])
def test_calibration_sets_full_scale_to_the_largest_line_current(size):
    rng = np.random.default_rng(7)
    x, w = rng.uniform(-1, 1, (50, 60)), rng.uniform(-1, 1, (60, 16))
    state, _ = run(tile(adc=SarAdc(bits=6), size=size), x, w)
    assert state.sensing.reach == (1.0, 1.0)
    before = state.activity.copy().counts
    assert state.calibrate(x, rng=rng) == pytest.approx(1.0, rel=1e-12)
    assert state.activity.counts == before  # no image was read on the chip
    volts = 0.2 * x / np.abs(x).max(axis=1, keepdims=True)
    rows = 20 if size else 60
    sums = [volts[:, k : k + rows] @ w[k : k + rows] for k in range(0, 60, rows)]
    largest = state.array.scale * np.abs(sums).max()
    full = np.sqrt(rows) * 0.2 * 40e-6  # of an amplifier of span 1
    assert state.sensing.reach[0] == pytest.approx(largest / full, rel=1e-9)
    cut = state.activity.total("overrange")
    y = state.matvec(x, rng=rng)
    step = largest / (2**5 - 1) / (0.2 * state.array.scale) * np.abs(x).max(axis=1, keepdims=True)
    assert (np.abs(y - x @ w) <= len(sums) * step / 2 * (1 + 1e-9)).all()
    assert state.activity.total("overrange") == cut  # not one more
    assert state.aged(10.0).sensing.reach == state.sensing.reach


def test_calibration_leaves_a_reach_that_was_given_and_says_how_much_is_used():
    rng = np.random.default_rng(8)
    x, w = rng.uniform(-1, 1, (50, 60)), rng.uniform(-1, 1, (60, 16))
    free, _ = run(tile(adc=SarAdc(bits=6)), x, w)
    free.calibrate(x, rng=rng)
    given, _ = run(tile(adc=SarAdc(bits=6, reach=0.7)), x, w)
    assert given.calibrate(x, rng=rng) == pytest.approx(free.sensing.reach[0] / 0.7, rel=1e-9)
    assert given.sensing.reach == (0.7, 0.7)


def small_chip(**adc):
    network = leti_cnn(input_shape=(10, 10), hidden=8, copies=3)
    spec = tile(adc=SarAdc(**adc), mapping=DifferentialPair(), size=(64, 64))
    x = np.random.default_rng(9).standard_normal((40, 10, 10))
    return network.build(spec, Streams(1)), x, np.arange(40) % 2


def test_calibration_of_a_chip_gives_every_layer_a_range_and_changes_nothing_else():
    chip, x, labels = small_chip(bits=8)
    before = {name: array.copy() for name, array in chip.arrays().items()}
    found = calibrate(chip, x, labels, rng=np.random.default_rng(0))
    assert found.keys() == chip.held.keys()
    assert all(r["used"] == 1.0 and r["calibrated"] and r["images"] == 40 for r in found.values())
    assert all(0.01 < r["reach"] < 0.7 for r in found.values())  # the amplifiers are made for more
    assert chip.activity.counts == {}
    for name, array in chip.arrays().items():
        np.testing.assert_array_equal(array, before[name])
    for name, held in chip.held.items():  # only layers behind another are read transposed
        assert (held.sensing.reach[1] == 1.0) == (name == "conv")
    again = calibrate(chip, x, labels, rng=np.random.default_rng(0))
    assert again == found  # converters play no part in it
    assert calibrate(leti_cnn().build(tile(mapping=DifferentialPair()), Streams(0)), x[:0],
                     rng=np.random.default_rng(0)) == {}  # fmt: skip


def test_a_calibrated_chip_answers_more_exactly_than_one_with_the_range_of_the_amplifiers():
    plain, x, _ = small_chip(bits=12)
    exact = plain.scores(x, rng=np.random.default_rng(0))
    errors = []
    for reach in (1.0, None):
        chip, *_ = small_chip(bits=5, reach=reach)
        calibrate(chip, x[:20], rng=np.random.default_rng(0))
        errors.append(float(np.std(chip.scores(x[20:], rng=np.random.default_rng(0)) - exact[20:])))
    assert errors[1] < 0.5 * errors[0]


def converted(x: np.ndarray, full: float, top: int) -> tuple[np.ndarray, int]:
    """Mid-tread levels of ``x`` within +-full, and how many codes leave the scale."""
    code = np.rint(x / (full / top))
    return np.clip(code, -top, top) * full / top, np.count_nonzero(np.abs(code) > top)


def sensed(v, g, spec: Tile, lengths) -> tuple[np.ndarray, int]:
    """Currents of parallel arrays of ``lengths`` driven lines, converted apart and added."""
    total, cut, start = 0.0, 0, 0
    for length in lengths:
        part = slice(start, start + length)
        full = spec.adc.reach * spec.blocks.element.span * np.sqrt(length) * 0.2 * 40e-6
        i, beyond = converted(v[..., part] @ g[part], full, spec.adc.top)
        total, cut, start = total + i, cut + beyond, start + length
    return total, cut


@pytest.mark.parametrize("mapping", [Offset(w_max=1.0), DifferentialPair(w_max=1.0)],
                         ids=["offset", "pair"])  # fmt: skip
@pytest.mark.parametrize("size", [None, (8, 3)])
@pytest.mark.parametrize("copies", [1, 2])
@pytest.mark.parametrize("shape", [(6,), (3, 5)])
def test_a_read_is_dac_product_and_adc_of_every_array_in_both_directions(
    mapping, size, copies, shape
):
    """Step by step in NumPy, code by code."""
    if size and copies > 1:
        size = (20, 20)
    spec = tile(dac=SerialDac(bits=5), adc=SarAdc(bits=6, reach=0.3), mapping=mapping, size=size)
    rng = np.random.default_rng(8)
    w = rng.uniform(-1, 1, (20, 7))
    state = spec.program(w, rng=rng, copies=copies)
    k, cut = state.array.scale, 0
    for back, matrix, name in ((False, w, "matvec"), (True, w.T, "rmatvec")):
        x = rng.standard_normal((*shape, len(matrix)))
        got = getattr(state, name)(x, rng=rng)
        peak = np.abs(x).max(axis=tuple(range(1, x.ndim)), keepdims=True)
        v, beyond = converted(0.2 * x / peak, 0.2, 15)
        lines = (3, 3, 1) if back else (8, 8, 4)
        i, more = sensed(v, matrix * k, spec, lines if size == (8, 3) else (len(matrix),))
        np.testing.assert_allclose(
            got, i * peak / (0.2 * k), atol=1e-12 * np.abs(got).max(), rtol=0
        )
        cut += beyond + more
    assert state.activity.total("overrange") == cut > 0
