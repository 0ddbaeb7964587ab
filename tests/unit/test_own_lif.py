"""LIF neurons with parameters of their own: each is the neuron that has these for all."""

from __future__ import annotations

import numpy as np
import pytest
from refusals import refused

from crossbar.spiking import LIF, Mismatch, OwnLIF, Spikes

OWN = {
    "thresholds": (0.3, 0.5, 0.4),
    "rests": (0.0, 0.1, -0.1),
    "capacitances": (1e-12, 2e-12, 1.5e-12),
    "g_leaks": (1e-8, 2e-8, 0.5e-8),
}
NAMES = ("threshold", "rest", "capacitance", "g_leak")


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("tau_s", [0.0, 2e-5])
def test_each_neuron_is_that_of_its_own_parameters(tau_s: float) -> None:
    draw = rng()
    times, charges = np.sort(draw.uniform(0, 1e-3, 50)), draw.normal(1e-13, 1e-13, 50)
    neuron = OwnLIF(tau_s=tau_s, **OWN)
    state, every = neuron.fabricate(3, rng=rng()), np.repeat(times, 3)
    arrivals = Spikes(every, np.tile([0, 1, 2], 50), 3)
    fired = neuron.respond(arrivals, np.repeat(charges, 3), 1e-3, state, current=6e-9)
    for k in range(3):
        alone = LIF(tau_s=tau_s, **{n: own[k] for n, own in zip(NAMES, OWN.values(), strict=True)})
        one = alone.fabricate(1, rng=rng())
        spikes = alone.respond(Spikes(times, [0] * 50, 1), charges, 1e-3, one, current=6e-9)
        assert len(spikes) > 3
        assert spikes.times.tolist() == fired.on(k).tolist()
        assert alone.potential(one)[0] == neuron.potential(state)[k]


def test_what_is_not_given_is_that_of_all_and_mismatch_is_on_top() -> None:
    spread = Mismatch(sigma_threshold=0.1, sigma_capacitance=0.1)
    own = OwnLIF(g_leaks=(1e-8, 1e-8), mismatch=spread).fabricate(2, rng=rng())
    usual = LIF(mismatch=spread).fabricate(2, rng=rng())
    assert own.membranes.tolist()[0][:5] == usual.membranes.tolist()[0][:5]
    assert len(set(own.membranes["threshold"])) == 2


def test_wrong_parameters_are_named() -> None:
    line = refused(OwnLIF, thresholds=(0.5, -0.1))
    assert line.startswith("OwnLIF.thresholds: expected voltages above reset, 0 V, got -0.1 V.")
    assert refused(OwnLIF, g_leaks=(1e-8, 0.0)).startswith("OwnLIF.g_leaks")
    line = refused(OwnLIF(rests=(0.0, 0.1)).fabricate, 3, rng=rng())
    assert line.startswith("OwnLIF.rests: expected 3 of them, got 2.")
