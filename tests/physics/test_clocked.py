"""Neurons in time steps: the exact neuron at their ends, and errors through time by differences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pytest
from layered import SUBSTRATES, alone
from scipy.special import expit

from crossbar import Streams
from crossbar.spiking import (
    LIF,
    ArcTan,
    Clocked,
    ClockedLIF,
    FastSigmoid,
    FirstSpikeReadout,
    Group,
    Leaky,
    Spikes,
    SpikingNetwork,
    Surrogate,
    Synapses,
    Triangle,
)

DT = 1e-6
STEP = 1e-6


def draws() -> np.random.Generator:
    return np.random.default_rng(3)


@dataclass(frozen=True, kw_only=True)
class Smooth(Surrogate):
    """A spike that is no step: s = 1 / (1 + e^{-4 u}), whose slope is its own."""

    def fires(self, u):
        return expit(4 * u)

    def slope(self, u):
        return 4 * expit(4 * u) * expit(-4 * u)


@dataclass(frozen=True, kw_only=True)
class SmoothLIF(ClockedLIF):
    """Its outputs drive lines as numbers."""

    spikes: ClassVar[bool] = False
    surrogate: Surrogate = field(default_factory=Smooth)
    through_reset: bool = True


def trains(seed: int, steps: int = 60, lines: int = 8, share: float = 0.15) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.random((3, steps, lines)) < share).astype(np.float64)


def by_events(x: np.ndarray, weights: np.ndarray, neuron: LIF) -> np.ndarray:
    """Spikes of every step of the exact neuron, to whose group the same spikes go as events.

    Spikes come at the beginning of a step. Without synaptic current those of the neuron do too.
    """
    network = SpikingNetwork(
        inputs={"in": x.shape[2]},
        groups={"out": Group(count=weights.shape[1], neuron=neuron)},
        synapses={"fc": Synapses(source="in", target="out", charge=5e-13)},
    )
    fired = np.zeros((*x.shape[:2], weights.shape[1]))
    for n, sample in enumerate(x):
        chip = network.build(SUBSTRATES["digital"], Streams(0), weights={"fc": weights})
        steps, lines = np.nonzero(sample)
        given = Spikes(steps * DT, lines, x.shape[2])
        out = chip.run({"in": given}, (len(sample) - 0.5) * DT, rng=draws()).spikes["out"]
        np.add.at(fired[n], (np.floor(out.times / DT + 1e-6).astype(int), out.lines), 1)
    return fired


@pytest.mark.parametrize("reset_by", ["value", "subtraction"])
@pytest.mark.parametrize("refractory", [0.0, 2.5e-6])
def test_without_synaptic_current_spikes_are_those_of_the_exact_neuron(reset_by, refractory):
    layer = Clocked(
        units=5,
        gain=0.05,
        mean=2.0,
        neuron=ClockedLIF(tau_m=1e-5, reset_by=reset_by, refractory=np.ceil(refractory / DT) * DT),
    )
    state, x = alone(layer, (60, 8)), trains(1, share=0.07)
    weights = state.held["weights"].weights[0]
    exact = LIF(
        g_leak=1e-7, capacitance=1e-12, tau_s=0.0, reset_by=reset_by,
        refractory=max(0.0, np.ceil(refractory / DT) - 1e-9) * DT,
    )  # fmt: skip
    spikes = state.forward(x, rng=draws())
    np.testing.assert_array_equal(spikes, by_events(x, weights, exact))
    assert 20 < spikes.sum() < 0.5 * spikes.size


def test_membranes_between_spikes_are_those_of_the_exact_neuron():
    """Synaptic currents flow between the steps: V at the end of each is exact, not of first order.

    Resets are exact at the ends of steps alone, so that none happens here.
    """
    neuron = ClockedLIF(tau_m=1e-5, tau_s=4e-6, threshold=50.0)
    state, x = alone(Clocked(units=5, neuron=neuron, membranes=True), (60, 8)), trains(2)
    seen = state.forward(x, rng=draws())
    exact = LIF(g_leak=1e-7, capacitance=1e-12, tau_s=4e-6, threshold=50.0)
    network = SpikingNetwork(
        inputs={"in": 8}, groups={"out": Group(count=5, neuron=exact)},
        synapses={"fc": Synapses(source="in", target="out", charge=5e-13)},
    )  # fmt: skip
    weights = {"fc": state.held["weights"].weights[0]}
    for n, sample in enumerate(x):
        chip = network.build(SUBSTRATES["digital"], Streams(0), weights=weights)
        steps, lines = np.nonzero(sample)
        given = Spikes(steps * DT, lines, 8)
        run = chip.run({"in": given}, 60 * DT, rng=draws(), sample=DT)
        np.testing.assert_allclose(seen[n], run.voltages["out"], rtol=1e-9, atol=1e-12)


NEURONS = {
    "currents": SmoothLIF(tau_m=1e-5, tau_s=3e-6),
    "jumps": SmoothLIF(tau_m=1e-5),
    "value": SmoothLIF(tau_m=1e-5, reset=0.05, reset_by="value"),
    "adaptive": SmoothLIF(tau_s=3e-6, adaptation=0.2, tau_a=2e-5),
    "refractory": SmoothLIF(refractory=2e-6),
    "tanh": Leaky(tau=5e-6, output="tanh"),
}


@pytest.mark.parametrize("membranes", [False, True])
@pytest.mark.parametrize("name", NEURONS)
def test_gradients_through_time_are_differences(name, membranes):
    """Neurons whose spikes are smooth have differences; errors pass all that a state does."""
    layer = Clocked(
        units=3, neuron=NEURONS[name], recurrent=True, events=False, membranes=membranes, gain=3.0
    )
    state, x = alone(layer, (9, 4), held="digital"), trains(4, 9, 4, 0.4)
    if name == "refractory":  # smooth spikes drive as numbers, and below 0.5 hold nobody
        x[:, ::2] += 0.5
    weight = np.random.default_rng(5).normal(size=(3, 9, 3))
    state.forward(x, rng=draws())
    state.take(weight, rng=draws())
    given = state.gradients(rng=draws()) | {"x": state.backward(weight, rng=draws())[0]}
    for part, gradient in given.items():
        slopes = np.zeros(gradient.shape)
        for at in np.ndindex(gradient.shape):
            sides = []
            for step in (STEP, -STEP):
                moved = np.zeros(gradient.shape)
                moved[at] = step
                if part == "x":
                    y = state.forward(x + moved, rng=draws())
                else:
                    state.add({part: moved}, rng=draws())
                    y = state.forward(x, rng=draws())
                    state.add({part: -moved}, rng=draws())
                sides.append(float((weight * y).sum()))
            slopes[at] = (sides[0] - sides[1]) / (2 * STEP)
        np.testing.assert_allclose(gradient, slopes, rtol=0, atol=1e-6 * np.abs(slopes).max())
        assert np.abs(slopes).max() > 1e-2


@pytest.mark.parametrize("one", [FastSigmoid(sharpness=1.5), Triangle(height=1.0), ArcTan()])
def test_surrogates_are_highest_at_the_threshold_and_even(one):
    u = np.linspace(-2, 2, 401)
    slope = one.slope(u)
    np.testing.assert_allclose(slope, slope[::-1], rtol=1e-12)
    assert slope.argmax() == 200
    assert slope[200] == pytest.approx(1.0)


def test_the_first_spike_is_told_by_its_step():
    x = np.zeros((1, 5, 4))
    x[0, 2, 0] = x[0, 4, 0] = x[0, 0, 1] = x[0, 4, 3] = 1
    from_layer = alone(FirstSpikeReadout(offset=1.0, slope=2.0), (5, 4)).forward(x, rng=draws())
    np.testing.assert_allclose(from_layer[0], 1 - 2 * np.array([2, 0, 5, 4]) / 5)


def test_the_gradient_of_a_first_spike_is_what_each_spike_changes():
    """The step is linear in every spike on its own: with it less without it."""
    state = alone(FirstSpikeReadout(slope=2.0, window=6), (7, 3))
    x = (np.random.default_rng(2).random((4, 7, 3)) < 0.25).astype(float)
    d = np.random.default_rng(3).normal(size=(4, 3))
    state.forward(x, rng=draws())
    (back,) = state.backward(d, rng=draws())
    for at in np.ndindex(x.shape):
        sides = []
        for spike in (1.0, 0.0):
            changed = x.copy()
            changed[at] = spike
            sides.append((d * state.forward(changed, rng=draws())).sum())
        assert back[at] == pytest.approx(sides[0] - sides[1], abs=1e-12)


def test_a_step_without_spikes_reads_nothing():
    """What is counted are reads of driven lines: none of steps at rest."""
    state = alone(Clocked(units=3), (10, 4), held="arrays")
    x = np.zeros((2, 10, 4))
    state.forward(x, rng=draws())
    assert state.activity.total("mac_forward") == 0
    x[0, 3, 1] = x[1, 7, 2] = x[1, 7, 0] = 1
    state.forward(x, rng=draws())
    assert state.activity.total("mac_forward") == 3 * 3  # lines by columns
