"""Changes offered to an array: shapes that fit, finite values, any memory order."""

from __future__ import annotations

import re

import numpy as np
import pytest

from crossbar.array import Array
from crossbar.devices import PRESETS, IdealCell
from crossbar.errors import ConfigError, ShapeError
from crossbar.layout import Layout
from crossbar.mapping import DifferentialPair, Offset
from crossbar.noise import Reading

ROWS, COLS, COPIES = 4, 3, 2


def build(name: str = "ideal", mapping=None) -> Array:
    array = Array.fabricate(
        PRESETS[name].device,
        mapping or DifferentialPair(w_max=1.0),
        Layout(rows=ROWS, cols=COLS, copies=COPIES),
        Reading(),
        None,
        rng=np.random.default_rng(0),
        dtype=np.float64,
    )
    array.program(np.zeros((ROWS, COLS)), rng=np.random.default_rng(1))
    return array


@pytest.mark.parametrize(
    ("x", "d"),
    [
        ((2, ROWS - 1), (2, 1, COLS)),
        ((2, ROWS * COPIES), (2, 1, COLS)),
        ((2, ROWS), (2, 1, COLS + 1)),
        ((2, ROWS), (2, ROWS - 1, COLS)),
        ((2, ROWS), (3, 1, COLS)),
        ((2, ROWS), (2, COLS)),
        ((ROWS,), (1, 1, COLS)),
    ],
)
def test_changes_that_do_not_fit_are_refused(x, d):
    array = build()
    expected = re.escape(f"Array.change: expected x (n, 1 or {ROWS}) and d (n, 1 or {ROWS}, {COLS}")
    with pytest.raises(ShapeError, match=expected):
        array.change(np.zeros(x), np.zeros(d), rng=np.random.default_rng(0))


@pytest.mark.parametrize("name", ["ideal", "cmos", "reram"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", ["x", "d"])
def test_changes_that_are_not_finite_are_refused_and_move_nothing(name, bad, where):
    array = build(name)
    x, d = np.ones((1, ROWS)), np.full((1, 1, COLS), 1e-6)
    (x if where == "x" else d)[..., 1] = bad
    before = [cells.g.copy() for cells in array.cells]
    with pytest.raises(ConfigError, match=r"Array\.change: expected finite changes, got NaN"):
        array.change(x, d, rng=np.random.default_rng(0))
    for cells, g in zip(array.cells, before, strict=True):
        np.testing.assert_array_equal(cells.g, g)


@pytest.mark.parametrize("mapping", [Offset(w_max=1.0), DifferentialPair(w_max=1.0)])
@pytest.mark.parametrize("kind", ["rank one", "dense"])
def test_an_exact_change_is_the_outer_product_on_every_copy(mapping, kind):
    array, rng = build(mapping=mapping), np.random.default_rng(3)
    x, d = rng.uniform(-1, 1, (2, ROWS)), 1e-6 * rng.uniform(-1, 1, (2, 1, COLS))
    expected = np.einsum("ni,nj->ij", x, d[:, 0])
    if kind == "dense":
        x, d = np.ones((2, 1)), x[:, :, None] * d
    array.change(x, d, rng=rng)
    got = array.lines.signed.reshape(COPIES, ROWS, COLS)
    # atol: rounding against the conductances of 20 uS that the change is added to.
    np.testing.assert_allclose(got, np.stack([expected] * COPIES), rtol=1e-9, atol=1e-19)


def test_memory_order_and_write_protection_of_offers_change_nothing():
    rng = np.random.default_rng(3)
    x, d = rng.uniform(-1, 1, (4, ROWS)), 1e-6 * rng.uniform(-1, 1, (4, 1, COLS))
    plain, strided = build("reram"), build("reram")
    plain.change(x, d, rng=np.random.default_rng(5))
    wide = np.asfortranarray(np.repeat(x, 2, axis=1))[:, ::2]
    wide.flags.writeable = False
    strided.change(wide, d, rng=np.random.default_rng(5))
    np.testing.assert_array_equal(plain.lines.signed, strided.lines.signed)


def test_only_finite_weights_inside_the_range_are_programmed():
    array = build()
    for bad in (np.nan, np.inf):
        weights = np.zeros((ROWS, COLS))
        weights[1, 2] = bad
        with pytest.raises(ConfigError, match=rf"expected finite weights, got {bad} at \(1, 2\)\."):
            array.program(weights, rng=np.random.default_rng(0))
    with pytest.raises(
        ConfigError, match=r"DifferentialPair\.w_max: expected at least 1\.5, got 1"
    ):
        array.program(np.full((ROWS, COLS), -1.5), rng=np.random.default_rng(0))
    with pytest.raises(
        ShapeError, match=r"Array\.program: expected weights \(4, 3\), got \(3, 4\)"
    ):
        array.program(np.zeros((COLS, ROWS)), rng=np.random.default_rng(0))


def test_g_i_j_joins_word_line_i_to_bit_line_j():
    """The convention of the whole package: i_bl = v_wl @ g, weights (in, out), batch first, SI."""
    cell = IdealCell(g_min=0.0, g_max=40e-6)
    layout = Layout(rows=ROWS, cols=COLS)
    quiet, rng = Reading(temperature=0.0), np.random.default_rng(0)
    args = (cell, Offset(w_max=1.0), layout, quiet, None)
    array = Array.fabricate(*args, rng=rng, dtype=np.float64)
    weights = np.zeros((ROWS, COLS))
    weights[1, 2] = 0.5
    array.program(weights, rng=rng)
    assert array.cells[0].g.shape == (ROWS, COLS)
    np.testing.assert_allclose(array.cells[0].g[1, 2], 30e-6)  # S: 20 uS at zero, 40 uS at w_max
    v = np.zeros((7, 1, ROWS))
    v[3, 0, 1] = 0.1  # V on word line 1 of sample 3
    i = array.currents(v, rng=rng)
    assert i.shape == (7, 1, COLS)
    expected = np.zeros((7, 1, COLS))
    expected[3, 0, 2] = 0.1 * 10e-6  # A on bit line 2, less the reference of 20 uS
    np.testing.assert_allclose(i, expected, atol=1e-18)
    np.testing.assert_allclose(array.power(v), 0.1**2 * (30e-6 + 20e-6 * COLS))  # W
    back = np.zeros((1, 1, COLS))
    back[0, 0, 2] = 0.1
    np.testing.assert_allclose(
        array.currents_back(back, rng=rng)[0, 0], [0, 1e-6, 0, 0], atol=1e-18
    )
