"""First spikes: a bracketed root of the voltage, laws of time, and gradients by differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from crossbar import Streams
from crossbar.kernels.spikes.ttfs import first_spikes, spike_slopes
from crossbar.nn import Network
from crossbar.spiking import (
    LIF,
    AxonalDelays,
    FirstSpike,
    SpikeDecoder,
    SpikeEncoder,
    Spikes,
    SynapticDelays,
)
from crossbar.substrates.digital import Digital

GRID = 4001  # points between two arrivals, where crossings are looked for
LONG = 30.0  # after the last arrival, in time constants


def voltage(t: float, arrivals: np.ndarray, weights: np.ndarray) -> float:
    """The sum of responses at ``t``, each the exact solution of tau_m = 2 tau_s = 2."""
    since = t - arrivals[arrivals < t]
    return float(2 * weights[arrivals < t] @ (np.exp(-since / 2) - np.exp(-since)))


def above_threshold(t: float, arrivals: np.ndarray, weights: np.ndarray, threshold: float) -> float:
    return voltage(t, arrivals, weights) - threshold


def first(arrivals: np.ndarray, weights: np.ndarray, threshold: float) -> float:
    """When the voltage first crosses, by a grid between every two arrivals and Brent's method."""
    ends = np.sort(arrivals[np.isfinite(arrivals)])
    for low, high in zip(ends, [*ends[1:], ends[-1] + LONG], strict=True):
        grid = np.linspace(low, high, GRID)
        since = grid[:, None] - arrivals[arrivals <= low]
        each = 2 * (np.exp(-since / 2) - np.exp(-since)) @ weights[arrivals <= low]
        above = np.flatnonzero(each > threshold)
        if above.size:
            start, end = grid[above[0] - 1], grid[above[0]]
            own = (arrivals, weights, threshold)
            return float(brentq(above_threshold, start, end, own, xtol=1e-14, rtol=1e-14))
    return np.inf


def layer(seed: int, n: int = 12, rows: int = 9, cols: int = 6, shared: bool = False):
    """Inputs of which a fifth never spikes, and weights of both signs."""
    rng = np.random.default_rng(seed)
    times = rng.uniform(0, 3, (n, rows))
    times[rng.random(times.shape) < 0.2] = np.inf
    delays = rng.uniform(0, 2, (1 if shared else cols, rows))
    return times, rng.normal(0.3, 1.0, (cols, rows)), delays


def own_rows(weights) -> np.ndarray:
    """The row that each input reads, where it is the same for all samples."""
    return np.arange(weights.shape[1])[None]


def spikes_of(times, weights, delays, threshold=1.0) -> np.ndarray:
    spikes = np.empty((len(times), len(weights)))
    first_spikes(times, weights, own_rows(weights), delays, threshold, spikes)
    return spikes


@pytest.mark.parametrize("shared", [True, False])
def test_first_spikes_are_bracketed_roots_of_the_voltage(shared):
    """Brent's method is good to 1e-14; a slope of 1e-4 loses four digits of 1e-15: 1e-10."""
    times, weights, delays = layer(1, shared=shared)
    spikes = spikes_of(times, weights, delays, 0.8)
    for n, j in np.ndindex(spikes.shape):
        expected = first(times[n] + delays[0 if shared else j], weights[j], 0.8)
        assert spikes[n, j] == pytest.approx(expected, rel=0, abs=1e-10)
    assert 0.2 < np.isinf(spikes).mean() < 0.8


