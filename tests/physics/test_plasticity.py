"""Learning windows of memristors against closed forms and SciPy; rules that assume theirs."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from crossbar.errors import CrossbarError, DataError
from crossbar.spiking import (
    STANFORD_PKU_STDP,
    VTEAM_STDP,
    YAKOPCIC_STDP,
    Additive,
    DevicePlasticity,
    Multiplicative,
    Triplet,
)

RULES = {"vteam": VTEAM_STDP, "yakopcic": YAKOPCIC_STDP, "stanford-pku": STANFORD_PKU_STDP}
STATES = np.array([0.2, 0.5, 0.8])
every = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def test_vteam_moves_as_its_polynomials_say() -> None:
    """Inside the range dx/dt is r(v) alone: -k_on/D (u/|v_on| - 1)^3 and k_off/D (u/v_off - 1).

    60 steps of fourth order in a plateau, over which the tail falls by 5 %, are exact to rounding.
    """
    cell, pre, post = VTEAM_STDP.cell, VTEAM_STDP.pre, VTEAM_STDP.post
    lag = np.array([-4e-6, -1e-6, 1e-6, 4e-6])
    change = VTEAM_STDP.pair(lag, np.array([0.4]))[0][:, 0]
    span, expected = cell.w_off - cell.w_on, []
    for t in -lag[:2]:  # the postsynaptic tail under the presynaptic plateau: linear
        tail = post.tail * np.exp(-(t - post.width) / post.tau)
        tails = tail * post.tau * -np.expm1(-pre.width / post.tau)
        volts = (pre.height * pre.width + tails) / cell.v_off - pre.width
        expected.append(-cell.k_off / span * volts)
    for t in lag[2:]:  # the presynaptic tail under the postsynaptic plateau: a third power

        def cubed(s: float, t: float = t) -> float:
            v = post.height + pre.tail * np.exp(-(t + s - pre.width) / pre.tau)
            return (v / -cell.v_on - 1) ** 3

        action = quad(cubed, 0.0, post.width, epsrel=1e-12)[0]
        expected.append(-cell.k_on / span * action)
    np.testing.assert_allclose(change, expected, rtol=1e-8)


@every
def test_pairs_are_those_of_another_integrator(rule: DevicePlasticity) -> None:
    """LSODA at 1e-9, stopped at every edge; the tolerance is that of a kink at a threshold."""
    lags = rule.lags(0.5, 2)[[1, 2]] * 1.5
    change, energy = rule.pair(lags, np.array([0.5]))
    sign = np.sign(rule.cell.pulses.v_set)
    for k, lag in enumerate(lags):
        edges = np.sort([0.0, rule.pre.width, lag, lag + rule.post.width])
        edges = np.append(edges, edges[-1] + 8 * rule.pre.tau)
        state = np.array([0.5, 0.0])
        for a, b in itertools.pairwise(edges):

            def slope(t: float, y: np.ndarray, m: float = (a + b) / 2, lag: float = lag) -> list:
                v = sign * (rule.post.voltage(t - lag, m - lag) - rule.pre.voltage(t, m))
                return [float(rule.cell.rate(v, y[0])), float(v * rule.cell.current(v, y[0]))]

            state = solve_ivp(slope, (a, b), state, method="LSODA", rtol=1e-9, atol=1e-16,
                              max_step=(b - a) / 20).y[:, -1]  # fmt: skip
        np.testing.assert_allclose(change[k, 0], state[0] - 0.5, rtol=1e-4)
        np.testing.assert_allclose(energy[k, 0], state[1], rtol=1e-4)


@every
def test_windows_are_exponential_with_the_sign_of_the_lag(rule: DevicePlasticity) -> None:
    """R^2 above 0.95 on either side, where saturation does not bend it; rule within 3 %."""
    for x in (0.2, 0.35, 0.5, 0.65):
        window = rule.window(x)
        assert (window.change[window.lag > 0] >= 0).all()
        assert (window.change[window.lag < 0] <= 0).all()
        assert window.potentiation.r_squared > 0.95
        assert window.depression.r_squared > 0.95
        largest = np.abs(window.change).max()
        assert np.abs(rule.change(window.lag, x) - window.change).max() < 0.03 * largest
        alone = rule.isolated(x)
        together = rule.energy(window.lag, x) + alone.energy_pre + alone.energy_post
        np.testing.assert_allclose(together, window.energy, rtol=0.05)


@every
def test_a_spike_alone_changes_nothing(rule: DevicePlasticity) -> None:
    alone = rule.isolated(STATES)
    assert not alone.pre.any()
    assert not alone.post.any()
    assert not rule.change(np.array([[-np.inf], [np.inf], [1.0]]), STATES).any()
    assert not rule.energy(np.inf, STATES).any()


def test_without_a_least_field_a_spike_alone_moves_little() -> None:
    """Stanford-PKU then has no threshold: 0.6 % of the largest change in the middle."""
    rule = replace(STANFORD_PKU_STDP, cell=replace(STANFORD_PKU_STDP.cell, f_min=0.0))
    alone, window = rule.isolated(0.5), rule.window(0.5)
    assert 0 < alone.post < 0.01 * window.change.max()
    assert 0 > alone.pre > 0.01 * window.change.min()


def test_what_spikes_do_alone_and_as_a_pair_adds_up() -> None:
    """A postsynaptic plateau of 0.22 V passes the threshold of 0.2 V by itself."""
    strong = replace(VTEAM_STDP, post=replace(VTEAM_STDP.post, height=0.22))
    alone, lag = strong.isolated(0.5), strong.lags(0.5)
    pair = strong.pair(lag, np.array([0.5])).change[:, 0]
    assert alone.post > 0.001
    added = strong.change(lag, 0.5) + alone.pre + alone.post
    np.testing.assert_allclose(added, pair, atol=0.01 * pair.max())


def test_energy_of_a_spike_alone() -> None:
    """A cell that does not move is a resistor: (h^2 w + b^2 tau / 2) / r, tails of 8 tau."""
    rule, x = VTEAM_STDP, 0.25
    resistance = rule.cell.r_off - (rule.cell.r_off - rule.cell.r_on) * x
    alone = rule.isolated(x)
    for waveform, energy in ((rule.pre, alone.energy_pre), (rule.post, alone.energy_post)):
        tail = waveform.tail**2 * waveform.tau / 2 * -np.expm1(-16)
        expected = (waveform.height**2 * waveform.width + tail) / resistance
        np.testing.assert_allclose(energy, expected, rtol=1e-3)  # table of 65 states


def test_a_window_that_no_pair_opens_is_refused() -> None:
    weak = replace(VTEAM_STDP, pre=replace(VTEAM_STDP.pre, tail=0.01))
    with pytest.raises(DataError, match="five changes"):
        weak.window(0.5)


def test_spikes_too_strong_for_the_steps_are_refused() -> None:
    strong = replace(VTEAM_STDP, post=replace(VTEAM_STDP.post, height=2.0, width=1e-3))
    with pytest.raises(CrossbarError, match="Lower the voltages"):
        strong.change(1e-6, 0.5)


def test_additive_is_bounded_and_multiplicative_is_soft() -> None:
    lag, x = np.array([[-0.02], [0.02]]), np.array([0.0, 0.3, 1.0])
    e = np.exp(-1)
    expected = [[0, -0.00525 * e, -0.00525 * e], [0.005 * e, 0.005 * e, 0]]
    np.testing.assert_allclose(Additive().change(lag, x), expected, rtol=1e-12)
    expected = [[0, -0.00525 * e * 0.3, -0.00525 * e], [0.005 * e, 0.005 * e * 0.7, 0]]
    np.testing.assert_allclose(Multiplicative().change(lag, x), expected, rtol=1e-12)


def test_triplets_rise_with_the_rate() -> None:
    """Pairs at +10 ms: 60 of them at 40 Hz, each after an interval of 25 ms but the first.

    At 1 Hz what is left of the neuron's last spike is e^-20, so that pairs alone count.
    """
    rule, half = Triplet(), np.full(1, 0.5)
    e = np.exp(-10 / 16.8)
    alone = rule.change(0.01, half, 1.0)
    np.testing.assert_allclose(alone, 4.6e-3 * e, rtol=1e-8)
    fast = rule.change(0.01, half, 0.025)
    np.testing.assert_allclose(fast, (4.6e-3 + 9.1e-3 * np.exp(-25 / 48)) * e, rtol=1e-12)
    np.testing.assert_allclose(rule.change(-0.01, half), -3e-3 * np.exp(-10 / 33.7), rtol=1e-12)
