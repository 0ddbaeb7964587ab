"""Read pulses of spikes: currents and charges in closed form, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.errors import ConfigError, DataError, ShapeError
from crossbar.spiking import LIF, ReadPulses, Spikes

PULSES = ReadPulses(v_read=0.2, t_pulse=1e-6, ratio=0.1)
CELLS = np.array([[10e-6, 5e-6], [2.5e-6, 0.0]])
RNG = np.random.default_rng(0)


def test_every_pulse_lets_a_charge_through_its_cells():
    """Q_j = ratio V t sum_i n_i g_ij, whatever overlaps with what on other lines."""
    spikes = Spikes([1e-6, 1.4e-6, 3e-6], [0, 1, 0], 2)
    begins, currents = PULSES.currents(spikes, CELLS, 1e-5)
    charge = np.diff([*begins, 1e-5]) @ currents
    expected = 0.1 * 0.2 * 1e-6 * spikes.counts() @ CELLS
    np.testing.assert_allclose(charge, expected, rtol=1e-12)  # sums of ten numbers


def test_a_spike_within_a_pulse_lengthens_it():
    begins, ends, lines = PULSES.driven(Spikes([1e-6, 1.5e-6, 4e-6], [1, 1, 1], 2))
    np.testing.assert_allclose(begins, [1e-6, 4e-6], rtol=1e-15)
    np.testing.assert_allclose(ends, [2.5e-6, 5e-6], rtol=1e-15)
    assert lines.tolist() == [1, 1]


def test_a_neuron_fires_where_the_ramp_of_its_charge_says():
    """Without a leak to speak of, V = I t / C: 0.5 V at 0.2 V 10 uS 0.1 after 2.5 us of pulses."""
    neuron = LIF(threshold=0.5, capacitance=1e-12, g_leak=1e-16)
    spikes = Spikes([1e-6, 3e-6, 5e-6], [0, 0, 0], 2)
    state = neuron.fabricate(2, rng=RNG)
    fired = PULSES.respond(neuron, spikes, CELLS, 1e-5, state)
    assert fired.lines.tolist() == [0]
    np.testing.assert_allclose(fired.times, [5.5e-6], rtol=1e-7)  # the leak takes 1e-8 of it
    assert state.t == pytest.approx(1e-5)


def test_voltages_are_those_of_the_leak_in_closed_form():
    neuron = LIF(threshold=5.0)
    spikes, times = Spikes([0.0], [0], 2), np.array([0.5e-6, 1e-6, 2e-4])
    volts = PULSES.voltages(neuron, spikes, CELLS, times, neuron.fabricate(2, rng=RNG))
    full = 0.1 * 0.2 * CELLS[0] / neuron.g_leak
    tau = neuron.tau_m
    peak = full * -np.expm1(-1e-6 / tau)
    expected = [full * -np.expm1(-0.5e-6 / tau), peak, peak * np.exp(-(2e-4 - 1e-6) / tau)]
    np.testing.assert_allclose(volts, expected, rtol=1e-12)


def test_what_pulses_refuse():
    neuron, spikes = LIF(), Spikes([1e-6], [0], 2)
    state = neuron.fabricate(2, rng=RNG)
    with pytest.raises(ShapeError, match=r"ReadPulses\.g: expected"):
        PULSES.respond(neuron, spikes, CELLS[:1], 1e-5, state)
    with pytest.raises(DataError, match=r"ReadPulses\.g"):
        PULSES.respond(neuron, spikes, CELLS * np.nan, 1e-5, state)
    with pytest.raises(ConfigError, match=r"ReadPulses\.until"):
        PULSES.respond(neuron, spikes, CELLS, 0.0, state)
    neuron.step(1e-6, 0.0, state)
    with pytest.raises(DataError, match=r"ReadPulses\.state: expected neurons at time 0"):
        PULSES.respond(neuron, spikes, CELLS, 1e-5, state)
    assert not len(PULSES.driven(Spikes.none(2))[0])