def test_first_spikes_are_those_of_neurons_that_go_from_event_to_event():
    times, weights, delays = layer(2)
    spikes = spikes_of(times, weights, delays, 0.8)
    neuron = LIF(threshold=0.8, capacitance=1.0, g_leak=0.5, tau_s=1.0)
    for n, row in enumerate(times):
        state = neuron.fabricate(len(weights), rng=np.random.default_rng(0))
        arrivals = (row + delays).ravel()
        order = np.argsort(arrivals)[: np.count_nonzero(np.isfinite(arrivals))]
        given = Spikes(arrivals[order], order // row.size, len(weights))
        fired = neuron.respond(given, weights.ravel()[order], 40.0, state)
        np.testing.assert_allclose(fired.first(), spikes[n], rtol=0, atol=1e-9)


def test_one_input_is_the_closed_form_and_one_too_weak_is_silence():
    """2 w (u - u^2) = 1 has u = (1 + sqrt(1 - 2 / w)) / 2; its peak is w / 2."""
    weights = np.array([[4.0], [2.000001], [1.999999], [-3.0]])
    spikes = spikes_of(np.array([[0.7]]), weights, np.zeros((1, 1)))[0]
    u = (1 + np.sqrt(1 - 2 / weights[:2, 0])) / 2
    np.testing.assert_allclose(spikes[:2], 0.7 - 2 * np.log(u), rtol=1e-12)
    assert np.isinf(spikes[2:]).all()


def test_inhibition_counts_if_it_arrives_before_the_spike_and_not_after():
    weights, still = np.array([[3.0, -9.0]]), np.zeros((1, 2))
    alone = -2 * np.log((1 + np.sqrt(1 / 3)) / 2)  # 0.475
    times = np.array([[0.0, 0.5], [0.0, 9.0], [0.0, np.inf], [0.0, 0.4]])
    spikes = spikes_of(times, weights, still)[:, 0]
    np.testing.assert_allclose(spikes, [alone, alone, alone, np.inf], rtol=1e-12)


def test_a_shift_of_all_inputs_shifts_all_spikes_and_far_times_lose_nothing():
    times, weights, delays = layer(2)
    moved = spikes_of(times + 1000.0, weights, delays) - 1000.0
    np.testing.assert_allclose(moved, spikes_of(times, weights, delays), rtol=0, atol=1e-10)


def test_gradients_to_all_times_of_a_spike_add_up_to_one():
    """A shift of all inputs is a shift of the spike."""
    times, weights, delays = layer(3)
    spikes = spikes_of(times, weights, delays)
    slopes = np.zeros_like(weights), np.zeros_like(weights), np.zeros_like(times)
    fired = np.isfinite(spikes)
    given = times, weights, own_rows(weights), delays
    spike_slopes(*given, spikes, np.ones_like(spikes), 0.0, *slopes)
    np.testing.assert_allclose(slopes[2].sum(axis=1), fired.sum(axis=1), rtol=1e-9)
    np.testing.assert_allclose(slopes[1].sum(axis=1), fired.sum(axis=0), rtol=1e-9)


def chip_of(delays):
    """A network of two layers in double precision, with times in seconds, and samples."""
    sizes = {"charge": 3e-13, "mean": 2.0, "steepest": 0.0, "push": 0.0}
    layers = {
        "code": SpikeEncoder(),
        "hidden": FirstSpike(units=7, delays=delays, **sizes),
        "out": FirstSpike(units=3, delays=delays, **sizes),
        "score": SpikeDecoder(scale=5e-7),
    }
    chip = Network(input_shape=(4,), layers=layers).build(Digital(dtype=np.float64), Streams(5))
    rng = np.random.default_rng(5)
    return chip, rng.random((20, 4)), rng.integers(0, 3, 20)


def loss_of(chip, x, labels) -> float:
    wanted = chip.wanted("loss", labels, len(x))
    outputs = chip.gradients(x, labels, rng=np.random.default_rng(0))
    return float(chip.loss.values(outputs, wanted).sum())


@pytest.mark.parametrize("delays", [None, AxonalDelays(start=4e-7), SynapticDelays(start=4e-7)])
def test_the_loss_of_a_network_has_the_gradients_of_its_differences(delays):
    """Differences of 1e-6 are good to 1e-9 of the largest; asked for is 1e-6."""
    chip, x, labels = chip_of(delays)
    loss_of(chip, x, labels)
    rng = np.random.default_rng(0)
    gradients = {
        f"{name}.{part}": (chip.layers[name], part, gradient.copy())
        for name in ("hidden", "out")
        for part, gradient in chip.layers[name].gradients(rng=rng).items()
    }
    assert len(gradients) == (2 if delays is None else 4)
    for state, part, gradient in gradients.values():
        numbers = state.held[part].values if part in state.held else state.parameters[part]
        slopes = np.zeros_like(gradient)
        for at in np.ndindex(gradient.shape):
            slopes[at] = difference(lambda: loss_of(chip, x, labels), numbers, at)
        np.testing.assert_allclose(gradient, slopes, rtol=0, atol=1e-6 * np.abs(slopes).max())
    hidden = chip.layers["hidden"]
    loss_of(chip, x, labels)
    (by_time,) = hidden.backward(hidden.d, rng=rng)  # [1/s], of samples of 1.85 us
    slopes = np.zeros_like(x)
    for at in np.ndindex(x.shape):
        slopes[at] = difference(lambda: loss_of(chip, x, labels), x, at) / 1.85e-6
    np.testing.assert_allclose(by_time, slopes, rtol=0, atol=1e-6 * np.abs(slopes).max())


def difference(value, numbers: np.ndarray, at: tuple[int, ...], step: float = 1e-6) -> float:
    """The central difference of ``value`` to one of ``numbers``."""
    was, sides = numbers[at], []
    for moved in (was + step, was - step):
        numbers[at] = moved
        sides.append(value())
    numbers[at] = was
    return (sides[0] - sides[1]) / (2 * step)
