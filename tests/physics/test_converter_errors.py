"""Errors of converters against what their circuits do step by step, and against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit.converter_tables import Transfers, converter_lines
from crossbar.circuit.layout import Layout
from crossbar.converters import CyclicAdc, RampAdc, SarAdc, Transfer, uniform
from crossbar.converters.binary import searched
from crossbar.errors import ConfigError


@pytest.mark.parametrize("spread", [0.0, 0.3, 5.0])
def test_thresholds_of_a_search_give_the_codes_that_it_finds(spread):
    """Whatever its comparisons are off by: at 5 steps most of the 31 codes are missing."""
    rng = np.random.default_rng(0)
    tests = np.arange(1, 32) + rng.normal(0, spread, (3, 31))
    thresholds = searched(tests)
    assert (np.diff(thresholds, axis=1) >= 0).all()
    for signal in rng.uniform(-3, 35, 1000):
        code = np.zeros(3, int)
        for bit in reversed(range(5)):
            asked = code | 1 << bit
            code = np.where(signal >= tests[np.arange(3), asked - 1], asked, code)
        np.testing.assert_array_equal(code, (signal >= thresholds).sum(axis=1))


def test_thresholds_of_a_sar_adc_spread_as_its_capacitors():
    """The variance is that of a sum of capacitors of a fixed total, sigma^2 c (1 - c / 2^bits).

    4000 lines: 5 standard errors of a variance, 5 sqrt(2 / 4000) = 11 %; the first order in sigma
    leaves 1 %. The mean of a threshold is within 5 standard errors and a part of order sigma^2.
    """
    bits, sigma, lines = 6, 0.02, 4000
    made = SarAdc(bits=bits, capacitor_d2d=sigma).fabricate(lines, rng=np.random.default_rng(1))
    in_steps = (made.thresholds - uniform(bits).thresholds) * (2 ** (bits - 1) - 1)
    code = np.arange(2, 2**bits)
    expected = sigma**2 * code * (1 - code / 2**bits)
    np.testing.assert_allclose(in_steps.var(axis=0) / expected, 1, atol=0.12)
    assert np.abs(in_steps.mean(axis=0) / np.sqrt(expected / lines)).max() < 5.5


def test_codes_are_missing_where_capacitors_are_off_by_more_than_a_step():
    made = SarAdc(bits=8, capacitor_d2d=0.2).fabricate(50, rng=np.random.default_rng(2))
    assert made.dnl.min() == pytest.approx(-1.0)  # a width of zero
    assert (np.diff(made.thresholds, axis=1) >= 0).all()
    made.of_lines("test", 50)


def test_a_comparator_shifts_all_thresholds_of_its_line():
    for kind in (SarAdc, RampAdc):
        made = kind(bits=6, offset_d2d=2.0).fabricate(2000, rng=np.random.default_rng(3))
        shift = (made.thresholds - uniform(6).thresholds) * 31
        np.testing.assert_allclose(shift, shift[:, :1] + np.zeros(62), atol=1e-9)
        # 5 standard errors of a deviation over 2000 lines.
        assert shift[:, 0].std() == pytest.approx(2.0, rel=5 / np.sqrt(2 * 2000))


class OneError:
    """Draws of one for every error."""

    def standard_normal(self, shape):
        return np.ones(shape)


def test_a_cyclic_adc_gives_the_codes_of_its_residues():
    bits, gain, offset = 5, 2.1, 0.03
    spec = CyclicAdc(bits=bits, gain_d2d=gain / 2 - 1, offset_d2d=offset * 2 ** (bits - 1))
    thresholds = spec.fabricate(1, rng=OneError()).thresholds[0]
    top = 2 ** (bits - 1) - 1
    for x in np.random.default_rng(4).uniform(-1.2, 1.2, 2000):
        residue, code = (x * top + 0.5) / 2 ** (bits - 1), 0
        for _ in range(bits):
            decision = 1 if residue >= offset else -1
            code, residue = 2 * code + (decision > 0), gain * residue - decision
        assert (x >= thresholds).sum() + 1 == max(code, 1)


@pytest.mark.parametrize("kind", [SarAdc, CyclicAdc, RampAdc])
def test_without_errors_all_are_the_uniform_converter(kind):
    spec = kind(bits=7)
    assert spec.top == 63
    made = spec.fabricate(2, rng=np.random.default_rng(5))
    np.testing.assert_allclose(made.thresholds - uniform(7).thresholds, 0, atol=1e-12)


def test_a_bow_is_the_integral_nonlinearity_of_a_ramp():
    made = RampAdc(bits=8, bow=1.5).fabricate(1, rng=np.random.default_rng(6))
    assert made.inl.max() == pytest.approx(
        1.5, rel=0.02
    )  # the ends of the scale are half a step in
    assert made.inl.min() >= -1e-9


@pytest.mark.parametrize("bits", [4, 6, 8, 10, 12])
def test_enob_of_a_perfect_converter_is_its_number_of_bits(bits):
    """log2(2^bits - 2) by steps^2 / 12 of error; at 4 bits the ends of the sine err by less.

    A sine rests at its ends, on the last levels: 0.085 bit more at 4 bits, 0.004 at 12.
    """
    assert uniform(bits).enob() == pytest.approx(np.log2(2**bits - 2), abs=0.1)


def test_a_line_that_gives_one_code_has_no_bits():
    stuck = SarAdc(bits=2, offset_d2d=100.0).fabricate(20, rng=np.random.default_rng(9))
    assert stuck.enob().min() == 0.0
    assert np.isfinite(stuck.enob()).all()


@pytest.mark.parametrize("noise", [0.0, 0.004])
def test_enob_is_that_of_a_sine_that_was_converted(noise):
    rng = np.random.default_rng(7)
    spec = SarAdc(bits=8, capacitor_d2d=0.05, offset_d2d=1.0)
    made = spec.fabricate(2, rng=rng)
    n = 400_000
    sine = np.sin(2 * np.pi * (np.arange(n) + 0.5) / n)
    for line, enob in enumerate(made.enob(noise)):
        signal = sine + noise * rng.standard_normal(n)
        levels = made.levels[np.searchsorted(made.thresholds[line], signal, side="right")]
        fit = np.stack([sine, np.ones(n)], axis=1)
        (gain, _), (rest,) = np.linalg.lstsq(fit, levels, rcond=None)[:2]
        # Noise cut at the ends of the scale, and its part of quantisation, cost some hundredths.
        assert enob == pytest.approx(np.log2(gain**2 / 2 / (rest / n) / 1.5) / 2, abs=0.03)


def test_wide_converters_with_a_spread_are_refused():
    expected = "SarAdc.bits: expected at most 14 with unequal steps"
    with pytest.raises(ConfigError, match=expected):
        SarAdc(bits=16, capacitor_d2d=0.01)


def test_enob_of_lines_is_one_number_each():
    both = Transfer(np.stack([uniform(6).thresholds] * 2), uniform(6).levels)
    assert both.enob().shape == (2,)


def test_lines_that_share_a_converter_have_its_errors():
    """20 columns in two arrays of 10, over two arrays of 5 rows: each has 3 ADCs, of 4, 4 and 2."""
    adc = SarAdc(bits=4, offset_d2d=3.0, shared=4)
    layout = Layout(rows=10, cols=20, size=(5, 10))
    rng = np.random.default_rng(8)
    table = Transfers.fabricate(None, adc, layout, 1, np.float64, rng=rng).adc
    assert len(table) == 2 * 20
    first = table[:, 0].reshape(4, 10)  # array by array
    groups = np.repeat([0, 1, 2], 4)[:10]
    for row in first:
        np.testing.assert_array_equal(row, row[[0, 4, 8]][groups])
    assert len(np.unique(first)) == 12
    assert converter_lines(layout, 1)[1].converters(4) == 12
