"""Layers of neurons that fire any number of times: shapes, silence, bad input and rules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crossbar import Streams
from crossbar.activity import Activity
from crossbar.circuit import DifferentialPair, Reading
from crossbar.converters import SarAdc
from crossbar.devices import IdealCell
from crossbar.errors import ConfigError, DataError, ShapeError, SimulationError
from crossbar.nn import Adam, Coincidence, Cosine, Minibatch, Network, Training, fit
from crossbar.nn.layers.place import Place
from crossbar.spiking import LIF, AxonalDelays, EventLIF, Mismatch, SpikeDecoder, SpikeEncoder
from crossbar.substrates.aware import Aware
from crossbar.substrates.digital import Digital
from crossbar.substrates.mismatched import Mismatched
from crossbar.substrates.tile import Tile

EXACT = Digital(dtype=np.float64)
CELLS = {"mapping": DifferentialPair(), "reading": Reading(temperature=0.0)}
NEURON = LIF(tau_s=1.0, capacitance=1.0, g_leak=0.5, threshold=1.0, refractory=0.5)


def draws() -> np.random.Generator:
    return np.random.default_rng(0)


def alone(weights: np.ndarray, **settings):
    """Neurons with ``weights`` (rows, cols), with times in units of a second."""
    rows, cols = weights.shape
    one = {"neuron": NEURON, "charge": 1.0, "duration": 20.0, "spikes": 4} | settings
    layer, activity = EventLIF(units=cols, **one), Activity()
    held = EXACT.program(weights, rng=draws(), name="own", activity=activity)
    shapes = ((rows,),), layer.output_shape((rows,))
    return layer.state(Place("own", *shapes, {"weights": held}, activity))


def test_shapes_are_those_of_what_is_read_out():
    layer = EventLIF(units=3, spikes=7, recurrent=True)
    shapes = {way: replace(layer, readout=way).output_shape((5, 2))
              for way in ("times", "first", "membranes")}  # fmt: skip
    assert shapes == {"times": (3, 7), "first": (3,), "membranes": (3,)}
    assert [(m.part, m.rows, m.cols) for m in layer.matrices((5, 2))] == [
        ("weights", 5, 3), ("recurrent", 3, 3)]  # fmt: skip
    with pytest.raises(ShapeError, match=r"EventLIF: expected times of \(lines,\) or"):
        layer.matrices((2, 3, 4))


def test_the_threshold_is_one_weight_with_the_defaults():
    """A weight of 2 (1 + e) just crosses, as 2 w (u - u^2) has its top at w / 2."""
    layer = EventLIF(units=2)
    held = EXACT.program(np.array([[2.000001, 1.999999]]), rng=draws())
    place = Place("own", ((1,),), layer.output_shape((1,)), {"weights": held}, Activity())
    times = layer.state(place).forward(np.zeros((1, 1)), rng=draws())
    assert np.isfinite(times).sum(axis=2).tolist() == [[1, 0]]


def test_more_spikes_than_there_is_room_for_are_an_error():
    """Five inputs of 9 each 2 s make a neuron fire once or more each."""
    state = alone(np.full((5, 1), 9.0))
    message = "EventLIF 'own': expected up to 4 spikes, got a neuron with 5 or more. Raise"
    with pytest.raises(SimulationError, match=message):
        state.forward(2.0 * np.arange(5.0)[None], rng=draws())
    assert np.isfinite(state.forward(np.full((1, 5), np.inf), rng=draws())).sum() == 0


@pytest.mark.parametrize("bad", [np.nan, -np.inf])
def test_what_is_no_time_is_refused(bad):
    with pytest.raises(DataError, match="EventLIF 'own': expected times, or infinity for no spike"):
        alone(np.ones((2, 1))).forward(np.array([[0.1, bad]]), rng=draws())


def test_silent_neurons_are_pushed_beyond_their_share():
    """Of four samples all are silent: 4 x 0.2 x (1 - 0.25) = 0.6 a weight."""
    x = np.zeros((4, 2))
    for readout, pushed in (("first", -0.6), ("membranes", 0.0)):
        weights = np.array([[0.1, 4.0], [0.1, 4.0]])
        state = alone(weights, silent=0.25, push=0.2, readout=readout)
        state.forward(x, rng=draws())
        state.d = np.zeros((4, 2))
        gradients = state.gradients(rng=draws())
        np.testing.assert_allclose(gradients["weights"], [[pushed, 0.0]] * 2, rtol=1e-12)


def test_without_a_filter_times_have_no_gradient_to_weights():
    state = alone(np.full((2, 1), 1.5), neuron=replace(NEURON, tau_s=0.0))
    assert state.forward(np.array([[0.3, 1.1]]), rng=draws())[0, 0, :2].tolist() == [0.3, 1.1]
    state.d = np.array([[[1.0, 2.0, 5.0, 5.0]]])
    assert not state.gradients(rng=draws())["weights"].any()
    assert state.backward(state.d, rng=draws())[0].tolist() == [[1.0, 2.0]]


def test_a_trace_has_every_spike_with_its_sample_and_neuron():
    state = alone(np.array([[9.0, 0.0]]))
    times = state.forward(np.array([[0.0], [np.inf], [4.0]]), rng=draws())
    trace = state.trace()
    fired = np.isfinite(times)
    assert (trace.width, trace.until) == (2, 20.0)
    assert set(trace.samples) == {0, 2}
    assert set(trace.neurons) == {0}
    np.testing.assert_allclose(trace.times, times[fired], rtol=1e-12)
    assert trace.membranes.shape == (3, 0, 2)


def test_delays_stay_between_zero_and_the_longest():
    state = alone(np.ones((3, 2)), delays=AxonalDelays(start=1.0, longest=2.5))
    state.add({"delays": np.array([[-1.5, 0.25, 9.0]])}, rng=draws())
    assert state.parameters["delays"].tolist() == [[0.0, 1.25, 2.5]]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"readout": "rate"}, "EventLIF.readout: expected times, first, membranes"),
        ({"lag": 0.0}, "EventLIF.lag: expected"),
        ({"spikes": 0}, "EventLIF.spikes: expected"),
        ({"neuron": LIF(rest=0.5)}, "EventLIF.neuron.threshold: expected above rest, 0.5 V"),
        ({"neuron": LIF(mismatch=Mismatch(sigma_leak=0.1))}, "EventLIF.neuron.mismatch: expected"),
    ],
)
def test_settings_that_no_layer_has_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        EventLIF(units=2, **settings)


def small(learner):
    x, labels = draws().random((40, 4)), np.arange(40) % 3
    layers = {
        "encoder": SpikeEncoder(),
        "hidden": EventLIF(units=6, recurrent=True, delays=AxonalDelays()),
        "out": EventLIF(units=3, readout="first"),
        "decoder": SpikeDecoder(scale=1e-6),
    }
    chip = Network(input_shape=(4,), layers=layers).build(EXACT, Streams(0))
    before = {name: held.weights.copy() for name, held in chip.held.items()}
    training, quiet = Training(epochs=1, gamma=0.05, batch=20), lambda *_: None
    samples = (x, labels), (x, labels)
    fit(chip, *samples, training, streams=Streams(0), learner=learner, progress=quiet)
    return chip, {n: held.weights - before[n] for n, held in chip.held.items()}


@pytest.mark.parametrize("learner", [Adam(), Minibatch(), Cosine(steps=2)])
def test_rules_that_add_gradients_up_move_weights_and_delays(learner):
    chip, moved = small(learner)
    assert moved.keys() == {"hidden.weights", "hidden.recurrent", "out"}
    assert all(np.abs(change).max() > 0 for change in moved.values())
    assert (chip.layers["hidden"].parameters["delays"] != 0.1).any()


def test_a_rule_of_outer_products_is_refused():
    with pytest.raises(ConfigError, match="EventLIF: expected a rule that adds gradients up"):
        small(Coincidence())


@pytest.mark.parametrize(
    ("held", "noisy"),
    [
        (Digital(), False),
        (Tile(device=IdealCell(), **CELLS), False),
        (Tile(device=IdealCell(), mapping=DifferentialPair()), True),
        (Tile(device=IdealCell(sigma_read=0.1), **CELLS), True),
        (Tile(device=IdealCell(), adc=SarAdc(bits=8, noise=0.1), **CELLS), True),
    ],
)
def test_weights_say_whether_two_reads_differ(held, noisy):
    for one in (held, Mismatched(held=held), Aware(held=held)):
        weights = one.program(np.ones((3, 2)), rng=draws())
        assert weights.noisy is noisy
        row, rng = np.eye(3, dtype=weights.dtype), draws()
        reads = [weights.read_rows(row, rng=rng) for _ in range(2)]
        assert (reads[0] != reads[1]).any() == noisy


@pytest.mark.parametrize("held", [Digital(), Tile(device=IdealCell(), **CELLS)])
def test_rows_read_alone_are_those_that_one_driven_line_reads(held):
    weights = held.program(draws().standard_normal((5, 3)), rng=draws(), activity=Activity())
    lines = np.array([4, 0, 4])
    alone = weights.read_alone(lines, rng=draws())
    once = {one["event"]: one["amount"] for one in weights.activity.records()}
    driven = weights.read_rows(np.eye(5, dtype=weights.dtype)[lines], rng=draws())
    np.testing.assert_array_equal(alone, driven)
    for one in weights.activity.records():
        assert one["amount"] == pytest.approx(2 * once[one["event"]], rel=1e-12)
