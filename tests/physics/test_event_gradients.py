"""Gradients of neurons that fire any number of times, against central differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from spiking_layers import alone, draws

from crossbar.spiking import LIF, AxonalDelays, EventLIF, SynapticDelays

LINES, UNITS, SAMPLES = 5, 4, 4
STEP = 1e-6
BASE = LIF(threshold=1.0, capacitance=1.0, g_leak=0.5, tau_s=1.0)
LAYER = EventLIF(units=UNITS, neuron=BASE, charge=1.0, duration=8.0, spikes=60, steepest=0.0,
                 push=0.0, lag=0.317)  # fmt: skip
UNFILTERED = replace(BASE, tau_s=0.0)
NEURONS = {
    "one exponential, tau_m = 2 tau_s": BASE,
    "one exponential, tau_s = 2 tau_m": replace(BASE, g_leak=2.0),
    "one exponential, equal": replace(BASE, g_leak=1.0),
    "one exponential, other": replace(BASE, g_leak=0.37),
    "two exponentials": replace(BASE, tau_r=0.3, g_leak=0.7),
    "two exponentials, alike": replace(BASE, tau_r=1.0, g_leak=1.0),
    "refractory": replace(BASE, refractory=0.7),
    "two exponentials, refractory": replace(BASE, tau_r=0.4, refractory=0.5),
    "reset and rest": replace(BASE, reset=-0.4, rest=-0.2, refractory=0.2),
    "reset above rest": replace(BASE, reset=0.5, refractory=0.2),
    "by subtraction": replace(BASE, reset_by="subtraction", refractory=0.3),
    "no filter": UNFILTERED,
    "no filter, refractory": replace(UNFILTERED, refractory=0.4),
    "no filter, by subtraction": replace(UNFILTERED, reset_by="subtraction"),
    "no filter, by subtraction, refractory": replace(
        UNFILTERED, reset_by="subtraction", refractory=0.4, rest=-0.1
    ),
}
DELAYS = {
    "no delays": None,
    "axonal": AxonalDelays(start=0.4, longest=9),
    "synaptic": SynapticDelays(start=0.4, longest=9),
}


def made(layer: EventLIF, slots: int = 2, among: float = 0.9):
    """The layer with random weights and delays, and samples in which an input is silent."""
    rng = np.random.default_rng(4)
    given = {"weights": rng.normal(1.3, 1.2, (LINES, UNITS))}
    if layer.recurrent:
        given["recurrent"] = rng.normal(0.0, among, (UNITS, UNITS))
    state = alone(layer, LINES, slots, **given)
    if layer.delays is not None:
        delays = state.parameters["delays"]
        delays += rng.uniform(-0.3, 0.9, delays.shape)
    x = rng.uniform(0, 5, (SAMPLES, LINES, slots))
    x[rng.random(x.shape) < 0.1] = np.inf
    return state, x


def loss(state, x, weight) -> tuple[float, np.ndarray]:
    """The weighted sum of the output, and how often each neuron fired."""
    y = state.forward(x, rng=draws())
    return float((weight * y)[np.isfinite(y)].sum()), state.fired.counts


def slopes_of(state, x, weight, numbers: np.ndarray) -> np.ndarray:
    """Central differences of the loss to ``numbers``, none of which adds a spike or takes one."""
    slopes, (_, counts) = np.zeros(numbers.shape), loss(state, x, weight)
    for at in np.ndindex(numbers.shape):
        was, sides = numbers[at], []
        for moved in (was + STEP, was - STEP) if np.isfinite(was) else ():
            numbers[at] = moved
            value, fired = loss(state, x, weight)
            np.testing.assert_array_equal(fired, counts)
            sides.append(value)
        numbers[at] = was
        slopes[at] = (sides[0] - sides[1]) / (2 * STEP) if sides else 0.0
    return slopes


def check(layer: EventLIF, vanishing: tuple[str, ...] = (), among: float = 0.9) -> None:
    """Differences of 1e-6 are good to 1e-9 of the largest; asked for is 1e-6."""
    state, x = made(layer, among=among)
    y = state.forward(x, rng=draws())
    weight = np.random.default_rng(5).standard_normal(y.shape)
    state.d = np.where(np.isfinite(y), weight, 7.0)  # what silence is told counts for nothing
    gradients = {"inputs": (state.backward(state.d, rng=draws())[0], x)}
    for part, gradient in state.gradients(rng=draws()).items():
        own = state.held[part].values if part in state.held else state.parameters[part]
        gradients[part] = (gradient, own)
    assert state.fired.counts.max() >= 3
    assert gradients.keys() == {
        "inputs", "weights",
        *(["recurrent"] if layer.recurrent else []), *(["delays"] if layer.delays else []),
    }  # fmt: skip
    for part, (gradient, numbers) in gradients.items():
        slopes = slopes_of(state, x, weight, numbers)
        largest = np.abs(slopes).max()
        assert (largest < 1e-8) == (part in vanishing)
        np.testing.assert_allclose(gradient, slopes, rtol=0, atol=1e-6 * max(largest, 1e-3))


@pytest.mark.parametrize("readout", ["times", "membranes"])
@pytest.mark.parametrize("neuron", NEURONS)
def test_gradients_of_every_neuron_are_differences(neuron, readout):
    """Without a filter spikes are at times of arrivals, which no weight moves."""
    one = NEURONS[neuron]
    still = ("weights",) if one.tau_s == 0 and readout == "times" else ()
    check(replace(LAYER, neuron=one, readout=readout), still)


@pytest.mark.parametrize("readout", ["times", "first", "membranes"])
@pytest.mark.parametrize("neuron", ["refractory", "two exponentials, refractory"])
@pytest.mark.parametrize("delays", DELAYS)
def test_gradients_with_delays_and_neurons_that_send_to_each_other(neuron, delays, readout):
    own = {"neuron": NEURONS[neuron], "delays": DELAYS[delays], "readout": readout}
    check(replace(LAYER, recurrent=True, **own))


@pytest.mark.parametrize("delays", ["axonal", "synaptic"])
@pytest.mark.parametrize("neuron", ["no filter, refractory", "no filter, by subtraction"])
def test_gradients_of_jumps_with_delays_and_neurons_that_send_to_each_other(neuron, delays):
    own = {"neuron": NEURONS[neuron], "delays": DELAYS[delays], "readout": "membranes"}
    check(replace(LAYER, recurrent=True, **own), among=0.2)
