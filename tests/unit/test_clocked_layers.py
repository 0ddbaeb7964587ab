"""Layers in time steps: encoders, readouts, networks of settings, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from layered import alone

from crossbar import Streams
from crossbar.data import IsotropicHardening
from crossbar.energy import OperationCounts, Path, own_latency
from crossbar.energy.cost import Cost
from crossbar.errors import ConfigError, DataError, ShapeError
from crossbar.nn import Adam, Dense, Network, Training, fit
from crossbar.runs import experiment
from crossbar.runs.latency import chip_latency
from crossbar.sources import assumed
from crossbar.spiking import (
    BernoulliRate,
    Clocked,
    ClockedLIF,
    Coded,
    FirstSpikeReadout,
    LastReadout,
    Latency,
    Leaky,
    PeriodicRate,
    Population,
    RateReadout,
    Repeated,
    clocked_network,
)
from crossbar.substrates import Digital

DT = 1e-6


def draws() -> np.random.Generator:
    return np.random.default_rng(0)


def test_a_code_is_put_into_steps():
    layer = Coded(steps=20, code=Latency(span=19 * DT))
    spikes = alone(layer, (3,)).forward(np.array([[0.0, 0.5, 1.0], [1.0, 1.0, 0.0]]), rng=draws())
    assert spikes.shape == (2, 20, 3)
    assert [np.argwhere(s)[:, 0].tolist() for s in spikes] == [[0, 9, 19], [0, 0, 19]]
    rate = alone(Coded(steps=20, code=PeriodicRate(f_max=5e5, duration=20 * DT)), (2,))
    counts = rate.forward(np.array([[0.3, 1.0]]), rng=draws()).sum(axis=1)
    assert counts.tolist() == [[3, 10]]


def test_a_population_has_the_lines_of_its_code():
    code = Population(neurons=4, code=Latency(span=19 * DT))
    layer = Coded(steps=20, code=code)
    assert layer.output_shape((3,)) == (20, 12)
    x = np.array([[0.0, 0.5, 1.0]])
    spikes = alone(layer, (3,)).forward(x, rng=draws())[0]
    own = code.encode(x[0], rng=draws())
    assert np.argwhere(spikes.T)[:, 1].tolist() == [
        int(t / DT + 1e-6) for _, t in sorted(zip(own.lines, own.times, strict=True))
    ]


def test_bernoulli_spikes_are_drawn_anew():
    layer = Coded(steps=20, code=BernoulliRate(f_max=1e6, duration=20 * DT))
    state, rng = alone(layer, (4,)), draws()
    first, second = (state.forward(np.full((5, 4), 0.5), rng=rng) for _ in range(2))
    assert (first != second).any()


def test_numbers_of_a_series_stay_and_their_gradients_add_up():
    state = alone(Repeated(steps=3), (2, 1))
    assert state.forward(np.array([[[1.0], [2.0]]]), rng=draws())[0, :, 0].tolist() == [
        1, 1, 1, 2, 2, 2]  # fmt: skip
    (back,) = state.backward(np.arange(6.0).reshape(1, 6, 1), rng=draws())
    assert back[0, :, 0].tolist() == [3, 12]


def test_windows_look_at_the_end_alone():
    x = np.zeros((1, 6, 2))
    x[0, [0, 3, 5], 0] = x[0, 1, 1] = 1
    assert alone(RateReadout(window=3), (6, 2)).forward(x, rng=draws()).tolist() == [[2 / 3, 0]]
    first = alone(FirstSpikeReadout(window=4), (6, 2))
    np.testing.assert_allclose(first.forward(x, rng=draws()), [[1 - 1 / 4, 0]])
    (back,) = first.backward(np.ones((1, 2)), rng=draws())
    assert not back[:, :2].any()


REFUSED = {
    "samples of one step": (lambda: Clocked(units=2).output_shape((4,)), ShapeError, "Clocked"),
    "images": (lambda: Repeated(steps=2).output_shape((4, 4, 3)), ShapeError, "Repeated"),
    "a readout of numbers": (lambda: RateReadout().output_shape((4,)), ShapeError, "RateReadout"),
    "readings that do not fit": (
        lambda: LastReadout(every=4).output_shape((10, 2)), ShapeError, "LastReadout.every"),
    "a window that is too long": (
        lambda: RateReadout(window=11).output_shape((10, 2)), ShapeError, "RateReadout.window"),
    "a threshold below reset": (
        lambda: ClockedLIF(threshold=0.1, reset=0.2), ConfigError, "ClockedLIF.threshold"),
    "a threshold at rest": (
        lambda: ClockedLIF(threshold=0.0, reset=-0.1), ConfigError, "ClockedLIF.threshold"),
    "another reset": (lambda: ClockedLIF(reset_by="zero"), ConfigError, "ClockedLIF.reset_by"),
    "another output": (lambda: Leaky(output="relu"), ConfigError, "Leaky.output"),
    "another decoder": (
        lambda: clocked_network(decoder="vot"), ConfigError, "clocked_network.decoder"),
    "first spikes of neurons without any": (
        lambda: clocked_network(decoder="first-spike", neuron=Leaky()),
        ConfigError, "clocked_network.decoder"),
    "first spikes of voltages": (
        lambda: alone(FirstSpikeReadout(), (3, 2)).forward(np.full((1, 3, 2), 1.5), rng=draws()),
        DataError, "FirstSpikeReadout 'alone'"),
    "a window of voltages": (
        lambda: clocked_network(window=3), ConfigError, "clocked_network.window"),
    "a population beside a code": (
        lambda: clocked_network(code=BernoulliRate(), population=5),
        ConfigError, "clocked_network.code"),
    "steps of two lengths": (
        lambda: Network(input_shape=(2,), layers={
            "code": Coded(steps=4), "out": Clocked(units=2, dt=2e-6), "read": RateReadout()}),
        ConfigError, "Network.layers"),
    "turning points between the points": (
        lambda: IsotropicHardening(points=20, turns=7), ConfigError, "IsotropicHardening.points"),
    "no hidden layer": (
        lambda: clocked_network(hidden=()), ConfigError, "clocked_network.hidden"),
    "numbers as spikes": (
        lambda: alone(Clocked(units=2), (3, 2)).forward(np.full((1, 3, 2), 0.5), rng=draws()),
        DataError, "Clocked 'alone'"),
    "a code that is too long": (
        lambda: alone(Coded(steps=5, code=Latency(span=9 * DT)), (2,)).forward(
            np.zeros((1, 2)), rng=draws()), DataError, "Coded 'alone'"),
    "two spikes in a step": (
        lambda: alone(Coded(steps=5, code=PeriodicRate(f_max=2e6, duration=5e-6)), (2,)).forward(
            np.ones((1, 2)), rng=draws()), DataError, "Coded 'alone'"),
    "numbers beyond a code": (
        lambda: alone(Coded(steps=20), (2,)).forward(np.full((1, 2), 1.5), rng=draws()),
        DataError, "BernoulliRate.encode.x"),
    "what learns before a code": (
        lambda: alone(Coded(steps=5), (2,)).backward(np.zeros((1, 5, 2)), rng=draws()),
        ConfigError, "Coded 'alone'"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_by_name(name):
    call, kind, field = REFUSED[name]
    with pytest.raises(kind) as raised:
        call()
    assert raised.value.field == field


def settings(**network):
    return {
        "data": {"kind": "isotropic-hardening", "samples": 100},
        "network": {"kind": "spiking-steps", "steps": 2, "low": -1.0, **network},
        "train": {"loss": "squared-error"},
        "device": {"kind": "float"},
    }


def built(**network) -> Network:
    return experiment(settings(**network)).common.network.network((20, 1), 1)


def test_decoders_of_settings_read_what_they_say():
    kinds = {
        decoder: [type(layer).__name__ for layer in built(decoder=decoder).layers.values()][3:]
        for decoder in ("membrane", "vote", "rate", "first-spike")
    }
    assert kinds == {
        "membrane": ["LastReadout", "Dense"],
        "vote": ["LastReadout", "Sigmoid", "Dense"],
        "rate": ["RateReadout", "Dense"],
        "first-spike": ["FirstSpikeReadout", "Dense"],
    }
    assert built(decoder="vote").layers["hidden1"].membranes
    assert not built(decoder="rate").layers["hidden1"].membranes
    two = built(hidden=[5, 4], neuron={"kind": "leaky", "output": "tanh"}).layers
    assert (two["hidden1"].events, two["hidden2"].events) == (False, False)
    coded = clocked_network(code=BernoulliRate(f_max=1e6, duration=2e-5), hidden=(5, 4)).layers
    assert (coded["hidden1"].events, coded["hidden2"].events) == (True, True)


def test_a_sample_takes_the_time_of_its_steps():
    """However fast arrays are read: neurons have a clock. Without one nothing is added."""
    plan = experiment(settings())
    from_steps = chip_latency(plan, IsotropicHardening(samples=100).dataset().ends)
    assert from_steps.seconds == pytest.approx(40 * DT, rel=1e-12)
    slow = Path(slot=Cost(value=1e-3, unit="s", source=assumed("slow")))
    parts = own_latency([("a", 3, 2, 1)], {"a": 1}, path=slow).parts
    assert all("clock" not in part.name for part in parts)


def test_recurrent_matrices_take_transposed_reads():
    """Errors pass them from step to step, though nothing that learns stands before the layer."""
    network = built()
    counts = OperationCounts.of(network.matrices, network.foremost)
    assert network.foremost == {"hidden1.weights"}
    assert counts.transposed == 48 * 48 * 40 + 49
    assert counts.forward == (10 * 48 + 48 * 48) * 40 + 49


def test_a_network_in_time_steps_resumes_and_repeats():
    """Learning by pulses: the plain rule takes outer products of every step."""
    network = Network(
        input_shape=(6, 3),
        layers={
            "hidden": Clocked(units=5, recurrent=True, events=False, mean=2.0),
            "read": RateReadout(),
            "out": Dense(units=2),
        },
    )
    rng = np.random.default_rng(1)
    x, y = rng.random((40, 6, 3)), rng.integers(2, size=40)
    ends = []
    for _ in range(2):
        chip = network.build(Digital(), Streams(0))
        for learner in (None, Adam()):
            more = {} if learner is None else {"learner": learner}
            fit(chip, (x, y), (x, y), Training(epochs=1, gamma=1e-3), streams=Streams(0), **more)
        ends.append(chip.held["hidden.recurrent"].weights)
    np.testing.assert_array_equal(*ends)
    first = network.build(Digital(), Streams(0)).held["hidden.recurrent"].weights
    assert np.abs(ends[0] - first).max() > 1e-4
