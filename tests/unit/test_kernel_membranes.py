"""Loops of membranes beside plain twins; no crossing is missed, however short."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import spike_twins
from scipy.optimize import minimize_scalar

from crossbar.kernels.spikes.closed import crossing, forms_of, lambert
from crossbar.kernels.spikes.crossing import NEVER, Motion, bracketed, height
from crossbar.kernels.spikes.decays import second, third
from crossbar.spiking import LIF, Spikes

RATES = (1.0, 1.0 + 1e-9, 1.1, 3.0, 40.0)


@pytest.mark.parametrize("rates", list(itertools.product(RATES, repeat=3)))
def test_answers_of_filters_are_those_of_the_matrix_exponential_whatever_their_rates(rates):
    """1e-12: the rounding of up to nine squarings in the twin."""
    for t in (1e-3, 0.1, 1.0, 4.0):
        exact = spike_twins.expm(spike_twins.generator(*rates) * t)
        np.testing.assert_allclose(second(t, *rates[:2]), exact[0, 1], rtol=1e-12, atol=0)
        np.testing.assert_allclose(third(t, *rates), exact[0, 2], rtol=1e-12, atol=0)


def motions():
    """Membranes below their thresholds, with up to two filters, rates of all forms."""
    rng = np.random.default_rng(3)
    for k in range(120):
        order, gap = k % 3, float(rng.choice([1.0, 0.3, -0.2]))
        b = float(rng.choice([2.0, 0.5, 1.0, 0.3, 7.0]))
        c = b * float(rng.choice([1.0, 3.0]))
        i = float(rng.normal() * 6) if order else 0.0
        x = float(rng.normal() * 30) if order == 2 else 0.0
        yield order, gap, Motion(gap - float(rng.exponential()), i, x, 1.0, b, c)


@pytest.mark.parametrize(("order", "gap", "m"), list(motions()))
def test_crossings_are_those_of_the_plain_twin(order, gap, m):
    y, generator = np.array(m[:3]), spike_twins.generator(*m[3:])
    expected = spike_twins.crossing(y, generator, gap, 40.0)
    form = forms_of(np.array([m.a]), m.b, order)[0]
    for given in (crossing(m, gap, form), bracketed(m, gap)):
        np.testing.assert_allclose(given, expected, rtol=1e-9)


@pytest.mark.parametrize(
    "m",
    [
        Motion(-0.5, 6.0, 0.0, 1.0, 2.0, 2.0),
        Motion(-0.5, 6.0, 0.0, 1.0, 0.5, 0.5),
        Motion(-0.5, 6.0, 0.0, 1.0, 1.0, 1.0),
        Motion(-0.5, 6.0, 0.0, 1.0, 0.7, 0.7),
        Motion(-0.5, -3.0, 60.0, 1.0, 2.0, 5.0),
        Motion(0.5, -9.0, 30.0, 1.0, 1.0, 1.0),
        Motion(-0.5, 20.0, -30.0, 1.0, 2.0, 9.0),
    ],
)
def test_a_crossing_that_lasts_a_ten_thousandth_is_found_and_one_that_lacks_as_much_is_none(m):
    """A top that is 1e-9 above the threshold: w is there for about 1e-4 time constants."""
    top = minimize_scalar(lambda t: -height(m, t), bounds=(0, 6), options={"xatol": 1e-12})
    order = 1 + (m.x != 0)
    for form in {0, int(forms_of(np.array([m.a]), m.b, order)[0])}:
        at = crossing(m, -top.fun - 1e-9, form)
        assert 1e-6 < top.x - at < 1e-3
        assert abs(height(m, at) + top.fun + 1e-9) < 1e-14
        assert crossing(m, -top.fun + 1e-9, form) == NEVER


def test_the_lambert_function_solves_its_equation_in_both_branches():
    for z in (-1 / np.e + 1e-12, -0.3, -0.1, -1e-6, 0.0, 0.5, 3.0, 1e4):
        u = lambert(z, False)
        assert u >= -1 - 1e-9
        np.testing.assert_allclose(u * np.exp(u), z, rtol=1e-14, atol=1e-16)
        if z < 0:
            u = lambert(z, True)
            assert u <= -1 + 1e-9
            np.testing.assert_allclose(u * np.exp(u), z, rtol=1e-13)


@pytest.mark.parametrize("reset_by", ["value", "subtraction"])
@pytest.mark.parametrize("taus", [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (1.0, 0.5)])
def test_trains_of_spikes_are_those_of_the_plain_twin(taus, reset_by):
    neuron = LIF(threshold=1.0, reset=-0.3, rest=0.1, capacitance=1.0, g_leak=0.5, tau_s=taus[0],
                 tau_r=taus[1], refractory=0.25, reset_by=reset_by)  # fmt: skip
    rng = np.random.default_rng(8)
    times, charges = np.cumsum(rng.exponential(0.4, 25)), rng.normal(0.6, 1.2, 25)
    until = times[-1] + 3.0
    for current in (0.0, 0.6):
        state = neuron.fabricate(1, rng=rng)
        arrivals = Spikes(times, np.zeros(25, int), 1)
        fired = neuron.respond(arrivals, charges, until, state, current=current)
        expected = spike_twins.respond(neuron, times, charges, current, until)
        assert len(expected) >= 2
        np.testing.assert_allclose(fired.times, expected, rtol=0, atol=1e-9 * neuron.tau_m)


def test_neurons_do_not_know_of_each_other():
    neuron = LIF(threshold=1.0, capacitance=1.0, g_leak=0.5, tau_s=1.0)
    rng = np.random.default_rng(2)
    times, lines = np.sort(rng.uniform(0, 20, 300)), rng.integers(0, 5, 300)
    charges = rng.normal(0.5, 1.0, 300)
    both = neuron.respond(Spikes(times, lines, 5), charges, 25.0, neuron.fabricate(5, rng=rng))
    for j in range(5):
        own = lines == j
        alone = neuron.respond(Spikes(times[own], 0 * lines[own], 1), charges[own], 25.0,
                               neuron.fabricate(1, rng=rng))  # fmt: skip
        np.testing.assert_array_equal(alone.times, both.on(j))
