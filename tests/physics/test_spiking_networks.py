"""Event-driven networks on any substrate against neurons that are stepped one event at a time."""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from crossbar.circuit import DifferentialPair, Reading
from crossbar.devices import PRESETS, IdealCell
from crossbar.errors import ConfigError, DataError, ShapeError, SimulationError
from crossbar.random import Streams
from crossbar.spiking import (
    LIF,
    BinaryHeap,
    DelayRing,
    Group,
    LossyRing,
    Mismatch,
    SortedArray,
    Spikes,
    SpikingChip,
    SpikingNetwork,
    Synapses,
)
from crossbar.substrates import Digital
from crossbar.substrates.tile import Tile
from crossbar.wires import Wires

MS = 1e-3
NEURON = LIF(tau_s=20e-6, refractory=5e-6)
EXACT = Digital(dtype=np.float64)
CHARGE = 1e-12


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def random_spikes(width: int, count: int, seed: int, until: float = MS) -> Spikes:
    draw = rng(seed)
    return Spikes.in_order(draw.uniform(0, until, count), draw.integers(width, size=count), width)


def loop(*, delay: float = 30e-6, neuron: LIF = NEURON, queue=None) -> SpikingNetwork:
    """Two groups that hear each other, one of them itself, and an input."""
    queue = queue or BinaryHeap()
    common = {"charge": CHARGE, "queue": queue}
    return SpikingNetwork(
        inputs={"in": 4},
        groups={"a": Group(count=3, neuron=neuron), "b": Group(count=2, neuron=neuron)},
        synapses={
            "in-a": Synapses(source="in", target="a", **common),
            "a-b": Synapses(source="a", target="b", delay=delay, **common),
            "b-a": Synapses(source="b", target="a", delay=2 * delay, **common),
            "a-a": Synapses(source="a", target="a", delay=delay, **common),
        },
    )


def weights_of(network: SpikingNetwork, seed: int = 3) -> dict[str, np.ndarray]:
    draw = rng(seed)
    return {name: draw.normal(0.3, 0.5, shape) for name, shape in network.shapes.items()}


def one_by_one(network, weights, delays, given: Spikes, until: float) -> dict[str, list]:
    """Spikes (time, neuron) of every group: all events in one heap, neurons stepped alone.

    Every neuron is a state of its own that is moved to each event and asked when it fires.
    """
    states = {(g, k): group.neuron.fabricate(1, rng=rng())
              for g, group in network.groups.items() for k in range(group.count)}  # fmt: skip
    order, heap, fired = itertools.count(), [], {g: [] for g in network.groups}

    def send(source: str, line: int, t: float) -> None:
        for name, one in network.synapses.items():
            for j in range(weights[name].shape[1] if one.source == source else 0):
                lag = np.broadcast_to(delays[name], weights[name].shape)[line, j]
                charge = one.charge * weights[name][line, j]
                heapq.heappush(heap, (t + lag, next(order), one.target, j, charge))

    for t, line in zip(given.times, given.lines, strict=True):
        send("in", int(line), float(t))
    while True:
        due = [(float(state.membranes["due"][0]), key) for key, state in states.items()]
        first, (group, k) = min(due)
        arrival = heap[0][0] if heap else math.inf
        if min(first, arrival) >= until:
            return fired
        if first <= arrival:
            neuron, state = network.groups[group].neuron, states[group, k]
            spikes = neuron.respond(Spikes.none(1), [], np.nextafter(first, 1), state)
            assert spikes.times.tolist() == [first]
            fired[group].append((first, k))
            send(group, k, first)
        else:
            t, _, group, j, charge = heapq.heappop(heap)
            neuron, state = network.groups[group].neuron, states[group, j]
            arrivals, end = Spikes([t], [0], 1), np.nextafter(t, 1)
            for spike in neuron.respond(arrivals, [charge], end, state).times:
                fired[group].append((float(spike), j))
                send(group, j, float(spike))


def assert_same(recording, expected: dict[str, list]) -> None:
    for group, pairs in expected.items():
        spikes = recording.spikes[group]
        times, lines = zip(*sorted(pairs), strict=True)
        assert spikes.lines.tolist() == list(lines)
        np.testing.assert_allclose(spikes.times, times, rtol=0, atol=1e-9 * NEURON.tau_m)


