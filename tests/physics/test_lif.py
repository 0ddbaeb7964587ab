"""The leaky integrate-and-fire neuron against closed forms, mpmath and spike times of NEST."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest
from refusals import refused

from crossbar.spiking import LIF, Mismatch, Spikes

REFERENCE = json.loads((Path(__file__).parent / "nest_spikes.json").read_text())
ONE = LIF(threshold=1.0, capacitance=1.0, g_leak=0.5, tau_s=1.0)  # tau_m = 2
CLASS = 5e-12  # ms: what the closed form and NEST agree to, see SPIKES


def made(neuron: LIF, count: int = 1, seed: int = 0):
    return neuron.fabricate(count, rng=np.random.default_rng(seed))


def train(neuron: LIF, times, charges, until: float, **options) -> np.ndarray:
    arrivals = Spikes(times, np.zeros(len(times), int), 1)
    return neuron.respond(arrivals, charges, until, made(neuron), **options).times


def test_a_constant_current_gives_the_interval_of_the_closed_form():
    """t_ref + tau ln((R I + rest - reset) / (R I + rest - threshold))."""
    neuron = LIF(threshold=0.4, reset=-0.1, rest=0.05, refractory=3e-6)
    current = 6e-9
    top = neuron.rest + current / neuron.g_leak
    period = neuron.tau_m * math.log((top - neuron.reset) / (top - neuron.threshold)) + 3e-6
    first = neuron.tau_m * math.log((top - neuron.rest) / (top - neuron.threshold))
    spikes = neuron.step(1e-2, current, made(neuron))
    expected = first + period * np.arange(len(spikes))
    assert len(spikes) == math.ceil((1e-2 - first) / period)
    np.testing.assert_allclose(spikes.times, expected, rtol=0, atol=1e-9 * neuron.tau_m)


def test_two_charges_behind_an_exponential_cross_at_the_root_of_the_quadratic():
    """V = 2 sum w (e^{-s/2} - e^{-s}), tau_m = 2 tau_s (SPIKES): y^2 B - y A + 1/2 = 0."""
    times, weights = np.array([0.3, 0.9]), np.array([1.6, 2.2])
    a, b = (weights * np.exp(times / 2)).sum(), (weights * np.exp(times)).sum()
    y = (a + math.sqrt(a * a - 2 * b)) / (2 * b)
    fired = train(dataclasses.replace(ONE, refractory=50.0), times, weights, 20.0)
    np.testing.assert_allclose(fired, [-2 * math.log(y)], rtol=0, atol=1e-9 * ONE.tau_m)


@pytest.mark.parametrize("number", range(len(REFERENCE["cases"])))
def test_spike_times_are_those_of_nest(number):
    """Its models with precise times; ``scripts/make_nest_spikes.py`` made the file."""
    case = REFERENCE["cases"][number]
    given, model = case["parameters"], case["model"]
    tau = given.get("tau_syn_ex", 0.0)
    alpha = "alpha" in model
    neuron = LIF(threshold=given["V_th"], reset=given["V_reset"], rest=given["E_L"],
                 capacitance=given["C_m"], g_leak=given["C_m"] / given["tau_m"], tau_s=tau,
                 tau_r=tau if alpha else 0.0, refractory=given["t_ref"])  # fmt: skip
    # A weight of NEST is the peak of the current (pA), without a filter the jump (mV).
    charge = given["C_m"] if tau == 0 else tau * (math.e if alpha else 1.0)
    charges = charge * np.array(case["weights"])
    fired = train(neuron, case["times"], charges, 150.0, current=given["I_e"])
    assert fired.size == len(case["spikes"]) >= 8
    np.testing.assert_allclose(fired, case["spikes"], rtol=0, atol=CLASS)


@pytest.mark.parametrize(
    "changed",
    [{"tau_s": 0.0}, {}, {"tau_s": 2.0}, {"tau_s": 4.0}, {"tau_s": 0.7}, {"tau_r": 0.4},
     {"tau_s": 0.7, "tau_r": 0.7}, {"reset_by": "subtraction"}],
)  # fmt: skip
def test_steps_of_any_length_give_the_spikes_of_the_event_driven_form(changed):
    """Arrivals at the ends of uneven steps; both forms are exact, so they agree to rounding."""
    neuron = dataclasses.replace(ONE, refractory=0.2, **changed)
    rng = np.random.default_rng(1)
    times = np.cumsum(rng.exponential(0.5, 200)) + 0.1
    lines, charges = rng.integers(0, 3, 200), rng.normal(0.5, 1.0, 200)
    until = times[-1] + 5.0
    together = neuron.respond(Spikes(times, lines, 3), charges, until, made(neuron, 3), current=0.1)
    state, stepped = made(neuron, 3), Spikes.none(3)
    for k, end in enumerate([*times, until]):
        stepped = stepped.followed(neuron.step(end - state.t, 0.1, state))
        if k < 200:
            neuron.receive([lines[k]], charges[k], state)
    assert len(together) > 20
    np.testing.assert_array_equal(stepped.lines, together.lines)
    np.testing.assert_allclose(stepped.times, together.times, rtol=0, atol=1e-9 * neuron.tau_m)


def test_the_voltage_is_the_sum_of_the_answers_to_all_charges():
    """Superposition below the threshold, two exponentials: V = sum Q / C g(t - t_k)."""
    neuron = dataclasses.replace(ONE, threshold=1e6, tau_r=0.25, rest=-0.2, reset=-1.0)
    times, charges = np.array([0.5, 1.0, 1.0, 4.0]), np.array([1.0, -2.0, 0.5, 3.0])
    state = made(neuron)
    neuron.respond(Spikes(times, np.zeros(4, int), 1), charges, 6.0, state)
    s, rates = 6.0 - times, (0.5, 1.0, 4.0)
    answer = sum(np.exp(-r * s) / math.prod(q - r for q in rates if q != r) for r in rates)
    expected = neuron.rest + (charges * answer).sum() * rates[1] * rates[2]
    np.testing.assert_allclose(neuron.potential(state), [expected], rtol=1e-13)


def test_reset_by_subtraction_keeps_what_is_over_the_threshold():
    """A jump by 3.5 thresholds is three spikes at once, and half a threshold stays."""
    neuron = dataclasses.replace(ONE, tau_s=0.0, reset_by="subtraction")
    state = made(neuron)
    fired = neuron.respond(Spikes([1.0], [0], 1), 3.5, 1.0 + 1e-12, state)
    assert fired.times.tolist() == [1.0, 1.0, 1.0]
    np.testing.assert_allclose(neuron.potential(state), [0.5], rtol=1e-11)
    state = made(dataclasses.replace(neuron, reset_by="value"))
    assert len(neuron.respond(Spikes([1.0], [0], 1), 3.5, 2.0, state)) == 1


def test_charge_of_one_instant_counts_at_once():
    neuron = dataclasses.replace(ONE, tau_s=0.0)
    arrivals = Spikes([1.0, 1.0, 2.0], [0, 0, 0], 1)
    assert len(neuron.respond(arrivals, [1.5, -1.0, 0.1], 3.0, made(neuron))) == 0


def test_a_spike_that_is_due_when_a_filtered_charge_arrives_is_fired():
    """The charge moves no voltage at that instant, however the voltage there is rounded."""
    neuron = dataclasses.replace(ONE, tau_s=0.7)
    for charge in np.linspace(3.0, 9.0, 40):
        (due,) = train(neuron, [0.2], [charge], 1.5)[:1]
        assert train(neuron, [0.2, due], [charge, -50.0], 9.0).tolist() == [due]


def test_a_refractory_neuron_holds_its_voltage_and_counts_charge_that_it_loses():
    neuron = dataclasses.replace(ONE, tau_s=0.0, refractory=1.0, reset=-0.5)
    state = made(neuron)
    neuron.respond(Spikes([1.0, 1.5], [0, 0], 1), 1.2, 1.9, state)
    assert neuron.potential(state).tolist() == [-0.5]
    assert state.lost.tolist() == [1]
    filtered = dataclasses.replace(neuron, tau_s=1.0)
    state = made(filtered)
    filtered.respond(Spikes([1.0, 1.5], [0, 0], 1), 9.0, 1.9, state)
    assert state.lost.tolist() == [0]


def test_mismatch_moves_thresholds_leaks_and_capacitances_by_what_it_says():
    """Sample deviation of n log-normals of sigma s: within 5 s sqrt(kurtosis) / sqrt(2 n)."""
    n, sigmas = 20_000, (0.1, 0.2, 0.3)
    neuron = dataclasses.replace(ONE, reset=-1.0, mismatch=Mismatch(
        sigma_threshold=0.1, sigma_leak=0.2, sigma_capacitance=0.3))  # fmt: skip
    membranes = made(neuron, n).membranes
    capacitance = membranes["capacitance"]
    factors = ((membranes["threshold"] + 1) / 2, membranes["a"] * capacitance / 0.5, capacitance)
    for sigma, factor in zip(sigmas, factors, strict=True):
        assert abs(factor.mean() - 1.0) < 5 * sigma / math.sqrt(n)
        assert abs(factor.std() - sigma) < 5 * sigma * 1.5 / math.sqrt(n)
    assert np.abs(np.corrcoef(factors)[np.triu_indices(3, 1)]).max() < 5 / math.sqrt(n)
    alone = made(dataclasses.replace(ONE, mismatch=Mismatch(sigma_leak=0.2)), n).membranes
    np.testing.assert_allclose(alone["a"] / 0.5, factors[1], rtol=1e-12)  # draws of the others stay


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"threshold": 0.0}, "LIF.threshold: expected a voltage above reset, 0 V, got 0 V."),
        ({"threshold": -1.0}, "LIF.threshold: expected a voltage above reset, 0 V, got -1 V."),
        ({"tau_r": 2.0}, "LIF.tau_r: expected at most tau_s, 1 s, got 2 s."),
        ({"reset_by": "zero"}, "LIF.reset_by: expected value or subtraction, got 'zero'."),
        ({"refractory": -1.0}, "LIF.refractory: expected a number in [0,"),
    ],
)
def test_a_neuron_that_cannot_be_is_refused(changed, says):
    assert refused(dataclasses.replace, ONE, **changed).startswith(says)


def test_what_a_neuron_cannot_take_is_refused():
    state = made(ONE, 2)
    ONE.step(1.0, 0.0, state)
    at = Spikes([2.0], [0], 2)
    assert "LIF.step.current: expected finite" in refused(ONE.step, 1.0, np.nan, state)
    assert "LIF.step.current: expected shape (2,)" in refused(ONE.step, 1.0, np.ones(3), state)
    assert "LIF.step.dt: expected a number in (0" in refused(ONE.step, 0.0, 0.0, state)
    assert "LIF.step.dt: expected a number in (0" in refused(ONE.step, -1.0, 0.0, state)
    assert "LIF.respond.charges: expected finite" in refused(ONE.respond, at, np.nan, 3.0, state)
    early = Spikes([0.5], [0], 2)
    says = "LIF.respond.arrivals: expected times from 1 s, before 3 s, got 0.5 to 0.5 s."
    assert refused(ONE.respond, early, 1.0, 3.0, state).startswith(says)
    assert "before 2 s, got 2 to 2 s" in refused(ONE.respond, at, 1.0, 2.0, state)
    assert "LIF.respond.until" in refused(ONE.respond, Spikes.none(2), 1.0, 0.5, state)
    assert "expected 2 lines, got 3 lines" in refused(
        ONE.respond, Spikes.none(3), 1.0, 3.0, state)  # fmt: skip
    assert "LIF.fabricate.count" in refused(ONE.fabricate, 0, rng=np.random.default_rng(0))
    assert "LIF.fabricate.rng" in refused(ONE.fabricate, 1, rng=0)
    assert "fires again at the same time" in refused(ONE.step, 1.0, 1e300, state)
