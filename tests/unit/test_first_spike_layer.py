"""Layers of first spikes: codes, silence and its push, delays, counts, rules that can be."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar import Streams
from crossbar.activity import Activity
from crossbar.circuit import DifferentialPair
from crossbar.devices import IdealCell
from crossbar.errors import ConfigError
from crossbar.nn import Adam, Coincidence, Cosine, Minibatch, Network, Sequential, Training, fit
from crossbar.nn.layers.place import Place
from crossbar.spiking import (
    AxonalDelays,
    FirstSpike,
    SpikeDecoder,
    SpikeEncoder,
    SynapticDelays,
    first_spike_network,
)
from crossbar.substrates.digital import Digital
from crossbar.substrates.tile import Tile

EXACT = Digital(dtype=np.float64)


def draws() -> np.random.Generator:
    return np.random.default_rng(0)


def alone(weights: np.ndarray, **settings):
    """Neurons with ``weights`` (rows, cols), with times in units of a second."""
    rows, cols = weights.shape
    layer, activity = FirstSpike(units=cols, tau=1.0, **settings), Activity()
    held = EXACT.program(weights, rng=draws(), name="own", activity=activity)
    place = Place("own", ((rows,),), (cols,), {"weights": held}, activity)
    return layer.state(place)


def codes(layer):
    place = Place("code", ((2,),), (2,), {}, Activity())
    return layer.state(place)


def test_an_encoder_and_a_decoder_of_one_scale_are_inverse():
    x = np.array([[0.0, 0.7], [1.0, -0.2]])
    encoder = codes(SpikeEncoder(first=2e-6, span=-1e-6))
    times = encoder.forward(x, rng=draws())
    np.testing.assert_allclose(times, [[2e-6, 1.3e-6], [1e-6, 2.2e-6]], rtol=1e-12)
    decoder = codes(SpikeDecoder(scale=1e-6, last=2e-6))
    scores = decoder.forward(times, rng=draws())
    np.testing.assert_allclose(scores, [[0.0, 0.7], [1.0, 0.0]], atol=1e-12)


def test_small_numbers_send_no_spike_and_get_no_gradient():
    encoder = codes(SpikeEncoder(first=2e-6, span=-1e-6, least=0.1))
    times = encoder.forward(np.array([[0.0, 0.05, 0.1, -0.5]]), rng=draws())
    np.testing.assert_allclose(times, [[np.inf, np.inf, 1.9e-6, 2.5e-6]], rtol=1e-12)
    (back,) = encoder.backward(np.ones((1, 4)), rng=draws())
    np.testing.assert_allclose(back, [[0, 0, -1e-6, -1e-6]], rtol=1e-12)


def test_what_has_not_fired_in_time_has_no_score_and_no_gradient():
    decoder = codes(SpikeDecoder(scale=0.5, last=3.0))
    scores = decoder.forward(np.array([[1.0, 3.5], [np.inf, 2.0]]), rng=draws())
    assert scores.tolist() == [[4.0, 0.0], [0.0, 2.0]]
    (back,) = decoder.backward(np.ones((2, 2)), rng=draws())
    assert back.tolist() == [[-2.0, 0.0], [0.0, -2.0]]


def test_threshold_capacitance_and_charge_are_one_number():
    """Q / (C V): three times the charge is a third of capacitance or threshold.

    The first input alone makes the neuron fire: 2 w (u - u^2) = 1 with w = 3.6.
    """
    x = np.array([[0.1, 0.5]])
    ways = {"charge": 1.5e-12}, {"capacitance": 1e-12 / 3}, {"threshold": 0.5 / 3}
    spikes = [alone(np.full((2, 1), 1.2), **way).forward(x, rng=draws()).item() for way in ways]
    expected = 0.1 - 2 * np.log((1 + np.sqrt(1 - 2 / 3.6)) / 2)
    assert spikes == pytest.approx([expected] * 3, rel=1e-12)


def test_time_constants_scale_times():
    x, weights = np.array([[0.1, 0.5]]), np.full((2, 1), 1.2)
    once = alone(weights).forward(x, rng=draws()).item()
    layer = FirstSpike(units=1, tau=1e-5)
    held = EXACT.program(weights, rng=draws())
    state = layer.state(Place("own", ((2,),), (1,), {"weights": held}, Activity()))
    assert state.forward(1e-5 * x, rng=draws()).item() == pytest.approx(1e-5 * once, rel=1e-12)


def test_silent_neurons_send_nothing_back_and_are_pushed_beyond_their_share():
    """Of four samples all are silent: 4 x 0.2 x (1 - 0.25) = 0.6 a weight."""
    state = alone(np.array([[0.1, 4.0], [0.1, 4.0]]), silent=0.25, push=0.2)
    state.forward(np.zeros((4, 2)), rng=draws())
    state.d = np.array([[1.0, 0.0]] * 4)
    gradients = state.gradients(rng=draws())
    np.testing.assert_allclose(gradients["weights"], [[-0.6, 0.0]] * 2, rtol=1e-12)
    assert not state.backward(state.d, rng=draws())[0].any()


def test_a_crossing_that_only_just_happens_has_a_bounded_gradient():
    """One input of 2 (1 + e) crosses with V' of about sqrt(e) / 2."""
    slopes = []
    for steepest in (0.0, 0.01):
        state = alone(np.array([[2 * (1 + 1e-8)]]), steepest=steepest)
        state.forward(np.zeros((1, 1)), rng=draws())
        state.d = np.ones((1, 1))
        slopes.append(-state.gradients(rng=draws())["weights"].item())
    assert slopes[0] > 1e3
    assert slopes[1] == pytest.approx(0.5 / 0.01, rel=1e-3)  # dV/dw = 2 (1/2 - 1/4)