@pytest.mark.parametrize(
    "queue", [BinaryHeap(), SortedArray(), DelayRing(largest=1e-4, width=1e-6)]
)
def test_loops_with_delays_fire_as_neurons_stepped_one_event_at_a_time(queue):
    network = loop(queue=queue)
    weights, given = weights_of(network), random_spikes(4, 60, seed=5)
    chip = network.build(EXACT, Streams(0), weights=weights)
    recording = chip.run({"in": given}, MS, rng=rng())
    delays = {name: one.delay for name, one in network.synapses.items()}
    expected = one_by_one(network, weights, delays, given, MS)
    assert min(len(pairs) for pairs in expected.values()) > 20
    assert_same(recording, expected)


def test_delays_of_lines_and_of_synapses_are_each_their_own():
    network, draw = loop(), rng(7)
    delays = {"in-a": draw.uniform(0, 1e-4, 4), "b-a": draw.uniform(2e-5, 1e-4, (2, 3))}
    weights, given = weights_of(network), random_spikes(4, 60, seed=6)
    chip = network.build(EXACT, Streams(0), weights=weights, delays=delays)
    recording = chip.run({"in": given}, MS, rng=rng())
    whole = {name: one.delay for name, one in network.synapses.items()} | delays
    whole["in-a"] = whole["in-a"][:, None]
    assert_same(recording, one_by_one(network, weights, whole, given, MS))


def test_a_run_in_parts_and_with_samples_equals_one_in_one_go():
    network = loop()
    weights, given = weights_of(network), random_spikes(4, 60, seed=8)
    whole = network.build(EXACT, Streams(0), weights=weights).run({"in": given}, MS, rng=rng())
    chip, fired = network.build(EXACT, Streams(0), weights=weights), Spikes.none(2)
    for begin, end in itertools.pairwise([0, 0.31e-3, 0.62e-3, MS]):
        part = given.where((given.times >= begin) & (given.times < end))
        recording = chip.run({"in": part}, end, rng=rng(), sample=7e-5)
        assert recording.times[-1] == end == chip.t
        np.testing.assert_allclose(np.diff(recording.times[:-1]), 7e-5)  # slices are shorter
        assert recording.voltages["a"].shape == (recording.times.size, 3)
        fired = fired.followed(recording.spikes["b"])
    np.testing.assert_array_equal(fired.lines, whole.spikes["b"].lines)
    np.testing.assert_allclose(fired.times, whole.spikes["b"].times, rtol=1e-9)


def test_a_neuron_that_hears_itself_repeats_after_its_delay_for_ever():
    """A charge that makes V jump to the threshold: a spike every delay, exactly."""
    neuron = LIF(g_leak=1e-10)
    network = SpikingNetwork(
        inputs={"in": 1}, groups={"one": Group(count=1, neuron=neuron)},
        synapses={"in": Synapses(source="in", target="one", charge=CHARGE),
                  "back": Synapses(source="one", target="one", charge=CHARGE, delay=13e-6)},
    )  # fmt: skip
    chip = network.build(EXACT, Streams(0), weights={"in": [[1.0]], "back": [[1.0]]})
    times = chip.run({"in": Spikes([2e-6], [0], 1)}, MS, rng=rng()).spikes["one"].times
    np.testing.assert_allclose(times, 2e-6 + 13e-6 * np.arange(77), rtol=1e-12)


INTEGRATOR = LIF(g_leak=1e-16, threshold=1e3)


def charged(chip: SpikingChip, given: Spikes, seed: int = 0) -> np.ndarray:
    """Charge (count,) [C] on membranes that neither leak nor fire, after all spikes."""
    recording = chip.run({"in": given}, MS, rng=rng(seed), sample=MS)
    return recording.voltages["out"][-1] * INTEGRATOR.capacitance


def integrators(rows: int, cols: int) -> SpikingNetwork:
    return SpikingNetwork(
        inputs={"in": rows}, groups={"out": Group(count=cols, neuron=INTEGRATOR)},
        synapses={"fc": Synapses(source="in", target="out", charge=CHARGE)},
    )  # fmt: skip


