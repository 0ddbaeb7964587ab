"""What the blocks around an array make of signals equals its plain NumPy twin."""

from __future__ import annotations

import numpy as np
import pytest
import twins

from crossbar.kernels import reads, signals
from crossbar.kernels import settings as places
from crossbar.kernels.conversion import unused

DTYPES = [np.float32, np.float64]
every_type = pytest.mark.parametrize("dtype", DTYPES)
SHAPES = [(1, 1), (1, 2), (3, 1), (2, 3), (5, 17), (3, 4096)]
KEY = twins.halves(twins.KEY)


def numbers(*shape: int, dtype=np.float64, seed: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def settings(dtype, **values: float) -> np.ndarray:
    out = np.zeros(places.SETTINGS, dtype)
    out[[places.IN_GAIN, places.OUT_GAIN]] = 1.0
    out[[places.IN_LIMIT, places.OUT_LIMIT]] = np.inf
    for name, value in values.items():
        out[getattr(places, name)] = value
    return out


def noise(n: int, key) -> np.ndarray:
    """Normals of a chunk of one key after the other."""
    sizes = [min(twins.CHUNK, n - start) for start in range(0, n, twins.CHUNK)]
    return np.concatenate([twins.normals(m, twins.derived(key, k)) for k, m in enumerate(sizes)])


def quantised(y, step, top):
    """Mid-tread: the nearest whole number of steps, zero among them, within +-top."""
    whole = np.rint(y * (y.dtype.type(1) / y.dtype.type(step)))
    return np.clip(whole, -top, top) * y.dtype.type(step), np.count_nonzero(np.abs(whole) > top)


def amplified(y, gain, offset, sigma, limit, key):
    z = noise(y.size, key) if sigma else np.zeros(y.size)
    out = np.clip(gain * y.astype(float) + offset + sigma * z, -limit, limit)
    return out, np.count_nonzero(np.abs(out) >= limit)


@every_type
@pytest.mark.parametrize("shape", SHAPES)
def test_normalised_samples_have_their_peak_at_full_scale_and_equal_their_twin(dtype, shape):
    """To the rounding of one inverse and of one product."""
    x, full = numbers(*shape, dtype=dtype), 0.2
    out, gain = np.empty_like(x), np.empty(len(x))
    signals.normalise(x, dtype(full), out, gain)
    peak = np.abs(x).max(axis=1, keepdims=True)
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(out, x / peak * dtype(full), rtol=2 * eps)
    np.testing.assert_allclose(np.abs(out).max(axis=1), dtype(full), rtol=2 * eps)
    np.testing.assert_allclose(gain, dtype(full) / peak[:, 0].astype(float), rtol=1e-15)


@every_type
def test_zero_stays_zero_and_its_gain_is_finite(dtype):
    x, out, gain = np.zeros((2, 3), dtype), np.empty((2, 3), dtype), np.empty(2)
    signals.normalise(x, dtype(0.2), out, gain)
    np.testing.assert_array_equal(out, 0)
    np.testing.assert_allclose(gain, 0.2, rtol=1e-7)


@every_type
@pytest.mark.parametrize("peak", [1e-44, 1e-42, 1e-38, 1e-30, 1e30, 3e38])
def test_peaks_of_any_size_are_normalised(dtype, peak):
    """Ratios of subnormal numbers are those of the few digits that they have."""
    x = (np.array([[1.0, -0.5, 0.25]]) * peak).astype(dtype)
    out, gain = np.empty_like(x), np.empty(1)
    signals.normalise(x, dtype(0.2), out, gain)
    want = 0.2 * x.astype(float) / np.abs(x.astype(float)).max()
    np.testing.assert_allclose(out, want, rtol=1e-6)
    np.testing.assert_allclose(gain, dtype(0.2) / np.float64(x[0, 0]), rtol=1e-7)


@every_type
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_peak_is_the_largest_magnitude_and_no_number_if_one_is_none(dtype, bad):
    x = numbers(1000, dtype=dtype)
    assert signals.peak(x) == np.abs(x).max()
    for at in (0, 500, 999):
        y = x.copy()
        y[at] = bad
        assert np.isnan(signals.peak(y))


@every_type
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize("top", [1, 7, 127])
def test_quantised_signals_equal_their_twin_bit_for_bit(dtype, size, top):
    y = numbers(size, dtype=dtype)
    y[0] = 3.0
    step = dtype(1.0) / dtype(top)
    want, cut = quantised(y, step, top)
    assert signals.quantise(y, step, dtype(top)) == cut > 0
    np.testing.assert_array_equal(y, want)


@every_type
def test_only_codes_that_leave_the_scale_are_cut(dtype):
    """A signal up to half a step above full scale rounds to the last code."""
    y = np.array([1.0, 1.04, 1.06, -1.04, -1.06, 0.0], dtype)
    assert signals.quantise(y, dtype(0.1), dtype(10)) == 2
    np.testing.assert_allclose(y, [1, 1, 1, -1, -1, 0], rtol=1e-6)


@every_type
@pytest.mark.parametrize("size", [1, 3, 2048, 5000])
@pytest.mark.parametrize(
    ("gain", "offset", "sigma", "limit"),
    [(1.1, 0.0, 0.0, np.inf), (1.0, 0.3, 0.0, 1.0), (0.9, -0.1, 0.2, 1.5), (1.0, 0.0, 0.2, np.inf)],
)
def test_amplified_signals_equal_their_twin(dtype, size, gain, offset, sigma, limit):
    """Noise is in single precision, good to 3e-5 of its spread."""
    y = numbers(size, dtype=dtype)
    want, held = amplified(y, gain, offset, sigma, limit, KEY)
    args = (dtype(a) for a in (gain, offset, sigma, limit))
    assert signals.amplify(y, *args, KEY[0][0], KEY[1][0]) == held
    np.testing.assert_allclose(y, want, rtol=1e-6, atol=5e-5 * sigma + 1e-6)


@every_type
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("copies", [1, 2, 3])
def test_live_lines_squares_and_power_equal_their_twin(dtype, shape, copies):
    v = numbers(*shape, dtype=dtype)
    v[np.abs(v) < 0.5] = 0.0
    hanging = np.abs(numbers(copies, shape[1], dtype=dtype, seed=3))
    square = np.empty(len(v), dtype)
    live, power = signals.drawn(v, hanging, square)
    wide = v.astype(float)
    assert live == np.count_nonzero(v)
    np.testing.assert_allclose(square, (wide**2).sum(axis=1), rtol=1e-6)
    load = hanging[np.arange(len(v)) % copies].astype(float)
    np.testing.assert_allclose(power, (wide**2 * load).sum(), rtol=1e-6)


@every_type
@pytest.mark.parametrize(("per_sample", "given"), [(1, 1), (4, 3), (6, 6), (6, 4)])
def test_rows_of_every_sample_are_dealt_out_and_the_rest_is_at_0_volts(dtype, per_sample, given):
    v = numbers(3 * given, 5, dtype=dtype)
    out = np.full((3 * per_sample, 5), np.nan, dtype)
    signals.deal(v, out, per_sample, given)
    want = np.zeros((3, per_sample, 5))
    want[:, :given] = v.reshape(3, given, 5)
    np.testing.assert_array_equal(out, want.reshape(-1, 5))


@every_type
@pytest.mark.parametrize("times", [1, 2, -4])
def test_reference_currents_are_subtracted_from_the_lines_that_they_serve(dtype, times):
    i, common, edges = numbers(6, 7, dtype=dtype), numbers(6, 3, dtype=dtype), [0, 3, 6, 7]
    want = i - times * np.repeat(common, np.diff(edges), axis=1)
    signals.subtract(i, common, np.array(edges), dtype(times))
    np.testing.assert_array_equal(i, want)


@every_type
@pytest.mark.parametrize("factor", [1, 4, 0.25])
def test_currents_of_arrays_and_planes_add_up(dtype, factor):
    i, total = numbers(6, 7, dtype=dtype), numbers(6, 7, dtype=dtype, seed=4)
    want = total + dtype(factor) * i
    signals.add(i, dtype(factor), total)
    np.testing.assert_array_equal(total, want)


@every_type
@pytest.mark.parametrize(("n", "positions", "per_sample", "lines"), [(1, 1, 1, 1), (3, 5, 6, 7)])
def test_numbers_are_currents_times_the_unit_of_their_sample(
    dtype, n, positions, per_sample, lines
):
    i, unit = numbers(n * per_sample, lines, dtype=dtype), numbers(n, dtype=dtype, seed=5)
    out = np.empty((n, positions, lines), dtype)
    signals.to_numbers(i, per_sample, unit, out)
    want = i.reshape(n, per_sample, lines)[:, :positions] * unit[:, None, None]
    np.testing.assert_array_equal(out, want)


@every_type
@pytest.mark.parametrize("bits", [0, 4, 8])
@pytest.mark.parametrize("errors", [{}, {"IN_GAIN": 1.1, "IN_OFFSET": 0.05, "IN_NOISE": 0.1},
                                    {"IN_LIMIT": 0.5}])  # fmt: skip
@pytest.mark.parametrize(("positions", "per_sample"), [(1, 1), (5, 6)])
def test_driven_lines_equal_their_twin(dtype, bits, errors, positions, per_sample):
    """Normaliser, its errors, DAC, in that order; with errors a code may fall to a neighbour."""
    top = 2 ** (bits - 1) - 1 if bits else 0
    full, scale = 0.2, 3e-5
    held = settings(dtype, FULL=full, SCALE=scale, DAC_TOP=top, **errors)
    x = numbers(4, positions, 9, dtype=dtype)
    v, unit = np.empty((4 * per_sample, 9), dtype), np.empty(4, dtype)
    cut = reads.drive(x, held, unused(dtype), 1, KEY[0][0], KEY[1][0], v, unit)
    peak = np.abs(x).max(axis=(1, 2), keepdims=True)
    want = (x / peak * dtype(full)).ravel()
    expected = 0
    if errors:
        one = (held[getattr(places, name)] for name in ("IN_GAIN", "IN_OFFSET", "IN_NOISE",
                                                        "IN_LIMIT"))  # fmt: skip
        gain, offset, sigma, limit = (float(a) for a in one)
        want, expected = amplified(want, gain, offset * full, sigma * full, limit * full, KEY)
    if bits:
        want, beyond = quantised(want.astype(dtype), dtype(full) / dtype(top), top)
        expected += beyond
    padded = np.zeros((4, per_sample, 9))
    padded[:, :positions] = want.reshape(4, positions, 9)
    np.testing.assert_allclose(v, padded.reshape(-1, 9), rtol=1e-5, atol=3e-6)
    np.testing.assert_allclose(unit, peak.ravel() / (full * scale), rtol=1e-6)
    assert cut == expected


@every_type
@pytest.mark.parametrize("bits", [0, 4, 8])
@pytest.mark.parametrize("errors", [{}, {"OUT_GAIN": 0.9, "OUT_OFFSET": 0.05, "OUT_NOISE": 0.01},
                                    {"OUT_LIMIT": 0.2}])  # fmt: skip
@pytest.mark.parametrize("cells", [1, 16, 1875])
def test_sensed_currents_equal_their_twin(dtype, bits, errors, cells):
    """Amplifiers, then ADCs, whose full scale grows with the root of the cells on a line."""
    top = 2 ** (bits - 1) - 1 if bits else 0
    one, reach = 4e-6, 0.5
    held = settings(dtype, OUT_FULL=one, ADC_TOP=top, ADC_REACH=reach, **errors)
    full = one * np.sqrt(cells)
    i = (0.3 * full * numbers(6, 5, dtype=dtype)).astype(dtype)
    want, expected = i.ravel().astype(float), 0
    if errors:
        names = ("OUT_GAIN", "OUT_OFFSET", "OUT_NOISE", "OUT_LIMIT")
        gain, offset, sigma, limit = (float(held[getattr(places, name)]) for name in names)
        want, expected = amplified(want, gain, offset * full, sigma * full, limit * full, KEY)
    if bits:
        want, beyond = quantised(want, reach * full / top, top)
        expected += beyond
    assert reads.sense(i, cells, held, unused(dtype), 0, 1, KEY[0][0], KEY[1][0]) == expected
    np.testing.assert_allclose(i.ravel(), want, rtol=1e-5, atol=3e-6 * full)
