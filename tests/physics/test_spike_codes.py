"""Codes and decoders: the values of their source, and round trips within their quantum."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from refusals import refused

from crossbar.spiking import (
    BernoulliRate,
    FirstSpikeDecoder,
    Latency,
    MembraneDecoder,
    Outcome,
    PeriodicRate,
    Population,
    RateDecoder,
    SigmoidVote,
    SoftmaxVote,
    Spikes,
)

X = np.linspace(0.0, 1.0, 1001)
CODES = [PeriodicRate(), BernoulliRate(), Latency(), Population(), Population(code=PeriodicRate())]


def encoded(code, x) -> Spikes:
    return code.encode(x, rng=np.random.default_rng(0))


def outcome(spikes: Spikes, duration: float = 0.1, potentials=None) -> Outcome:
    return Outcome(spikes, duration, np.zeros(spikes.width) if potentials is None else potentials)


def test_a_rate_of_0_7_is_70_hz():
    """Source: f = x f_max; x = 0.7 and f_max = 100 Hz give 7 spikes in 100 ms."""
    times = encoded(PeriodicRate(f_max=100.0, duration=0.1), [0.7]).times
    assert times.size == 7
    np.testing.assert_allclose(np.diff(times), 1 / 70, rtol=1e-13)
    np.testing.assert_allclose(times[0], 1 / 140, rtol=1e-15)
    y = RateDecoder(gain=0.01).values(outcome(encoded(PeriodicRate(), [0.7])))
    np.testing.assert_allclose(y, [0.7], rtol=1e-15)


def test_a_latency_of_0_7_is_15_ms():
    """Source: t = t0 + (1 - x) dt; x = 0.7 and dt = 50 ms give 15 ms."""
    np.testing.assert_allclose(encoded(Latency(span=0.05), [0.7]).times, [0.015], rtol=1e-15)
    np.testing.assert_allclose(encoded(Latency(start=0.01), [1.0, 0.0]).times, [0.01, 0.06])


def test_of_ten_lines_the_seventh_is_nearest_to_0_7():
    """Source: centres i / 9; x = 0.7 excites neurons 6 to 8 most, counted from 1, and 7 most."""
    activity = Population(neurons=10).activity([0.7])[0]
    assert [int(k) + 1 for k in np.argsort(-activity)[:3]] == [7, 8, 6]
    np.testing.assert_allclose(activity[6], math.exp(-((0.7 - 6 / 9) ** 2) * 81 / 2), rtol=1e-14)
    spikes = encoded(Population(neurons=10), [0.7, 0.0])
    assert spikes.width == 20
    assert np.argsort(spikes.first()[:10])[0] == 6
    assert spikes.first()[10] == 0.0


def test_random_spikes_are_binomial():
    """n = 2e5 draws of 10 steps; mean and variance within 5 standard errors (6e-7 each)."""
    n, x = 200_000, 0.7
    counts = encoded(BernoulliRate(), np.full(n, x)).counts()
    mean, variance = 10 * x, 10 * x * (1 - x)
    assert abs(counts.mean() - mean) < 5 * math.sqrt(variance / n)
    assert abs(counts.var() - variance) < 5 * variance * math.sqrt(2 / n)
    times = encoded(BernoulliRate(), np.ones(1)).times
    np.testing.assert_allclose(times, np.arange(10) / 100, atol=1e-15)
    assert len(encoded(BernoulliRate(), np.zeros(3))) == 0


def test_periodic_spikes_tell_a_number_to_within_their_quantum():
    for duration in (0.1, 0.333, 2.0):
        spikes = encoded(PeriodicRate(duration=duration), X)
        y = RateDecoder(gain=0.01).values(outcome(spikes, duration))
        quantum = 1 / (2 * 100 * duration)
        assert quantum * 0.75 < np.abs(y - X).max() <= quantum * (1 + 1e-9)
        assert spikes.times.max() < duration


def test_a_first_spike_tells_a_number_to_rounding():
    code = Latency(start=0.02, span=0.05)
    decoder = FirstSpikeDecoder(offset=1 + code.start / code.span, slope=1 / code.span)
    np.testing.assert_allclose(decoder.values(outcome(encoded(code, X))), X, rtol=0, atol=1e-14)


def test_a_vote_of_a_population_tells_a_number_to_within_half_a_distance_of_centres():
    code = Population(neurons=10)
    vote = SoftmaxVote(weights=tuple(code.centres), scale=1e-3)
    y = [vote.values(outcome(Spikes.none(10), 1.0, a)).item() for a in code.activity(X)]
    assert 0.9 / 18 < np.abs(np.array(y) - X).max() <= 1 / 18 + 1e-9


def test_votes_and_membranes_are_weighted_sums():
    v, weights = np.array([0.2, -1.0, 3.0]), (0.5, 2.0, -1.0)
    given = outcome(Spikes.none(3), 1.0, v)
    np.testing.assert_allclose(MembraneDecoder(weights=weights).values(given), [-4.9], rtol=1e-15)
    sigmoid = sum(w / (1 + math.exp(-u / 0.5)) for w, u in zip(weights, v, strict=True))
    np.testing.assert_allclose(SigmoidVote(weights=weights, scale=0.5).values(given), [sigmoid])
    e = [math.exp(u / 0.5) for u in v]
    soft = sum(w * u for w, u in zip(weights, e, strict=True)) / sum(e)
    np.testing.assert_allclose(SoftmaxVote(weights=weights, scale=0.5).values(given), [soft])
    says = "MembraneDecoder.weights: expected 3 weights, got 2."
    assert refused(MembraneDecoder(weights=(1.0, 2.0)).values, given).startswith(says)


def test_a_neuron_without_a_spike_is_an_error_unless_its_number_is_given():
    given = outcome(Spikes([0.01], [1], 2))
    line = refused(FirstSpikeDecoder().values, given)
    assert line.startswith("FirstSpikeDecoder.silent: expected a spike of each neuron, got none of")
    np.testing.assert_allclose(FirstSpikeDecoder(silent=-1.0).values(given), [-1.0, 0.8])
    np.testing.assert_allclose(FirstSpikeDecoder(silent=0.0).values(given), [0.0, 0.8])


@pytest.mark.parametrize("code", CODES, ids=repr)
def test_what_cannot_be_encoded_is_refused(code):
    name = type(code).__name__
    for x in ([0.5, 1.1], [-0.1], [np.nan], [[0.5]], 0.5, "ab", []):
        assert refused(code.encode, x, rng=np.random.default_rng(0)).startswith(f"{name}.encode.x")
    assert refused(code.encode, [0.5], rng=0).startswith(f"{name}.encode.rng")
    assert encoded(code, [0.1, 0.9]).width == code.lines(2)
    code.prove()


def test_steps_are_whole_and_spikes_are_few():
    line = refused(dataclasses.replace, BernoulliRate(), duration=0.105)
    assert line.startswith("BernoulliRate.duration: expected a whole number of steps, got 10.5")
    for code in (PeriodicRate(), BernoulliRate()):
        line = refused(dataclasses.replace, code, duration=1e9)
        assert line.startswith(f"{type(code).__name__}.duration: expected at most 1e+09 spikes")


def test_an_outcome_has_a_voltage_a_neuron():
    assert "expected shape (2,)" in refused(Outcome, Spikes.none(2), 1.0, np.zeros(3))
    assert refused(Outcome, Spikes.none(2), 0.0, np.zeros(2)).startswith("Outcome.duration")