def test_charge_is_conserved_on_wired_tiles_and_every_read_is_counted():
    """All charge is that of the weights as resistive lines see them, spike by spike."""
    given = random_spikes(6, 40, seed=9)
    tile = Tile(
        device=IdealCell(), mapping=DifferentialPair(w_max=1.0), wires=Wires(r_wl=5.0, r_bl=7.0),
        reading=Reading(temperature=0.0), dtype=np.float64,
    )  # fmt: skip
    weights = {"fc": rng(1).uniform(-1, 1, (6, 5))}
    chip = integrators(6, 5).build(tile, Streams(0), weights=weights)
    seen = chip.synapses["fc"].held.weights[0]
    assert np.abs(seen - weights["fc"]).max() > 1e-3
    before = chip.activity.copy()
    expected = CHARGE * given.counts() @ seen
    np.testing.assert_allclose(charged(chip, given), expected, rtol=1e-6, atol=1e-20)
    happened = chip.activity.since(before)
    assert happened.total("mac_forward") == 40 * 5
    assert happened.total("read_energy") > 0
    assert happened.total("spikes") == 0


def test_every_spike_has_noise_of_its_own_with_the_statistics_of_a_read():
    """Sums of n reads: the mean of the weights, and n times the variance of one."""
    tile = Tile(device=PRESETS["reram"].device, mapping=DifferentialPair())  # no shared reference
    chip = integrators(3, 400).build(tile, Streams(0), weights={"fc": np.full((3, 400), 0.5)})
    held, n = chip.synapses["fc"].held, 25
    one = np.concatenate([held.rows([[1]], rng=rng(k)) for k in range(40)])
    given = Spikes(np.linspace(1e-5, 9e-4, n), np.ones(n, int), 3)
    charges = charged(chip, given) / CHARGE
    noise = charges - n * held.weights[0, 1]
    sigma = math.sqrt(n) * (one - held.weights[0, 1]).std()
    assert noise.std() == pytest.approx(sigma, rel=5 / math.sqrt(2 * 400))
    assert abs(noise.mean()) < 5 * sigma / math.sqrt(400)


def test_what_a_lossy_queue_drops_is_said():
    network = loop(queue=LossyRing(capacity=1), delay=30e-6)
    chip = network.build(EXACT, Streams(0), weights=weights_of(network))
    given = Spikes([1e-6, 1e-6, 1e-6], [0, 1, 2], 4)
    assert chip.run({"in": given}, MS, rng=rng()).dropped["in-a"] == 2


def test_a_full_queue_is_an_error():
    network = loop(queue=BinaryHeap(capacity=2))
    chip = network.build(EXACT, Streams(0), weights=weights_of(network))
    with pytest.raises(SimulationError, match=r"capacity: expected at most 2 events"):
        chip.run({"in": Spikes([0, 0, 0], [0, 1, 2], 4)}, MS, rng=rng())


def test_neurons_have_their_own_mismatch_and_active_shares_are_counted():
    neuron = replace(NEURON, mismatch=Mismatch(sigma_threshold=0.2))
    chip = loop(neuron=neuron).build(EXACT, Streams(0), weights=weights_of(loop()))
    assert len(set(chip.states["a"].membranes["threshold"])) == 3
    silent = chip.run({}, MS, rng=rng())
    assert silent.active == 0
    driven = chip.run({}, 3 * MS, rng=rng(), currents={"a": 1e-8})
    assert driven.active >= 3 / 5
    assert chip.activity.total("spikes") == sum(len(driven.spikes[g]) for g in ("a", "b"))
    assert chip.activity.total("neuron_time") == pytest.approx(5 * 3 * MS)


