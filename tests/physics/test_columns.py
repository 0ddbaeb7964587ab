"""A scale for every column of weights, against one for all of them."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.activity import Activity
from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.circuit.remap import Remap
from crossbar.circuit.slices import BitSlices
from crossbar.devices import IdealCell, Memristor, StuckAt
from crossbar.errors import ConfigError
from crossbar.runs import experiment
from crossbar.runs.build import substrate
from crossbar.substrates import ByColumn, Rerouted, Tile

SIZES = np.array([1.0, 0.1, 0.01, 0.0])
WEIGHTS = np.random.default_rng(1).uniform(-1, 1, (40, 4)) * SIZES
QUIET = Reading(temperature=0.0)


def tile(mapping, device=None) -> Tile:
    return Tile(device=device or IdealCell(), mapping=mapping, reading=QUIET, dtype=np.float64)


def rng(seed: int = 2) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_every_column_uses_the_whole_range() -> None:
    state = ByColumn(held=tile(DifferentialPair(headroom=1.0))).program(WEIGHTS, rng=rng())
    plus, minus = state.tile.array.cells
    reach = np.abs(plus.g - minus.g).max(axis=0) / (40e-6)
    np.testing.assert_allclose(reach, [1, 1, 1, 0], atol=1e-9)
    np.testing.assert_allclose(state.weights[0], WEIGHTS, rtol=1e-9, atol=1e-15)


def test_errors_of_rounding_follow_the_column() -> None:
    """Steps of w_j / 255 in column j, in place of w / 255 in all: d^2 / 12 each."""
    mapping = BitSlices(bits=4, slices=2, headroom=1.0)
    for spec, sizes in ((tile(mapping), np.ones(3)),
                        (ByColumn(held=tile(mapping)), SIZES[:3])):  # fmt: skip
        many = np.random.default_rng(3).uniform(-1, 1, (4000, 3)) * SIZES[:3]
        error = spec.program(many, rng=rng()).weights[0] - many
        expected = np.abs(many).max() * sizes / 255 / np.sqrt(12)
        np.testing.assert_allclose(np.sqrt((error**2).mean(axis=0)), expected, rtol=0.1)


def test_errors_of_programming_follow_the_column() -> None:
    """sigma of the range counts w_j in column j: 5.5 standard errors of 4000 weights."""
    device = Memristor(sigma_program=(0.02,))
    many = np.random.default_rng(3).uniform(-0.5, 0.5, (4000, 3)) * SIZES[:3]
    wide = DifferentialPair(headroom=2.0)
    error = ByColumn(held=tile(wide, device)).program(many, rng=rng()).weights[0] - many
    expected = 0.02 * np.sqrt(2) * np.abs(many).max(axis=0) * 2
    np.testing.assert_allclose(error.std(axis=0), expected, rtol=5.5 / np.sqrt(8000))


@pytest.mark.parametrize("routed", [False, True])
def test_scaled_columns_read_and_learn_as_any_other(routed: bool) -> None:
    device = StuckAt(IdealCell(), p_on=0.1) if routed else None
    held = tile(DifferentialPair(headroom=3.0), device)
    if routed:
        pair = Tile(device=held.device, mapping=held.mapping, reading=QUIET, dtype=np.float64,
                    remap=Remap(limit=0.02))  # fmt: skip
        held = Rerouted(held=pair, spare=5)
    weights = WEIGHTS[:, :3]
    state = ByColumn(held=held).program(weights, rng=rng(), activity=Activity())
    w = state.weights[0]
    x, d = rng(4).normal(size=(6, 40)), rng(5).normal(size=(6, 3))
    np.testing.assert_allclose(state.matvec(x, rng=rng()), x @ w, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(state.rmatvec(d, rng=rng()), d @ w.T, rtol=1e-9, atol=1e-12)
    one, other = state.copy(), state.copy()
    one.update(x[:1], d[:1], 1e-4, rng=rng())
    other.offer(other.products(x[:1], d[:1], rng=rng()), 1e-4, rng=rng())
    np.testing.assert_allclose(one.weights, other.weights, rtol=1e-9, atol=1e-15)
    wanted = -1e-4 * x[:1].T @ d[:1]
    moved = one.weights[0] - w
    whole = np.abs(moved - wanted) < 1e-9  # the others are stuck or cut
    assert whole.mean() > (0.7 if routed else 0.99)
    blank = ByColumn(held=held).program(np.zeros_like(weights), rng=rng())
    blank.restore(one.arrays())
    np.testing.assert_allclose(blank.factor, state.factor)


def test_settings_choose_it() -> None:
    settings = {"tile": {"scaling": "column", "remap": {"limit": 0.2}, "spare_rows": 2}}
    held = substrate(experiment(settings | {"device": "reram"}))
    assert isinstance(held, ByColumn)
    assert isinstance(held.held, Rerouted)
    assert held.held.spare == 2


def test_a_limit_of_all_columns_is_refused_with_a_remedy() -> None:
    with pytest.raises(ConfigError, match=r"ByColumn\.held: .* w_max = 2\. Leave tile\.mapping"):
        ByColumn(held=tile(DifferentialPair(w_max=2.0)))


def test_every_factor_is_a_digital_multiplication() -> None:
    """One an output of a read, or an input of a transposed one; a weight change divides each d."""
    state = ByColumn(held=tile(DifferentialPair())).program(WEIGHTS, rng=rng(), activity=Activity())
    x, d = rng(4).normal(size=(6, 40)), rng(5).normal(size=(6, 4))
    counted = []
    for read in (
        lambda: state.matvec(x, rng=rng()),
        lambda: state.rmatvec(d, rng=rng()),
        lambda: state.rows([[0, 3], [], [1]], rng=rng()),
        lambda: state.sliding(rng(6).normal(size=(2, 9, 8, 5)), 2, rng=rng())[..., :0],
        lambda: state.update(x, d, 1e-6, rng=rng()),
        lambda: state.offer(np.ones((2, 4, 40)), 1e-6, rng=rng()),
    ):
        before = state.activity.total("scaling", "tile")
        read()
        counted.append(state.activity.total("scaling", "tile") - before)
    assert counted == [6 * 4, 6 * 4, 3 * 4, 2 * 8 * 7 * 4, 6 * 4, 2 * 4 * 40]
