"""The five circuit blocks: ideal functions, and each kind of error alone."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import (
    Blocks,
    Multiplier,
    Normaliser,
    Softmax,
    SynapticElement,
    VectorDifference,
    peak,
)
from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.devices import IdealCell
from crossbar.errors import ConfigError
from crossbar.substrates.tile import Tile

N = 40_000


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def numbers(*shape: int, dtype=np.float64) -> np.ndarray:
    return np.random.default_rng(2).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_without_errors_a_signal_passes_as_the_same_object(dtype):
    y = numbers(5, 3, dtype=dtype)
    assert Errors().apply(y, 2.0, rng=rng()) is y
    assert Errors().ideal


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        (Errors(gain_error=0.1), lambda y: 1.1 * y),
        (Errors(gain_error=-0.3), lambda y: 0.7 * y),
        (Errors(offset=0.05), lambda y: y + 0.05 * 2.0),
        (Errors(saturation=0.4), lambda y: np.clip(y, -0.8, 0.8)),
        (
            Errors(gain_error=0.5, offset=-0.1, saturation=0.6),
            lambda y: np.clip(1.5 * y - 0.2, -1.2, 1.2),
        ),
    ],
)
def test_each_static_error_alone_and_together(errors, expected, dtype):
    y = numbers(50, 3, dtype=dtype)
    got = errors.apply(y, 2.0, rng=rng())
    assert got.dtype == dtype
    np.testing.assert_allclose(got, expected(y), rtol=1e-6)


def test_noise_has_its_spread_relative_to_full_scale_and_is_new_in_every_use():
    """5 sigma of mean and spread."""
    y, errors, generator = np.full((N, 2), 0.3), Errors(noise=0.02), rng()
    one, two = (errors.apply(y, 5.0, rng=generator) - y for _ in range(2))
    assert abs(one.mean()) < 5 * 0.1 / math.sqrt(2 * N)
    assert abs(one.std() / 0.1 - 1) < 5 / math.sqrt(4 * N)
    assert abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 5 / math.sqrt(2 * N)
    assert abs(np.corrcoef(one[:, 0], one[:, 1])[0, 1]) < 5 / math.sqrt(N)


def test_full_scale_may_differ_from_sample_to_sample():
    y, full = np.zeros((3, 4)), np.array([[1.0], [2.0], [0.0]])
    got = Errors(offset=0.1).apply(y, full, rng=rng())
    np.testing.assert_allclose(got, np.repeat(0.1 * full, 4, axis=1))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("gain_error", -1.0),
        ("gain_error", math.nan),
        ("offset", math.inf),
        ("noise", -0.1),
        ("noise", math.nan),
        ("saturation", 0.0),
        ("saturation", math.nan),
    ],
)
def test_errors_out_of_range_are_named(field, value):
    with pytest.raises(ConfigError, match=rf"^Errors\.{field}: expected a number in .*, got "):
        Errors(**{field: value})


def test_span_is_positive():
    with pytest.raises(ConfigError, match=re.escape("SynapticElement.span: expected a number in")):
        SynapticElement(span=0.0)


def test_peak_is_that_of_each_sample_and_one_where_all_is_zero():
    x = np.array([[[1.0, -3.0], [2.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]])
    np.testing.assert_array_equal(peak(x), [[[3.0]], [[1.0]]])


def read(x: np.ndarray, errors: Errors) -> tuple[np.ndarray, float]:
    """Numbers that come back through a unit matrix, and how many voltages were cut."""
    blocks = Blocks(normaliser=Normaliser(errors=errors))
    parts = {"mapping": DifferentialPair(w_max=1.0), "reading": Reading(temperature=0.0)}
    tile = Tile(device=IdealCell(), blocks=blocks, dtype=np.float64, **parts)
    state = tile.program(np.eye(x.shape[-1]), rng=rng())
    return state.matvec(x, rng=rng()), state.activity.total("overrange")


@pytest.mark.parametrize("shape", [(4, 7), (4, 5, 7)])
def test_normaliser_takes_every_sample_to_full_scale_and_back(shape):
    x = numbers(*shape)
    x[2] = 0.0
    np.testing.assert_allclose(read(x, Errors())[0], x, rtol=1e-12, atol=1e-15)
    low, cut = read(x, Errors(saturation=0.5))
    full = np.abs(x).reshape(4, -1).max(axis=1).reshape(4, *(1 for _ in shape[1:]))
    np.testing.assert_allclose(low, np.clip(x, -0.5 * full, 0.5 * full), rtol=1e-12, atol=1e-15)
    assert cut == np.count_nonzero(np.abs(x) > 0.5 * full)


def test_normaliser_errors_refer_to_its_full_scale():
    x = numbers(N, 3)
    full = np.abs(x).max(axis=1, keepdims=True)
    noisy = (read(x, Errors(noise=0.05))[0] - x) / full
    assert abs(noisy.mean()) < 5 * 0.05 / math.sqrt(3 * N)
    assert abs(noisy.std() / 0.05 - 1) < 5 / math.sqrt(6 * N)
    offset = (read(x, Errors(offset=0.03, gain_error=0.2))[0] - 1.2 * x) / full
    np.testing.assert_allclose(offset, 0.03, rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1.0, 300.0, 1e4])
def test_softmax_sums_to_one_and_overflows_nowhere(dtype, scale):
    z = scale * numbers(6, 5, dtype=dtype)
    p = Softmax()(z, rng=rng())
    assert p.dtype == dtype
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-6)
    assert p.min() >= 0
    shifted = (z - z.max(axis=1, keepdims=True)).astype(np.float64)
    expected = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(p, expected, rtol=1e-5, atol=1e-37)


def test_softmax_of_two_scores_is_the_logistic_function():
    z = numbers(20, 2)
    p = Softmax()(z, rng=rng())[:, 0]
    np.testing.assert_allclose(p, 1 / (1 + np.exp(z[:, 1] - z[:, 0])), rtol=1e-12)


def test_difference_is_p_minus_f():
    p, f = numbers(4, 3), numbers(4, 3)[::-1]
    np.testing.assert_array_equal(VectorDifference()(p, f, rng=rng()), p - f)
    offset = VectorDifference(errors=Errors(offset=0.01))(p, f, rng=rng())
    np.testing.assert_allclose(offset, p - f + 0.01, rtol=1e-12)


@pytest.mark.parametrize("errors", [Errors(), Errors(saturation=1e9)], ids=["ideal", "wide"])
def test_multiplier_gives_outer_products_and_adds_positions(errors):
    multiplier = Multiplier(errors=errors)
    x, d = numbers(4, 6, 5), numbers(4, 6, 3)
    expected = np.zeros((4, 5, 3))
    for s in range(4):
        for p in range(6):
            expected[s] += np.multiply.outer(x[s, p], d[s, p])
    np.testing.assert_allclose(multiplier.outer(x, d, rng=rng()), expected, rtol=1e-12, atol=1e-14)
    one = multiplier.outer(x[:, 0], d[:, 0], rng=rng())
    np.testing.assert_allclose(one, x[:, 0, :, None] * d[:, 0, None, :], rtol=1e-12)


def test_multiplier_errors_refer_to_the_largest_product_and_add_over_positions():
    """Offsets add up; noise of P positions grows with the square root of P (5 sigma)."""
    x, d = numbers(3, 7, 5), numbers(3, 7, 2)
    exact = Multiplier().outer(x, d, rng=rng())
    full = np.abs(x).max(axis=(1, 2)) * np.abs(d).max(axis=(1, 2))
    offset = Multiplier(errors=Errors(offset=0.01)).outer(x, d, rng=rng())
    expected = np.broadcast_to(7 * 0.01 * full[:, None, None], exact.shape)
    np.testing.assert_allclose(offset - exact, expected, rtol=1e-9)
    flat = Multiplier(errors=Errors(offset=0.01)).outer(x[:, 0], d[:, 0], rng=rng())
    full = np.abs(x[:, 0]).max(axis=1) * np.abs(d[:, 0]).max(axis=1)
    exact = x[:, 0, :, None] * d[:, 0, None, :]
    expected = np.broadcast_to(0.01 * full[:, None, None], exact.shape)
    np.testing.assert_allclose(flat - exact, expected, rtol=1e-9)
    ones, unit = np.ones((1, 16, 100)), np.ones((1, 16, 100))
    noisy = Multiplier(errors=Errors(noise=0.03)).outer(ones, unit, rng=rng()) - 16.0
    assert abs(noisy.std() / (4 * 0.03) - 1) < 5 / math.sqrt(2 * noisy.size)


def test_blocks_of_a_chip_are_ideal_unless_told():
    blocks = Blocks()
    parts = (
        blocks.element,
        blocks.softmax,
        blocks.difference,
        blocks.multiplier,
        blocks.normaliser,
    )
    assert all(part.errors.ideal for part in parts)
