"""Gains behind bit lines that nothing that learns knows."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar import Streams
from crossbar.errors import ConfigError
from crossbar.nn import Convolution, Dense, Network
from crossbar.runs import experiment
from crossbar.runs.build import substrate
from crossbar.runs.trained import same_cells
from crossbar.substrates import ByColumn, Digital, Mismatched

EXACT = Mismatched(held=Digital(dtype=np.float64), sigma=0.3)
W = np.array([[1.0, -2.0, 0.5], [0.3, 0.7, -1.0]])


def draws(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_outputs_have_gains_and_what_goes_back_has_none():
    state = EXACT.program(W, rng=draws())
    x, d = draws(1).random((4, 2)), draws(2).random((4, 3))
    shown = W * state.factor
    np.testing.assert_allclose(state.matvec(x, rng=draws()), x @ shown, rtol=1e-12)
    np.testing.assert_allclose(
        state.rows([[0], [0, 1]], rng=draws()), [shown[0], shown.sum(axis=0)]
    )
    np.testing.assert_allclose(state.weights[0], shown, rtol=1e-12)
    np.testing.assert_allclose(state.rmatvec(d, rng=draws()), d @ W.T, rtol=1e-12)
    assert np.ptp(state.factor) > 0.1


def test_changes_are_those_of_the_weights_that_are_held():
    state = EXACT.program(W, rng=draws())
    x, d = draws(1).random((4, 2)), draws(2).random((4, 3))
    state.update(x, d, 0.1, rng=draws())
    state.give(x, d, rng=draws())
    np.testing.assert_allclose(state.held.weights[0], W + 0.9 * x.T @ d, rtol=1e-12)
    np.testing.assert_allclose(state.gradient(x, d, rng=draws()), x.T @ d, rtol=1e-12)
    state.rewrite(2 * W, rng=draws())  # memory forgets nothing
    assert state.step.item() == 0.0


def test_gains_have_mean_one_and_the_spread_that_is_asked_for():
    """n = 40 000: the mean has sd 0.0015, the deviation one of about 0.002 (log-normal)."""
    gains = EXACT.program(np.ones((1, 40_000)), rng=draws()).factor
    assert gains.mean() == pytest.approx(1.0, abs=4 * 0.0015)  # false alarms: 1 in 16 000
    assert gains.std() == pytest.approx(0.3, abs=0.01)
    assert (gains > 0).all()


def test_gains_outlast_ageing_and_are_part_of_the_state():
    state, other = (EXACT.program(W, rng=draws(seed)) for seed in (0, 1))
    np.testing.assert_array_equal(state.aged(1e6).factor, state.factor)
    other.restore(state.arrays())
    np.testing.assert_array_equal(other.weights, state.weights)


def test_a_convolution_is_read_through_the_same_gains_window_by_window():
    layers = {"conv": Convolution(filters=3, kernel=2), "out": Dense(units=2)}
    chip = Network(input_shape=(3, 4), layers=layers).build(EXACT, Streams(0))
    held, x = chip.held["conv"], draws(1).random((2, 3, 4))
    y = chip.signals(x, rng=draws())[1]
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2)).reshape(2, 2, 3, 4)
    np.testing.assert_allclose(y, windows @ held.weights[0], rtol=1e-12)


def test_a_spread_that_is_none_is_refused():
    with pytest.raises(ConfigError, match=r"Mismatched\.sigma: expected a number in"):
        Mismatched(held=Digital(), sigma=-0.1)


def test_settings_put_it_around_all_that_holds_weights():
    """A trained chip that is tested with another mismatch is another chip."""
    base = {"device": {"kind": "ideal"}, "tile": {"scaling": "column", "mismatch": "20 %"}}
    plan = experiment(base)
    held = substrate(plan)
    assert isinstance(held, Mismatched)
    assert isinstance(held.held, ByColumn)
    assert held.sigma == pytest.approx(0.2)
    plain = experiment({"device": {"kind": "ideal"}, "tile": {"scaling": "column"}})
    assert same_cells(plan, experiment(base))
    assert not same_cells(plan, plain)