def test_spikes_with_a_delay_are_counted_once_for_every_delay():
    """Four of three inputs: by one delay four, by one a synapse four for each of two neurons."""
    given = Spikes([1e-6, 2e-6, 3e-6, 4e-6], [0, 1, 2, 0], 3)
    for delay, delays, queued in ((0.0, None, 0), (1e-6, None, 4), (0.0, np.ones((3, 2)), 8)):
        network = SpikingNetwork(
            inputs={"in": 3}, groups={"out": Group(count=2)},
            synapses={"fc": Synapses(source="in", target="out", delay=delay)},
        )  # fmt: skip
        chip = network.build(
            EXACT, Streams(0), weights={"fc": np.zeros((3, 2))},
            delays=None if delays is None else {"fc": 1e-6 * delays},
        )  # fmt: skip
        chip.run({"in": given}, MS, rng=rng())
        assert chip.activity.total("queued") == queued
        if delays is not None:  # a synapse without a delay has no queue
            delays[0] = 0.0
            chip = network.build(
                EXACT, Streams(0), weights={"fc": np.zeros((3, 2))}, delays={"fc": 1e-6 * delays}
            )
            chip.run({"in": given}, MS, rng=rng())
            assert chip.activity.total("queued") == 4


NETWORK = loop()
BUILD = {
    "missing": ({"in-a": np.zeros((4, 3))}, {}, ConfigError, "a matrix for"),
    "unknown": (weights_of(NETWORK) | {"c": [[1.0]]}, {}, ConfigError, "the name of synapses"),
    "shape": (weights_of(NETWORK) | {"a-a": np.zeros((2, 3))}, {}, ShapeError, r"\['a-a'\]"),
    "NaN": (weights_of(NETWORK) | {"a-a": np.full((3, 3), np.nan)}, {}, DataError, "finite"),
    "negative": (weights_of(NETWORK), {"a-a": -1e-6}, ConfigError, "delays from 0"),
    "many": (weights_of(NETWORK), {"a-a": np.ones(2)}, ShapeError, "one delay"),
    "instant": (weights_of(NETWORK), {"a-a": np.zeros(3)}, ConfigError, "a delay in every loop"),
}


@pytest.mark.parametrize(("weights", "delays", "kind", "words"), BUILD.values(), ids=BUILD)
def test_what_does_not_fit_a_network_is_named(weights, delays, kind, words):
    with pytest.raises(kind, match=words):
        NETWORK.build(EXACT, Streams(0), weights=weights, delays=delays)


RUNS = {
    "unknown": ({"inn": Spikes.none(4)}, {}, ConfigError, "Did you mean 'in'"),
    "lines": ({"in": Spikes.none(3)}, {}, ShapeError, "4 lines"),
    "late": ({"in": Spikes([2.0], [0], 4)}, {}, ConfigError, "before 0.001 s"),
    "current": ({}, {"currents": {"a": np.nan}}, DataError, "current"),
    "group": ({}, {"currents": {"c": 1.0}}, ConfigError, "a group"),
    "sample": ({}, {"sample": -1.0}, ConfigError, "sample"),
}


@pytest.mark.parametrize(("spikes", "more", "kind", "words"), RUNS.values(), ids=RUNS)
def test_what_cannot_run_is_named(spikes, more, kind, words):
    chip = NETWORK.build(EXACT, Streams(0), weights=weights_of(NETWORK))
    with pytest.raises(kind, match=words):
        chip.run(spikes, MS, rng=rng(), **more)


def test_time_goes_forwards():
    chip = NETWORK.build(EXACT, Streams(0), weights=weights_of(NETWORK))
    chip.run({}, MS, rng=rng())
    with pytest.raises(ConfigError, match="Time goes forwards"):
        chip.run({}, MS / 2, rng=rng())


SPECIFICATIONS = {
    "source": ({"x": Synapses(source="c", target="a")}, "an input or a group"),
    "target": ({"x": Synapses(source="in", target="in")}, "a group"),
}


@pytest.mark.parametrize(("synapses", "words"), SPECIFICATIONS.values(), ids=SPECIFICATIONS)
def test_synapses_join_what_is_there(synapses, words):
    with pytest.raises(ConfigError, match=words):
        SpikingNetwork(inputs={"in": 2}, groups={"a": Group(count=1)}, synapses=synapses)


def test_an_input_is_no_group():
    with pytest.raises(ConfigError, match="names that no input has"):
        SpikingNetwork(inputs={"a": 2}, groups={"a": Group(count=1)})
