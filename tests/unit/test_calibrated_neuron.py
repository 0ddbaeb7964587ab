"""`LIF.calibrate` on waveforms in closed form, whose constants are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crossbar.errors import DataError, ShapeError
from crossbar.spiking import LIF, Spikes

C, G, THRESHOLD, RESET, REST = 2e-12, 3e-8, 0.45, 0.02, 0.01
BEND = 1e-7  # V / (V/s)^(2/3), by which a fast membrane passes the threshold
FALL = 20e-9  # s of a reset
CURRENTS = np.array([1.0, 2.0, 1.5, 3.0, 1.2]) * 1e-7


def waveform(currents=CURRENTS):
    """Membrane between resets: V_inf + (V - V_inf) e^{-t / tau}; a reset is a fall of 20 ns."""
    t, v, i, spikes, now, start = [], [], [], [], 0.0, REST
    for current in currents:
        end, top = REST + current / G, THRESHOLD
        for _ in range(50):  # the slope at the top depends on the top
            top = THRESHOLD + BEND * ((current - G * (top - REST)) / C) ** (2 / 3)
        lasts = C / G * np.log((end - start) / (end - top))
        s = np.linspace(0, lasts, 4000)[:-1]
        fall = np.linspace(0, FALL, 40)[:-1]
        t += [*(now + s), *(now + lasts + fall)]
        v += [*(end + (start - end) * np.exp(-s * G / C)), *(top + (RESET - top) * fall / FALL)]
        i += [current] * (s.size + fall.size)
        spikes.append(now + lasts)
        now, start = now + lasts + FALL, RESET
    s = np.linspace(0, 1e-6, 1000)  # time for the last reset to end
    t, v = [*t, *(now + s)], [*v, *(end + (RESET - end) * np.exp(-s * G / C))]
    i += [currents[-1]] * s.size
    return np.array(t), np.array(v), Spikes(spikes, np.zeros(len(spikes), int), 1), np.array(i)


def test_constants_are_those_that_the_waveform_was_made_of():
    tau_s = 1e-6  # what waveforms do not show stays
    neuron = LIF(rest=REST, tau_s=tau_s).calibrate(*waveform())
    # Trapezoids of 4 000 samples: second order in the step, 1e-7 of an interval.
    assert neuron.capacitance == pytest.approx(C, rel=1e-5, abs=0)
    assert neuron.g_leak == pytest.approx(G, rel=1e-5, abs=0)
    assert neuron.threshold == pytest.approx(THRESHOLD, abs=1e-6)
    assert neuron.reset == pytest.approx(
        RESET, abs=2e-4
    )  # a sample of the fall, 0.5 ns, and 0.2 V/us
    lag = BEND * np.mean([((i - G * (THRESHOLD - REST)) / C) ** (-1 / 3) for i in CURRENTS])
    assert neuron.refractory == pytest.approx(FALL + lag, abs=1e-9)
    assert (neuron.rest, neuron.tau_s) == (REST, tau_s)


def test_the_calibrated_neuron_fires_as_the_waveform_does():
    t, v, spikes, current = waveform()
    neuron = LIF(rest=REST).calibrate(t, v, spikes, current)
    state = neuron.fabricate(1, rng=np.random.default_rng(0))
    changes = [0.0, *(spikes.times[:-1] + FALL), t[-1]]
    fired = [
        neuron.step(dt, i, state).times for dt, i in zip(np.diff(changes), CURRENTS, strict=True)
    ]
    # Early by the lag of the comparator, and by a nanosecond for each of the resets before.
    np.testing.assert_allclose(np.concatenate(fired), spikes.times, atol=6e-9)


def test_what_cannot_be_calibrated_is_refused():
    t, v, spikes, current = waveform()
    with pytest.raises(ShapeError, match=r"LIF\.calibrate\.v"):
        LIF().calibrate(t, v[:-1], spikes, current)
    with pytest.raises(DataError, match=r"LIF\.calibrate\.current"):
        LIF().calibrate(t, v, spikes, current * np.nan)
    with pytest.raises(DataError, match=r"LIF\.calibrate\.t: expected times that go forwards"):
        LIF().calibrate(t[::-1], v, spikes, current)
    few = Spikes(spikes.times[:2], spikes.lines[:2], 1)
    with pytest.raises(DataError, match=r"LIF\.calibrate\.spikes: expected 3 spikes"):
        LIF().calibrate(t, v, few, current)
    with pytest.raises(DataError, match="expected a fall of the membrane at a spike"):
        LIF().calibrate(t, np.sort(v), spikes, current)
    with pytest.raises(DataError, match="expected slopes at spikes that differ by a tenth"):
        LIF(rest=REST).calibrate(*waveform(np.full(4, 2e-7)))
    with pytest.raises(DataError, match="expected 3 spikes"):
        LIF().calibrate(t, v, replace(spikes, width=2), current)
