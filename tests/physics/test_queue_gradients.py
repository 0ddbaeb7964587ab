"""Derivatives through every queue: an arrival owes 1 to its spike and 1 to its delay, once."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.spiking import (
    LIF,
    BinaryHeap,
    DelayRing,
    Deliveries,
    FifoRing,
    LossyRing,
    SingleSpike,
    SortedArray,
    Spikes,
)

TAU = 5.0  # ms
ANY_DELAY = [BinaryHeap(), SortedArray(), DelayRing(largest=50.0, width=1.0)]
ALL = [*ANY_DELAY, FifoRing(), LossyRing(), LossyRing(capacity=4), SingleSpike()]
NEURON = LIF(threshold=1.0, capacitance=1.0, g_leak=0.13, tau_s=TAU, refractory=100.0)


def run(spec, times, delays, which, looks: int = 200) -> tuple[Deliveries, Deliveries]:
    """What arrives and what is dropped in 20 ms of so many looks at a queue."""
    queue, step = spec.build(), 20.0 / looks
    arrived = queue.deliver(0.0)
    for k in range(looks):
        now = (k * step <= times) & (times < (k + 1) * step)
        queue.send(times[now], delays, which=which[now], spikes=np.flatnonzero(now))
        arrived = arrived.followed(queue.deliver((k + 1) * step))
    return arrived, queue.dropped


def current(arrived: Deliveries, weights: np.ndarray) -> tuple[float, np.ndarray]:
    """Sum of w / tau e^{-(t - arrival) / tau} at 20 ms, and its derivative by each arrival."""
    each = weights[arrived.spikes] / TAU * np.exp(-(20.0 - arrived.times) / TAU)
    return float(each.sum()), each / TAU


def crossing(arrived: Deliveries, weights: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """First spike of a neuron behind the queue, and its derivatives by arrivals and weights.

    dt / dtheta = -(dV / dtheta) / V', V = sum w e(t - arrival), e(s) = (e^{-a s} - e^{-b s}) b / (b
    - a) for C = 1.
    """
    spikes = Spikes(arrived.times, np.zeros(len(arrived), int), 1)
    state = NEURON.fabricate(1, rng=np.random.default_rng(0))
    charges = weights[arrived.spikes]
    t = NEURON.respond(spikes, charges, 40.0, state).times[0]
    a, b = 1 / NEURON.tau_m, 1 / NEURON.tau_s
    s = np.maximum(t - arrived.times, 0.0)
    came = arrived.times < t
    answer = came * (np.exp(-a * s) - np.exp(-b * s)) * b / (b - a)
    slope = came * charges * (b * np.exp(-b * s) - a * np.exp(-a * s)) * b / (b - a)
    by_weight = np.zeros(weights.size)
    np.add.at(by_weight, arrived.spikes, -answer / slope.sum())
    return float(t), slope / slope.sum(), by_weight


def problem(spec):
    """Spikes, delays, which delay each spike takes, weights: one of each for a single spike."""
    rng = np.random.default_rng(7)
    if isinstance(spec, SingleSpike):
        return np.array([1.01]), np.array([3.004]), np.zeros(1, int), np.ones(1)
    times = np.sort(rng.uniform(0.0, 12.0, 30))
    delays = rng.uniform(0.5, 7.0, 5) if spec in ANY_DELAY else np.array([3.004])
    return times, delays, rng.integers(0, delays.size, 30), rng.normal(0.5, 1.0, 30)


@pytest.mark.parametrize("spec", ALL, ids=repr)
def test_the_current_owes_to_delays_times_and_weights_what_central_differences_say(spec):
    """1e-6 relative, as h^2 / 6 tau^2 is 1e-9 and rounding 1e-16 / h is 1e-12."""
    times, delays, which, weights = problem(spec)
    arrived, dropped = run(spec, times, delays, which)
    assert len(arrived) + len(dropped) == times.size
    assert (len(dropped) > 0) == (spec == LossyRing(capacity=4))
    total, by_arrival = current(arrived, weights)
    by_time, by_delay = arrived.gradient(by_arrival, times.size, delays.size)

    def change(**moved) -> float:
        given = {"times": times, "delays": delays} | moved
        return current(run(spec, given["times"], given["delays"], which)[0], weights)[0]

    h = 1e-4
    by_weight = np.zeros(times.size)
    np.add.at(by_weight, arrived.spikes, TAU * by_arrival / weights[arrived.spikes])
    np.testing.assert_allclose(by_weight @ weights, total, rtol=1e-12)  # it is linear in weights
    for name, values, exact in (("times", times, by_time), ("delays", delays, by_delay)):
        for k in range(min(values.size, 6)):
            e = h * (np.arange(values.size) == k)
            measured = (change(**{name: values + e}) - change(**{name: values - e})) / (2 * h)
            np.testing.assert_allclose(exact[k], measured, rtol=1e-6, atol=1e-10)
            shift = arrived.shift(*(e if n == name else 0 * v for n, v in
                                    (("times", times), ("delays", delays))))  # fmt: skip
            np.testing.assert_allclose(by_arrival @ shift, exact[k] * h, rtol=1e-12, atol=1e-18)


@pytest.mark.parametrize("spec", ALL, ids=repr)
def test_a_spike_behind_a_queue_owes_to_weights_delays_and_times_what_central_differences_say(spec):
    """The loss is the time of the spike; 1e-6 relative, of differences with an error of 1e-9."""
    times, delays, which, _ = problem(spec)
    arrived, _ = run(spec, times, delays, which)
    weights = np.full(times.size, {1: 4.0, 4: 1.0}.get(len(arrived), 0.5))
    _, by_arrival, by_weight = crossing(arrived, weights)
    by_time, by_delay = arrived.gradient(by_arrival, times.size, delays.size)

    def change(**moved) -> float:
        given = {"times": times, "delays": delays, "weights": weights} | moved
        return crossing(run(spec, given["times"], given["delays"], which)[0], given["weights"])[0]

    largest = 0.0
    for name, values, exact in (
        ("times", times, by_time), ("delays", delays, by_delay), ("weights", weights, by_weight)
    ):  # fmt: skip
        for k in range(min(values.size, 6)):
            e = 1e-4 * (np.arange(values.size) == k)
            measured = (change(**{name: values + e}) - change(**{name: values - e})) / 2e-4
            np.testing.assert_allclose(exact[k], measured, rtol=1e-6, atol=1e-9)
            largest = max(largest, abs(measured))
    assert largest > 0.01


@pytest.mark.parametrize("spec", ALL, ids=repr)
def test_one_spike_gives_the_published_derivative_through_every_queue(spec):
    """+0.008112 with a delay of 3 ms and steps of 0.025 ms; other queues give 12 and 91 times it.

    It is the derivative of e^{-(t - arrival) / tau} by the delay at 16.025 ms after the arrival,
    0.2 e^{-3.205}: that interval follows from the value, since the source does not name it.
    """
    times, delays = np.array([0.975]), np.array([3.0])
    arrived, _ = run(spec, times, delays, np.zeros(1, int), looks=800)
    _, by_arrival = current(arrived, np.array([TAU]))
    by_time, by_delay = arrived.gradient(by_arrival, 1, 1)
    assert by_delay[0] == by_time[0] > 0
    assert round(by_delay[0], 6) == 0.008112
