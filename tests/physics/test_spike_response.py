"""The spike response model: with exponentials it is the LIF neuron reset by subtraction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from refusals import refused

from crossbar.spiking import LIF, Decay, Filtered, Kernel, SpikeResponse, Spikes


def pair(tau_s: float) -> tuple[LIF, SpikeResponse]:
    """A LIF neuron and its kernels, in units of tau_m = 2."""
    lif = LIF(threshold=1.0, reset=0.2, rest=0.1, capacitance=1.0, g_leak=0.5, tau_s=tau_s,
              reset_by="subtraction")  # fmt: skip
    synapse = Filtered(capacitance=1.0, tau_m=2.0, tau_s=tau_s) if tau_s else Decay(
        height=1.0, tau=2.0)  # fmt: skip
    after = Decay(height=lif.reset - lif.threshold, tau=2.0)
    return lif, SpikeResponse(threshold=1.0, rest=0.1, synapse=synapse, after=after, memory=80.0,
                              resolution=0.02)  # fmt: skip


@pytest.mark.parametrize("tau_s", [0.0, 0.7, 1.0, 2.0, 2.0 + 1e-9])
def test_with_exponentials_it_fires_as_lif_does(tau_s):
    """1e-12 of the time: a root of sums of exponentials; events of 40 time constants ago are left
    out, which is e^-40."""
    lif, response = pair(tau_s)
    rng = np.random.default_rng(5)
    times = np.cumsum(rng.exponential(0.7, 60))
    lines, charges = rng.integers(0, 2, 60), rng.normal(1.2, 0.6, 60)
    arrivals = Spikes(times, lines, 2)
    until = times[-1] + 4.0
    states = [one.fabricate(2, rng=rng) for one in (lif, response)]
    exact, given = (one.respond(arrivals, charges, until, state)
                    for one, state in zip((lif, response), states, strict=True))  # fmt: skip
    assert len(exact) > 20
    np.testing.assert_array_equal(given.lines, exact.lines)
    np.testing.assert_allclose(given.times, exact.times, rtol=0, atol=1e-9 * lif.tau_m)
    np.testing.assert_allclose(response.potential(states[1]), lif.potential(states[0]), atol=1e-11)


@dataclass(frozen=True, kw_only=True)
class Box(Kernel):
    """1 for a second: any kernel will do."""

    def values(self, s):
        return np.where(s < 1.0, 1.0, 0.0)


def test_a_kernel_of_any_form_and_a_refractory_time():
    """Two boxes overlap from 0.5 to 1 s: V = 2 from there, a spike at once and one 0.3 s later."""
    neuron = SpikeResponse(threshold=1.5, synapse=Box(), after=Decay(height=-1e-9, tau=1.0),
                           refractory=0.3, memory=5.0, resolution=1e-2)  # fmt: skip
    Box().prove()
    neuron.prove()
    state = neuron.fabricate(1, rng=np.random.default_rng(0))
    fired = neuron.respond(Spikes([0.0, 0.5], [0, 0], 1), 1.0, 3.0, state)
    np.testing.assert_allclose(fired.times, [0.5, 0.8], atol=1e-12)
    assert len(neuron.step(9.0, 0.0, state)) == 0
    assert len(state.arrivals) == len(state.fired) == 2
    neuron.step(1.0, 0.0, state)
    assert len(state.arrivals) == len(state.fired) == 0


def test_a_current_and_a_spike_that_takes_nothing_down_are_refused():
    neuron = SpikeResponse(threshold=0.5, synapse=Box(), after=Decay(height=-1e-6))
    state = neuron.fabricate(1, rng=np.random.default_rng(0))
    line = refused(neuron.step, 1e-3, 1e-9, state)
    assert line.startswith("SpikeResponse.current: expected 0 A, got 1e-09 A.")
    neuron.receive([0], 1.0, state)
    assert refused(neuron.step, 1e-3, 0.0, state).startswith("SpikeResponse: expected a fall after")
