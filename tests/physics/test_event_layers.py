"""Neurons that fire any number of times, against those that fire once, and networks of events."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from spiking_layers import EXACT, alone, draws

from crossbar import Streams
from crossbar.circuit import DifferentialPair, Reading
from crossbar.devices import IdealCell
from crossbar.spiking import (
    LIF,
    AxonalDelays,
    EventLIF,
    FirstSpike,
    Group,
    Spikes,
    SpikingNetwork,
    Synapses,
    SynapticDelays,
)
from crossbar.substrates.tile import Tile

ONCE = LIF(tau_s=1.0, capacitance=1.0, g_leak=0.5, threshold=1.0, refractory=100.0)
NEURON = replace(ONCE, refractory=0.4)
LAYER = EventLIF(units=4, neuron=NEURON, charge=1.0, duration=9.0, spikes=25, steepest=0.0, lag=0.3)
NOISY = Tile(device=IdealCell(), mapping=DifferentialPair(), reading=Reading(), dtype=np.float64)


def inputs(n: int, *shape: int, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 4, (n, *shape))
    x[rng.random(x.shape) < 0.2] = np.inf
    return x


def both(weights, delays=None, **settings):
    """Layers of first spikes and of any spikes that are refractory to the end."""
    cols = weights.shape[1]
    sizes = {"units": cols, "charge": 1.0, "delays": delays, "push": 0.3, **settings}
    once = FirstSpike(tau=1.0, capacitance=1.0, threshold=1.0, **sizes)
    event = EventLIF(neuron=ONCE, spikes=1, duration=90.0, readout="first", **sizes)
    return [alone(layer, len(weights), weights=weights) for layer in (once, event)]


@pytest.mark.parametrize("steepest", [0.0, 0.05])
@pytest.mark.parametrize("delays", [None, AxonalDelays(longest=9), SynapticDelays(longest=9)])
def test_neurons_that_fire_once_are_those_of_first_spikes(delays, steepest):
    """Times, gradients, the least slope and the push: two ways to the same numbers."""
    weights = np.random.default_rng(0).normal(0.6, 1.0, (7, 5))
    pair, x = both(weights, delays, steepest=steepest), inputs(40, 7)
    d = np.random.default_rng(1).standard_normal((40, 5))
    times, gradients, back = [], [], []
    for state in pair:
        if delays is not None:
            own = state.parameters["delays"]
            own += np.random.default_rng(2).uniform(0, 1, own.shape)
        times.append(state.forward(x, rng=draws()))
        state.d = d
        gradients.append(state.gradients(rng=draws()))
        back.append(state.backward(d, rng=draws())[0])
    assert 0.1 < np.isinf(times[0]).mean() < 0.5
    np.testing.assert_allclose(times[1], times[0], rtol=0, atol=1e-10)
    np.testing.assert_allclose(back[1], back[0], rtol=0, atol=1e-8 * np.abs(back[0]).max())
    assert gradients[0].keys() == gradients[1].keys()
    for part, one in gradients[0].items():
        np.testing.assert_allclose(gradients[1][part], one, rtol=0, atol=1e-8 * np.abs(one).max())


@pytest.mark.parametrize("delays", [None, AxonalDelays(longest=9), SynapticDelays(longest=9)])
@pytest.mark.parametrize(
    "neuron",
    [
        NEURON,
        replace(NEURON, tau_r=0.3, g_leak=0.8, reset=-0.3, refractory=0.0),
        replace(NEURON, tau_s=0.0, reset_by="subtraction", rest=0.1),
    ],
)
def test_runs_are_those_of_event_driven_networks(neuron, delays):
    """Two layers, the first of which hears itself, beside `SpikingNetwork`: 1e-9 of a second."""
    rng, x = np.random.default_rng(7), inputs(1, 6, 3)
    given = {"weights": rng.normal(0.8, 0.9, (6, 4)), "recurrent": rng.normal(0.0, 0.4, (4, 4))}
    behind = rng.normal(0.6, 0.5, (4, 3))
    layer = replace(LAYER, neuron=neuron, delays=delays, recurrent=True)
    first = alone(layer, 6, 3, **given)
    second = alone(replace(LAYER, neuron=neuron, units=3, spikes=60), 4, 25, weights=behind)
    waits = np.zeros((1, 6))
    if delays is not None:
        waits = first.parameters["delays"]
        waits += rng.uniform(0, 1, waits.shape)
    times = first.forward(x, rng=draws())
    shown = {"a": times[0], "b": second.forward(times, rng=draws())[0]}
    own = {"charge": 1.0, "source": "a"}
    network = SpikingNetwork(
        inputs={"in": 6},
        groups={"a": Group(count=4, neuron=neuron), "b": Group(count=3, neuron=neuron)},
        synapses={
            "in-a": Synapses(source="in", target="a", charge=1.0),
            "a-a": Synapses(target="a", delay=0.3, **own),
            "a-b": Synapses(target="b", **own),
        },
    )
    seconds = (waits.T if len(waits) > 1 else waits[0]) * first.unit
    chip = network.build(
        EXACT, Streams(0), delays={"in-a": seconds},
        weights={"in-a": given["weights"], "a-a": given["recurrent"], "a-b": behind},
    )  # fmt: skip
    lines = np.repeat(np.arange(6), 3)[np.isfinite(x[0]).ravel()]
    spikes = Spikes.in_order(x[np.isfinite(x)], lines, 6)
    recording = chip.run({"in": spikes}, 9.0, rng=draws())
    for group, rows in shown.items():
        fired = recording.spikes[group]
        assert len(fired) > 5
        for k, row in enumerate(rows):
            expected = fired.times[fired.lines == k]
            np.testing.assert_allclose(row[np.isfinite(row)], expected, rtol=0, atol=1e-9)


def test_voltages_at_the_end_are_those_of_neurons_alone():
    weights, x = np.random.default_rng(0).normal(0.5, 0.4, (5, 4)), inputs(6, 5)
    state = alone(replace(LAYER, readout="membranes", neuron=replace(NEURON, rest=-0.2)), 5,
                  weights=weights)  # fmt: skip
    volts = state.forward(x, rng=draws())
    for row, seen in zip(x, volts, strict=True):
        lines = np.argsort(row)[: np.count_nonzero(np.isfinite(row))]
        one = state.spec.neuron.fabricate(4, rng=draws())
        arrivals = Spikes(np.repeat(row[lines], 4), np.tile(np.arange(4), lines.size), 4)
        state.spec.neuron.respond(arrivals, weights[lines].ravel(), 9.0, one)
        at_end = state.spec.neuron.potential(one) + 0.2
        np.testing.assert_allclose(seen, at_end, rtol=0, atol=1e-12)


def test_what_arrives_after_the_end_is_not_read_and_order_of_slots_is_free():
    weights = np.full((2, 1), 1.5)
    state = alone(replace(LAYER, units=1, duration=3.0), 2, 2, weights=weights)
    times = [state.forward(np.array([given]), rng=draws()) for given in (
        [[0.1, 0.5], [0.4, np.inf]], [[0.5, 0.1], [3.0, 0.4]])]  # fmt: skip
    np.testing.assert_array_equal(times[0], times[1])
    assert state.activity.total("mac_forward", "weights") == 6


def test_every_spike_reads_its_row_with_noise_of_its_own():
    """One input a sample, all at one time: responses to equal reads are equal, to these are not.

    V(T) is linear in the read, so that its spread over samples is that of reads of the row.
    """
    n, layer = 4000, replace(LAYER, units=2, readout="membranes",
                             neuron=replace(ONCE, threshold=1e6))  # fmt: skip
    state = alone(layer, 3, held=NOISY, weights=np.full((3, 2), 0.8))
    x = np.full((n, 3), np.inf)
    x[:, 1] = 1.0
    held, seen = state.held["weights"], state.forward(x, rng=draws())
    assert held.noisy
    reads = held.read_rows(np.tile([[0.0, 1.0, 0.0]], (n, 1)), rng=np.random.default_rng(1))
    response = 2 * (np.exp(-4.0) - np.exp(-8.0))
    # standard deviations of n draws: 1 / sqrt(2 n) each; five of them fail in one of 1e6 runs
    bound = 5 / np.sqrt(n)
    np.testing.assert_allclose(seen.std(axis=0) / response, reads.std(axis=0), rtol=bound)
    assert np.unique(seen[:, 0]).size == n
    assert state.activity.total("mac_forward", "weights") == 2 * n * 2  # with those of this test


def test_every_spike_between_neurons_reads_its_row_with_noise_of_its_own():
    """Without input noise all samples are alike to the first echo, and then differ."""
    quiet = Tile(device=IdealCell(), mapping=DifferentialPair(), reading=Reading(temperature=0.0),
                 dtype=np.float64)  # fmt: skip
    layer = replace(LAYER, units=2, recurrent=True, lag=0.5)
    state = alone(layer, 1, held=quiet, weights=np.array([[4.0, 0.0]]), recurrent=np.eye(2)[::-1])
    assert not state.held["weights"].noisy
    state.held["recurrent"] = NOISY.program(np.array([[0.0, 3.0], [0.0, 0.0]]), rng=draws())
    times = state.forward(np.zeros((50, 1)), rng=draws())
    assert np.ptp(times[:, 0, 0]) == 0.0
    assert np.unique(times[:, 1, 0]).size == 50
    spikes = np.count_nonzero(times[:, 0] + 0.5 < 9.0) + np.count_nonzero(times[:, 1] + 0.5 < 9.0)
    reads = state.held["recurrent"].activity.total("mac_forward")
    assert reads == 2 * spikes