def test_delays_stay_between_zero_and_the_longest():
    state = alone(np.ones((3, 2)), delays=AxonalDelays(start=1.0, longest=2.5))
    assert state.parameters["delays"].tolist() == [[1.0, 1.0, 1.0]]
    state.add({"delays": np.array([[-1.5, 0.25, 9.0]])}, rng=draws())
    assert state.parameters["delays"].tolist() == [[0.0, 1.25, 2.5]]


def test_a_delay_is_a_later_input_and_a_shared_one_is_that_of_all_synapses():
    weights, x = np.array([[2.5, 3.0], [1.0, 2.0]]), np.array([[0.2, 0.4]])
    axonal = alone(weights, delays=AxonalDelays(longest=9))
    axonal.parameters["delays"][:] = [[0.5, 0.1]]
    synaptic = alone(weights, delays=SynapticDelays(longest=9))
    synaptic.parameters["delays"][:] = [[0.5, 0.1]] * 2
    still = alone(weights)
    later = still.forward(x + np.array([[0.5, 0.1]]), rng=draws())
    for state in (axonal, synaptic):
        np.testing.assert_array_equal(state.forward(x, rng=draws()), later)
        state.d = np.ones((1, 2))
    one, each = (s.gradients(rng=draws())["delays"] for s in (axonal, synaptic))
    assert (one.shape, each.shape) == ((1, 2), (2, 2))
    np.testing.assert_allclose(one[0], each.sum(axis=0), rtol=1e-12)


def test_every_spike_that_arrives_counts_as_one_read_of_its_row():
    state = alone(np.ones((3, 2)))
    state.activity.add("own", "mac_forward", 1000)
    state.forward(np.array([[0.1, np.inf, 0.3], [0.0, 0.0, 0.0]]), rng=draws())
    assert state.activity.total("mac_forward", "own") == 1000 + 5 * 2


def test_every_spike_reads_its_row_with_noise_of_its_own_and_gradients_go_by_it():
    """2 w (u - u^2) = 1 with u = e^{-t / 2}: the read w follows from the time of each sample."""
    noisy = Tile(device=IdealCell(), mapping=DifferentialPair(), dtype=np.float64)
    layer, x = FirstSpike(units=1, tau=1.0, steepest=0.0), np.full((500, 2), np.inf)
    held = noisy.program(np.array([[1.0], [4.0]]), rng=draws(), name="own", activity=Activity())
    assert held.noisy
    state = layer.state(Place("own", ((2,),), (1,), {"weights": held}, held.activity))
    x[:, 1] = 0.0
    u = np.exp(-0.5 * state.forward(x, rng=draws())[:, 0])
    w = 0.5 / (u - u * u)
    reads = held.read_rows(np.tile([[0.0, 1.0]], (500, 1)), rng=np.random.default_rng(1))
    assert np.unique(w).size == 500
    assert w.std() == pytest.approx(reads.std(), rel=5 / np.sqrt(500))  # one in 1e6 beyond
    state.d = np.ones((500, 1))
    slope = 2 * (u - u * u) / (w * (u - 2 * u * u))  # -dt / dw of each sample
    gradient = state.gradients(rng=draws())["weights"]
    np.testing.assert_allclose(gradient[:, 0], [0.0, slope.sum()], rtol=1e-9)
    assert held.activity.total("mac_forward", "own") == 500 + 500


def small(learner):
    x, labels = draws().random((40, 4)), np.arange(40) % 3
    network = first_spike_network(hidden=6, scale=1e-6, delays=SynapticDelays())
    chip = network.build(EXACT, Streams(0))
    before = {name: held.weights.copy() for name, held in chip.held.items()}
    training, quiet = Training(epochs=1, gamma=0.05, batch=20), lambda *_: None
    samples = (x, labels), (x, labels)
    fit(chip, *samples, training, streams=Streams(0), learner=learner, progress=quiet)
    return chip, {n: held.weights - before[n] for n, held in chip.held.items()}


@pytest.mark.parametrize("learner", [Adam(), Minibatch(), Sequential(), Cosine(steps=2)])
def test_rules_that_add_gradients_up_move_weights_and_delays(learner):
    chip, moved = small(learner)
    assert all(np.abs(change).max() > 0 for change in moved.values())
    assert (chip.layers["hidden"].parameters["delays"] != 0.1).any()


def test_a_rule_of_outer_products_is_refused():
    with pytest.raises(ConfigError, match="FirstSpike: expected a rule that adds gradients up"):
        small(Coincidence())


def test_delays_that_begin_beyond_the_longest_are_refused():
    message = "AxonalDelays.start: expected at most the longest, 1e-06 s"
    with pytest.raises(ConfigError, match=message):
        AxonalDelays(start=2e-6, longest=1e-6)


@pytest.mark.parametrize(
    ("field", "value"), [("tau", 0.0), ("threshold", -0.5), ("charge", 0.0), ("silent", 1.5)]
)
def test_numbers_that_no_neuron_has_are_refused(field, value):
    with pytest.raises(ConfigError, match=f"FirstSpike.{field}: expected"):
        FirstSpike(units=2, **{field: value})


def test_the_network_is_that_of_its_sizes():
    network = first_spike_network(input_shape=(5,), classes=2, hidden=7)
    assert isinstance(network, Network)
    assert network.shapes == {"encoder": (5,), "hidden": (7,), "out": (2,), "decoder": (2,)}
    assert [(m.rows, m.cols) for m in network.matrices] == [(5, 7), (7, 2)]
