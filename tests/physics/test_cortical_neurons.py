"""Izhikevich's classes by their intervals; Hodgkin and Huxley against SciPy and thresholds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from refusals import refused
from scipy.integrate import solve_ivp

from crossbar.spiking import (
    CHATTERING,
    FAST_SPIKING,
    INTRINSICALLY_BURSTING,
    LOW_THRESHOLD,
    REGULAR_SPIKING,
    HodgkinHuxley,
    Izhikevich,
    Spikes,
)

CLASSES = {
    "regular spiking": REGULAR_SPIKING,
    "intrinsically bursting": INTRINSICALLY_BURSTING,
    "chattering": CHATTERING,
    "fast spiking": FAST_SPIKING,
    "low threshold": LOW_THRESHOLD,
}
UNIT = 1e-11  # A: 1 uA/cm2 of the membrane of 1000 um2
TIGHT = HodgkinHuxley(rtol=1e-10)


def made(neuron, count: int = 1):
    return neuron.fabricate(count, rng=np.random.default_rng(0))


def intervals(neuron: Izhikevich, current: float = 10e-12) -> np.ndarray:
    """Intervals between spikes under a current that begins at rest, for 500 ms [ms]."""
    return np.diff(neuron.step(0.5, current, made(neuron)).times) * 1e3


def kind(steps: np.ndarray) -> str:
    """Which class fires so; the bounds are between those of the five, and ours."""
    late = steps[len(steps) // 2 :]
    if late.max() > 5 * late.min():
        return "chattering"  # bursts that go on
    if steps[0] < 5 and late.mean() > 20:
        return "intrinsically bursting"  # one burst
    if 1000 / late.mean() > 100:
        return "fast spiking"  # Hz
    return "low threshold" if late.mean() / steps[0] > 3.5 else "regular spiking"


@pytest.mark.parametrize("name", CLASSES)
def test_the_intervals_of_each_class_are_its_own(name):
    steps = intervals(CLASSES[name])
    assert kind(steps) == name
    if name != "chattering":
        np.testing.assert_allclose(steps[-3:], steps[-1], rtol=1e-3)  # they settle


def test_a_low_threshold_is_low():
    """2 pA is below what the others fire at: the fold of their rest is at 4 pA, of this at 1 pA."""
    fires = {name: len(one.step(0.5, 2e-12, made(one))) > 0 for name, one in CLASSES.items()}
    assert fires == dict.fromkeys(CLASSES, False) | {"low threshold": True}


def test_izhikevich_spikes_are_those_of_the_published_equations():
    """In mV and ms, by another integrator (LSODA), 1e-10: spike times within 1e-5 ms of 100."""
    a, b, c, d = 0.02, 0.2, -65.0, 8.0

    def peak(t, y):
        return y[0] - 30.0

    peak.terminal, peak.direction = True, 1
    t, y, expected = 0.0, np.array([-70.0, -14.0]), []
    while t < 100.0:
        part = solve_ivp(
            lambda t, y: [0.04 * y[0] ** 2 + 5 * y[0] + 140 - y[1] + 10, a * (b * y[0] - y[1])],
            (t, 100.0), y, method="LSODA", events=peak, rtol=1e-10, atol=1e-10, max_step=0.5,
        )  # fmt: skip
        t, y = part.t[-1], part.y[:, -1]
        if part.status == 1:
            expected.append(t)
            y = np.array([c, y[1] + d])
    state = made(REGULAR_SPIKING)
    np.testing.assert_allclose(state.y[:, 0], [-70e-3, -14.0], rtol=1e-12)
    fired = REGULAR_SPIKING.step(0.1, 10e-12, state).times * 1e3
    np.testing.assert_allclose(fired, expected, rtol=0, atol=1e-5)


def test_a_charge_that_passes_the_peak_is_a_spike():
    state = made(REGULAR_SPIKING, 2)
    arrivals = Spikes([1e-3, 1e-3, 2e-3], [0, 0, 1], 2)
    fired = REGULAR_SPIKING.respond(arrivals, [0.06e-12, 0.06e-12, 0.06e-12], 3e-3, state)
    assert fired.times[0] == 1e-3
    assert fired.lines[0] == 0


def textbook(current: float, until: float) -> tuple[np.ndarray, np.ndarray]:
    """Spikes and voltages every 0.1 ms, in mV, ms and uA/cm2, by LSODA of SciPy at 1e-12."""

    def slopes(t, y):
        v, m, h, n = y
        am = 0.1 * (v + 40) / (1 - np.exp(-(v + 40) / 10))
        an = 0.01 * (v + 55) / (1 - np.exp(-(v + 55) / 10))
        bm, bn = 4 * np.exp(-(v + 65) / 18), 0.125 * np.exp(-(v + 65) / 80)
        ah, bh = 0.07 * np.exp(-(v + 65) / 20), 1 / (1 + np.exp(-(v + 35) / 10))
        out = 120 * m**3 * h * (v - 50) + 36 * n**4 * (v + 77) + 0.3 * (v + 54.387)
        return [current - out, am * (1 - m) - bm * m, ah * (1 - h) - bh * h, an * (1 - n) - bn * n]

    def rises(t, y):
        return y[0]

    rises.direction = 1
    start = made(TIGHT).y[:, 0] * [1e3, 1, 1, 1]
    run = solve_ivp(slopes, (0, until), start, method="LSODA", events=rises, rtol=1e-12,
                    atol=1e-13, max_step=0.2, t_eval=np.arange(0, until, 0.1))  # fmt: skip
    return run.t_events[0], run.y[0]


def test_hodgkin_and_huxley_move_as_scipy_moves_the_textbook():
    """Two integrators: ours at 1e-10 is within 2e-6 mV of 100, and spikes within 1e-8 ms."""
    spikes, voltages = textbook(10.0, 40.0)
    state, fired, worst = made(TIGHT), [], 0.0
    for expected in voltages:
        worst = max(worst, abs(1e3 * TIGHT.potential(state)[0] - expected))
        fired += TIGHT.step(1e-4, 10 * UNIT, state).times.tolist()
    assert worst < 2e-6
    assert len(spikes) == 3
    np.testing.assert_allclose(1e3 * np.array(fired), spikes, rtol=0, atol=1e-8)


def test_rest_and_the_shape_of_a_spike():
    """At 10 uA/cm2: rises by about 105 mV, half of it for a millisecond, then below rest."""
    neuron = HodgkinHuxley()
    state = made(neuron)
    rest = 1e3 * neuron.potential(state)[0]
    assert abs(rest + 65.0) < 0.01
    assert np.abs(neuron.slopes(state.y[:, 0], 0.0)).max() < 1e-9
    v = []
    for _ in range(1200):
        neuron.step(1e-5, 10 * UNIT, state)
        v.append(1e3 * neuron.potential(state)[0])
    v = np.array(v)
    assert 100 < v.max() - rest < 110
    assert -77 < v[v.argmax() :].min() < rest - 5
    width = 0.01 * (v > (v.max() + rest) / 2).sum()
    assert 0.8 < width < 1.6


def fires(current: float, until: float) -> int:
    neuron = HodgkinHuxley()
    return len(neuron.step(until, current * UNIT, made(neuron)))


def test_the_rheobase_and_the_current_from_which_it_fires_on():
    """One spike from 2.2 to 2.28, trains from 6.2 to 6.3 uA/cm2; the first by the textbook as well.

    The literature gives 2.24 and 6.26, whose first sources are not at hand.
    """
    assert [fires(i, 0.04) for i in (2.2, 2.28)] == [0, 1]
    assert [len(textbook(i, 40.0)[0]) for i in (2.2, 2.28)] == [0, 1]
    assert fires(6.2, 0.2) < 5
    assert fires(6.3, 0.2) > 10


def test_the_rest_of_hodgkin_and_huxley_loses_its_stability_at_a_known_current():
    """The literature gives 9.78 uA/cm2 (first source not at hand): real parts by differences."""
    neuron = HodgkinHuxley()

    def growth(current: float) -> float:
        low, high = -65e-3, -50e-3  # the rest, by halving: dV/dt falls with V
        for _ in range(60):
            v = 0.5 * (low + high)
            y = np.array([v, *gates(v)])
            low, high = (v, high) if neuron.slopes(y, current)[0] > 0 else (low, v)
        scale = np.array([1e-7, 1e-6, 1e-6, 1e-6])
        columns = [(np.array(neuron.slopes(y + e, current)) - neuron.slopes(y - e, current)) / 2
                   for e in np.diag(scale)]  # fmt: skip
        jacobian = np.array(columns).T / scale
        return float(np.linalg.eigvals(jacobian).real.max())

    def gates(v: float) -> np.ndarray:
        """Gates where they stay: (alpha, beta) from slopes at 0 and at 1."""
        zero, one = (np.array(neuron.slopes(np.array([v, k, k, k]), 0.0))[1:] for k in (0.0, 1.0))
        return zero / (zero - one)

    assert growth(9.7) < 0 < growth(9.85)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Izhikevich(b=300.0), "Izhikevich.b: expected a value with a resting voltage"),
        (lambda: Izhikevich(c=0.03), "Izhikevich.c: expected a voltage below the peak, got 0.03"),
        (lambda: HodgkinHuxley(spike_level=-0.07), "HodgkinHuxley.spike_level: expected a voltage"),
        (lambda: dataclasses.replace(TIGHT, rtol=0.0), "HodgkinHuxley.rtol: expected a number"),
    ],
)
def test_a_neuron_that_cannot_be_is_refused(make, says):
    assert refused(make).startswith(says)


@pytest.mark.parametrize("neuron", [REGULAR_SPIKING, HodgkinHuxley()], ids=repr)
def test_neurons_prove_themselves_and_steps_add_up(neuron):
    neuron.prove()
    current = 100e-12 if isinstance(neuron, HodgkinHuxley) else 10e-12
    together = neuron.step(0.04, current, made(neuron))
    state, parts = made(neuron), Spikes.none(1)
    for _ in range(8):
        parts = parts.followed(neuron.step(0.005, current, state))
    assert len(together) >= 2
    np.testing.assert_allclose(parts.times, together.times, rtol=0, atol=1e-8)
    assert "finite numbers, got nan" in refused(neuron.step, 1e-3, np.nan, state)
