"""Changes offered to an array: shapes that fit, finite values, any memory order."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from crossbar.circuit.array import Array
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS, CmosSynapse, Deterministic, Device, IdealCell, SoftBounds
from crossbar.errors import ConfigError, DataError, ShapeError

ROWS, COLS, COPIES = 4, 3, 2


def build(device: str | Device = "ideal", mapping=None, dtype=np.float64) -> Array:
    array = Array.fabricate(
        PRESETS[device].device if isinstance(device, str) else device,
        mapping or DifferentialPair(w_max=1.0),
        Layout(rows=ROWS, cols=COLS, copies=COPIES),
        Reading(),
        None,
        rng=np.random.default_rng(0),
        dtype=dtype,
    )
    array.program(np.zeros((ROWS, COLS)), rng=np.random.default_rng(1))
    return array


@pytest.mark.parametrize(
    ("x", "d"),
    [
        ((2, ROWS - 1), (2, COLS, 1)),
        ((2, ROWS * COPIES), (2, COLS, 1)),
        ((2, ROWS), (2, COLS + 1, 1)),
        ((2, 1), (2, COLS, 1)),
        ((2, 0), (2, COLS, 1)),
        ((2, 0), (2, COLS, ROWS - 1)),
        ((2, 0), (2, ROWS, COLS)),
        ((2, 1), (2, COLS, ROWS)),
        ((2, ROWS), (2, COLS, ROWS)),
        ((2, ROWS), (3, COLS, 1)),
        ((2, ROWS), (2, COLS)),
        ((ROWS,), (1, COLS, 1)),
    ],
)
def test_changes_that_do_not_fit_are_refused(x, d):
    array = build()
    expected = re.escape(f"Array.change: expected x (n, {ROWS}) and d (n, {COLS}, 1), or x (n, 0)")
    with pytest.raises(ShapeError, match=expected):
        array.change(np.zeros(x), np.zeros(d), 1e-6, rng=np.random.default_rng(0))


@pytest.mark.parametrize("name", ["ideal", "cmos", "reram"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", ["x", "d", "dense", "siemens"])
def test_changes_that_are_not_finite_are_refused_and_move_nothing(name, bad, where):
    array = build(name)
    x, d, siemens = np.ones((1, ROWS)), np.ones((1, COLS, 1)), 1e-6
    if where == "dense":
        x, d = np.empty((1, 0)), np.ones((1, COLS, ROWS))
    if where == "siemens":
        siemens = bad
    else:
        (x if where == "x" else d)[0, 1] = bad
    before = [cells.g.copy() for cells in array.cells]
    with pytest.raises(ConfigError, match=r"Array\.change: expected finite changes, got NaN"):
        array.change(x, d, siemens, rng=np.random.default_rng(0))
    for cells, g in zip(array.cells, before, strict=True):
        np.testing.assert_array_equal(cells.g, g)


@pytest.mark.parametrize(
    "mapping", [Offset(w_max=1.0), DifferentialPair(w_max=1.0), OneSidedPair(w_max=1.0)]
)
@pytest.mark.parametrize("kind", ["rank one", "dense"])
def test_an_exact_change_is_the_outer_product_on_every_copy(mapping, kind):
    array, rng = build(mapping=mapping), np.random.default_rng(3)
    x, d = rng.uniform(-1, 1, (2, ROWS)), rng.uniform(-1, 1, (2, COLS, 1))
    expected = 1e-6 * np.einsum("ni,nj->ij", x, d[..., 0])
    if kind == "dense":
        x, d = np.empty((2, 0)), x[:, None, :] * d
    array.change(x, d, 1e-6, rng=rng)
    got = array.signed.reshape(COPIES, ROWS, COLS)
    # atol: rounding against the conductances of 20 uS that the change is added to.
    np.testing.assert_allclose(got, np.stack([expected] * COPIES), rtol=1e-9, atol=1e-19)


@pytest.mark.parametrize("device", ["ideal", "reram", "cmos"])
@pytest.mark.parametrize("kind", ["rank one", "dense"])
def test_a_one_sided_pair_only_raises_its_cells_until_one_is_at_its_end(device, kind):
    array, rng = build(device, OneSidedPair(w_max=1.0)), np.random.default_rng(3)
    array.program(np.tile([0.5, -0.5, 0.0], (ROWS, 1)), rng=rng)
    before = [cells.g.copy() for cells in array.cells]
    x, d = np.ones((1, ROWS)), np.array([0.2, 0.2, -0.2]).reshape(1, COLS, 1)
    dense = np.empty((1, 0)), np.repeat(d, ROWS, axis=2)
    x, d = (x, d) if kind == "rank one" else dense
    array.change(x, d, array.scale, rng=rng)
    raised = [cells.g > g for cells, g in zip(array.cells, before, strict=True)]
    fell = [cells.g < g for cells, g in zip(array.cells, before, strict=True)]
    if device != "reram":  # a pulse of which moves some cells back
        np.testing.assert_array_equal(raised[0], np.tile([True, True, False], (8, 1)))
        np.testing.assert_array_equal(raised[1], np.tile([False, False, True], (8, 1)))
        assert not np.any(fell)
    assert not np.any((raised[0] | fell[0]) & (raised[1] | fell[1]))
    for sign in (1.0, -1.0):
        tally, _ = array.change(x, 40 * sign * np.abs(d), array.scale, rng=rng)
    assert tally.saturated > 0


def test_memory_order_and_write_protection_of_offers_change_nothing():
    rng = np.random.default_rng(3)
    x, d = rng.uniform(-1, 1, (4, ROWS)), rng.uniform(-1, 1, (4, COLS, 1))
    plain, strided = build("reram"), build("reram")
    plain.change(x, d, 1e-6, rng=np.random.default_rng(5))
    wide = np.asfortranarray(np.repeat(x, 2, axis=1))[:, ::2]
    wide.flags.writeable = False
    strided.change(wide, d, 1e-6, rng=np.random.default_rng(5))
    np.testing.assert_array_equal(plain.signed, strided.signed)


WITHOUT_DRAWS = {
    "ideal": IdealCell(),
    "reram": replace(
        PRESETS["reram"].device,
        step=SoftBounds(dw_min=0.0008, dw_min_reset=0.0013),
        rounding=Deterministic(),
    ),
    "exponential": replace(
        PRESETS["reram-exponential"].device, sigma_c2c=0.0, rounding=Deterministic()
    ),
    "cmos": CmosSynapse(rounding=Deterministic()),
}


@pytest.mark.parametrize("name", WITHOUT_DRAWS)
@pytest.mark.parametrize("kind", ["rank one", "dense"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_batch_is_its_samples_one_by_one_where_nothing_is_drawn(name, kind, dtype):
    """With draws it cannot be: a sample has its own key in a batch, and every change another."""
    batch, single = (build(WITHOUT_DRAWS[name], dtype=dtype) for _ in range(2))
    rng, step = np.random.default_rng(3), WITHOUT_DRAWS[name].quantum or 1e-6
    x, d = rng.uniform(-2, 2, (6, ROWS)), rng.uniform(-2, 2, (6, COLS, 1))
    if kind == "dense":
        x, d = np.empty((6, 0)), x[:, None, :] * d
    whole, offered = batch.change(x, d, 2 * step, rng=rng)
    each = [single.change(x[[s]], d[[s]], 2 * step, rng=rng) for s in range(6)]
    for a, b in zip(batch.cells, single.cells, strict=True):
        np.testing.assert_array_equal(a.g, b.g)
    np.testing.assert_array_equal(batch.signed, single.signed)
    np.testing.assert_allclose(whole.totals, sum(tally.totals for tally, _ in each), rtol=1e-6)
    assert offered == sum(each_offered for _, each_offered in each)


def test_only_finite_weights_inside_the_range_are_programmed():
    array = build()
    for bad in (np.nan, np.inf):
        weights = np.zeros((ROWS, COLS))
        weights[1, 2] = bad
        with pytest.raises(DataError, match=rf"expected finite numbers, got {bad} at \(1, 2\)\."):
            array.program(weights, rng=np.random.default_rng(0))
    with pytest.raises(
        ConfigError, match=r"DifferentialPair\.w_max: expected at least 1\.5, got 1"
    ):
        array.program(np.full((ROWS, COLS), -1.5), rng=np.random.default_rng(0))
    with pytest.raises(
        ShapeError, match=r"Array\.program\.weights: expected shape \(4, 3\), got \(3, 4\)"
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
        array.currents(back, forward=False, rng=rng)[0, 0], [0, 1e-6, 0, 0], atol=1e-18
    )
