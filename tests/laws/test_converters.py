"""What every converter obeys: rising codes, the error of its own thresholds, costs with sources."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crossbar.converters import (
    ADCS,
    DACS,
    FlashAdc,
    LogarithmicAdc,
    MeasuredAdc,
    StringDac,
    nearest,
    uniform,
)
from crossbar.errors import ConfigError, CrossbarError
from crossbar.kernels import conversion, signals
from crossbar.sources import KINDS

LINES, N = 5, 20_000
DEFAULTS = [kinds.resolve(name, "kind")() for kinds in (ADCS, DACS) for name in kinds.names]
SPREAD = [
    FlashAdc(bits=5, offset_d2d=0.5),
    LogarithmicAdc(bits=4, smallest=0.05),
    MeasuredAdc(thresholds=(-0.8, -0.1, 0.15, 0.9), levels=(-0.9, -0.5, 0.0, 0.5, 1.0)),
    StringDac(bits=5, resistor_d2d=0.05),
]
EVERY = pytest.mark.parametrize("converter", [*DEFAULTS, *SPREAD], ids=repr)


def table(converter):
    """Thresholds and levels of every line, as fabricated."""
    made = converter.fabricate(LINES, rng=np.random.default_rng(3))
    whole = made.of_lines("test", LINES)
    codes = made.codes
    return np.broadcast_to(whole, (LINES, whole.shape[1])), codes


def ends(levels):
    """The range of one line: half a step beyond its levels."""
    return 1.5 * levels[0] - 0.5 * levels[1], 1.5 * levels[-1] - 0.5 * levels[-2]


@EVERY
def test_codes_rise_with_the_signal_and_each_is_met(converter):
    whole, codes = table(converter)
    for line in whole:
        thresholds, levels = line[: codes - 1], line[codes - 1 :]
        low, high = ends(levels)
        x = np.sort(np.concatenate([thresholds, np.linspace(low, high, 4001)]))
        y = x.copy()[:, None]
        cut = conversion.tabulate(y, 1.0, line[None], 0, 1, 1)
        assert cut == np.count_nonzero((x < low) | (x > high))
        assert (np.diff(y[:, 0]) >= 0).all()
        here = (np.diff(thresholds, prepend=-np.inf) > 0).nonzero()[0]  # no two comparators alike
        assert set(levels[here]) <= set(y[:, 0])


@EVERY
def test_error_is_that_of_the_thresholds(converter):
    """Mean square of n errors within 5.5 standard errors of the integral: false alarms below 4e-8.

    The integral of (x - level)^2 over every code, by hand: ((b - l)^3 - (a - l)^3) / 3.
    """
    whole, codes = table(converter)
    rng = np.random.default_rng(4)
    for k, line in enumerate(whole):
        thresholds, levels = line[: codes - 1], line[codes - 1 :]
        low, high = ends(levels)
        edges = np.concatenate([[low], np.clip(thresholds, low, high), [high]])
        cubes = (edges[1:] - levels) ** 3 - (edges[:-1] - levels) ** 3
        expected = cubes.sum() / 3 / (high - low)
        x = rng.uniform(low, high, (N, LINES))
        y = x.copy()
        conversion.tabulate(y, 1.0, np.ascontiguousarray(whole), 0, 1, 1)
        squares = (y - x)[:, k] ** 2
        assert abs(squares.mean() - expected) < 5.5 * squares.std() / math.sqrt(N)


@EVERY
def test_energy_time_and_area_are_positive_and_have_a_source(converter):
    costs = {"J": converter.energy, "s": converter.time, "m2": converter.area}
    for unit, cost in costs.items():
        assert cost.unit == unit
        assert cost.source.kind in KINDS
        assert cost.value > 0 or (unit == "s" and converter.slots > 1)
    assert 1e-16 < converter.energy.value < 1e-9
    assert 1e-14 < converter.area.value < 1e-6


@pytest.mark.parametrize("converter", [c for c in DEFAULTS if c.top], ids=repr)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_quantiser_of_the_compiled_path_is_the_table(converter, dtype):
    """Codes and cuts of both, off the thresholds by more than rounding; variance step^2 / 12."""
    x = np.random.default_rng(5).uniform(-1.2, 1.2, (1000, LINES)).astype(dtype)
    top = dtype(converter.top)
    near = np.abs(x * top - np.floor(x * top) - 0.5) < 1e-3
    x[near] += dtype(0.01) / top
    by_table, by_steps = x.copy(), x.copy()
    whole = converter.transfer().of_lines("test", LINES).astype(dtype)
    cut = conversion.tabulate(by_table, dtype(1), whole, 0, 1, 1)
    assert cut == signals.quantise(by_steps.reshape(-1), dtype(1) / top, top)
    assert cut > 0
    np.testing.assert_allclose(by_table, by_steps, atol=4 * np.finfo(dtype).eps)
    steps = np.diff(converter.transfer().levels)
    np.testing.assert_allclose(steps, 1 / converter.top, rtol=1e-9)


def test_offsets_of_comparators_and_mismatch_of_resistors_have_their_spread():
    """Moments of 40 000 numbers within 5.5 standard errors, false alarms below 4e-8."""
    lines, rng = 5000, np.random.default_rng(6)
    flash = FlashAdc(bits=4, offset_d2d=0.1)  # never out of order: ten sigma apart
    off = (flash.fabricate(lines, rng=rng).thresholds - uniform(4).thresholds) * flash_steps(flash)
    assert abs(off.mean()) < 5.5 * 0.1 / math.sqrt(off.size)
    assert abs(off.std() / 0.1 - 1) < 5.5 / math.sqrt(2 * off.size)
    string = StringDac(bits=4, resistor_d2d=0.01)
    levels = string.fabricate(lines, rng=rng).levels
    assert (levels[:, [0, -1]] == [-1, 1]).all()
    middle = levels[:, 7] * 7  # in steps; a bridge of 14 resistors: sigma sqrt(14) / 2
    expected = 0.01 * math.sqrt(14) / 2
    assert abs(middle.std() / expected - 1) < 5.5 / math.sqrt(2 * lines) + 2e-3  # of second order


def flash_steps(flash):
    return 2 ** (flash.bits - 1) - 1


def test_logarithmic_levels_are_off_by_one_ratio_at_the_most():
    adc = LogarithmicAdc(bits=6, smallest=0.01)
    ratio = 0.01 ** (-1 / 30)
    x = np.geomspace(0.01 / math.sqrt(ratio) * 1.0001, 0.9999 * math.sqrt(ratio), 3001)
    for sign in (-1, 1):
        y = sign * x[:, None]
        conversion.tabulate(y, 1.0, adc.transfer().of_lines("test", 1), 0, 1, 1)
        share = y[:, 0] / (sign * x)
        assert share.max() <= math.sqrt(ratio) * (1 + 1e-12)
        assert share.min() >= 1 / math.sqrt(ratio) * (1 - 1e-12)


def test_nonlinearity_of_thresholds_is_that_of_the_definition():
    bent = nearest(np.array([-1.0, -0.4, 0.0, 0.5, 1.0]))
    np.testing.assert_allclose(bent.thresholds, [-0.7, -0.2, 0.25, 0.75])
    width = 1.45 / 3
    np.testing.assert_allclose(bent.dnl, np.array([0.5, 0.45, 0.5]) / width - 1)
    np.testing.assert_allclose(bent.inl, np.concatenate([[0], np.cumsum(bent.dnl)]), atol=1e-12)


def test_two_codes_have_no_inner_code_and_no_nonlinearity():
    comparator = nearest(np.array([-1.0, 1.0]))
    assert comparator.dnl.size == 0
    np.testing.assert_array_equal(comparator.inl, [0.0])


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"thresholds": (0.5, -0.5)}, r"MeasuredAdc\.thresholds: expected rising numbers"),
        ({"thresholds": (0.5,), "levels": (1.0, 0.0)}, r"MeasuredAdc\.levels: expected rising"),
        ({"thresholds": (0.5,), "levels": (0.0,)}, r"MeasuredAdc\.thresholds: expected codes - 1"),
        ({"thresholds": ()}, r"MeasuredAdc\.thresholds"),
        ({"thresholds": (0.5,), "source": "a guess"}, "source: expected a source that begins"),
        ({"thresholds": (0.5,), "e_conversion": 0.0}, r"MeasuredAdc\.e_conversion"),
    ],
)
def test_measured_thresholds_are_checked(settings, where):
    with pytest.raises(CrossbarError, match=where):
        MeasuredAdc(**settings)


def test_noise_is_a_share_of_full_scale():
    with pytest.raises(ConfigError, match=r"FlashAdc\.noise"):
        FlashAdc(noise=2.0)
