"""A neuron from outside: it is stepped, runs in a network, and settings name it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from crossbar.errors import ConfigError
from crossbar.overlay import made
from crossbar.random import Streams
from crossbar.spiking import NEURONS, Group, Spikes, SpikingNetwork, Synapses
from crossbar.substrates import Digital

LONGEST = 60


def rng():
    return np.random.default_rng(0)


def test_it_is_as_short_as_it_is_said_to_be():
    assert len(Path(__file__).with_name("neuron.py").read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize("current", [-1e-10, 0.0, 1e-10, 3e-10])
def test_from_python_its_voltage_and_spikes_are_those_of_an_integrator(current):
    """A charge brings it over the critical voltage; both forms of running it agree."""
    from neuron import Quadratic

    neuron = Quadratic()
    neuron.prove()

    def slope(t, v):
        return (neuron.k * (v - neuron.rest) * (v - neuron.critical) + current) / neuron.capacitance

    def rises(t, v):
        return v[0] - neuron.peak

    rises.terminal = True
    accuracy = {"rtol": 1e-12, "atol": 1e-15, "events": rises}
    for charge, fires in ((1.5e-13, False), (3e-13, True)):
        state = neuron.fabricate(1, rng=rng())
        neuron.receive([0], charge, state)
        spikes = neuron.step(2e-3, current, state)
        v = solve_ivp(slope, (0, 2e-3), [charge / neuron.capacitance], **accuracy)
        assert bool(len(spikes)) == bool(v.t_events[0].size) == (fires or current >= 1e-10)
        if len(spikes):
            assert spikes.times[0] == pytest.approx(v.t_events[0][0], rel=1e-9)
        else:
            assert neuron.potential(state)[0] == pytest.approx(v.y[0, -1], rel=1e-9, abs=1e-12)


def test_its_intervals_are_in_closed_form():
    """With x^2 + 1 for a slope, from -a to a takes 2 atan(a)."""
    from neuron import Quadratic

    neuron = Quadratic(k=1.0, capacitance=1.0, rest=0.0, critical=0.0, reset=-3.0, peak=3.0)
    times = neuron.step(20.0, 1.0, neuron.fabricate(1, rng=rng())).times
    np.testing.assert_allclose(np.diff(times), 2 * np.arctan(3.0), rtol=1e-12)
    assert times[0] == pytest.approx(np.arctan(3.0), rel=1e-12)


def test_from_settings_and_in_a_network():
    """A spike a volley of three, when their charges pass the critical voltage."""
    neuron = made(NEURONS, "neuron:Quadratic", {"critical": "150 mV"}, "groups.a.neuron")
    network = SpikingNetwork(
        inputs={"in": 3}, groups={"a": Group(count=2, neuron=neuron)},
        synapses={"fc": Synapses(source="in", target="a", charge=1e-13)},
    )  # fmt: skip
    weights = {"fc": np.array([[1.0, 0.4], [1.0, 0.4], [1.0, 0.4]])}
    chip = network.build(Digital(dtype=np.float64), Streams(0), weights=weights)
    given = Spikes(np.repeat([1e-4, 3e-3], 3), [0, 1, 2] * 2, 3)
    spikes = chip.run({"in": given}, 6e-3, rng=rng()).spikes["a"]
    assert spikes.lines.tolist() == [0, 0]
    assert np.diff(spikes.times) == pytest.approx(2.9e-3, rel=1e-9)  # the reset is to rest
    with pytest.raises(ConfigError, match=r"groups\.a\.neuron\.critical: .* got 20\.0"):
        made(NEURONS, "neuron:Quadratic", {"critical": 20}, "groups.a.neuron")
