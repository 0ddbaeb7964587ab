"""Neurosemantic networks: segmentation, exact replay, nothing new the second time, compaction."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

from crossbar.errors import ConfigError
from crossbar.neurosemantic import (
    AttentionHead,
    Episode,
    EventProcessor,
    LogEvent,
    NeurosemanticNetwork,
    RecursiveHead,
    WorkCounts,
    attention_operations,
    by_field,
    published_operations,
    routine_stream,
)
from crossbar.neurosemantic.parsing import strength

LINES = AttentionHead(symbol=by_field("message"), key="pid", pause=20)


def random_events(seed: int, length: int, symbols: int, longest: int) -> list[tuple[str, int]]:
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.integers(longest + 1, size=length)).tolist()
    return [(f"s{k}", t) for k, t in zip(rng.integers(symbols, size=length), times, strict=True)]


def presented(network: NeurosemanticNetwork, events: list[tuple[str, int]], at: int = 0) -> Episode:
    for symbol, time in events:
        network.present(symbol, time + at)
    network.end()
    return network.episodes[-1]


def cut(network: NeurosemanticNetwork, events: list[tuple[str, int]]) -> list[int]:
    """Return the lengths of the patterns of the first layer by the rule, all at once."""
    elements = [network.neurons.element(symbol, time) for symbol, time in events]
    gaps = [strength(a, b) for a, b in itertools.pairwise(elements)]
    edge = float("inf")
    padded = [edge, *gaps, edge, edge]
    lengths = [1]
    for k in range(1, len(gaps) + 1):
        before, here, *behind = padded[k - 1 : k + 3]
        if (before < here and here >= max(behind)) or lengths[-1] == network.longest:
            lengths.append(1)
        else:
            lengths[-1] += 1
    return lengths


def first_layer(network: NeurosemanticNetwork, node: int) -> list[int]:
    """Return the lengths of the patterns of the first layer that ``node`` consists of."""
    parts = [part for part, _ in network.neurons.parts(node, 0)]
    if parts[0] < 0:
        return [len(parts)]
    return [length for part in parts for length in first_layer(network, part)]


@pytest.mark.parametrize(("symbols", "longest"), [(1, 0), (1, 3), (2, 1), (5, 40), (50, 0)])
def test_patterns_end_where_the_rule_says(symbols: int, longest: int) -> None:
    for length in (1, 2, 3, 4, 9, 10, 300):
        network = NeurosemanticNetwork()
        events = random_events(length, length, symbols, longest)
        (top,) = presented(network, events).parts
        assert first_layer(network, top) == cut(network, events)


@pytest.mark.parametrize(("symbols", "longest"), [(1, 0), (1, 3), (2, 1), (5, 40), (500, 1000)])
def test_an_episode_is_replayed_exactly_and_makes_no_neuron_again(
    symbols: int, longest: int
) -> None:
    for length in (1, 2, 9, 10, 2000):
        network = NeurosemanticNetwork(layers=4)
        events = random_events(length, length, symbols, longest)
        first = presented(network, events)
        neurons = len(network.neurons)
        second = presented(network, events, at=10**6)
        assert list(network.replay(first)) == events
        assert list(network.replay(second)) == [(symbol, t + 10**6) for symbol, t in events]
        assert second.parts == first.parts
        assert len(network.neurons) == neurons


def test_patterns_of_unlike_symbols_have_four_in_the_mean_and_layers_shrink_by_that() -> None:
    network = NeurosemanticNetwork()
    presented(network, random_events(0, 40_000, 10_000, 0))
    # One gap in four is the strongest of four. The cut after 8 makes some patterns more; the sd of
    # the mean of 10^4 lengths of sd 1.5 is 0.4 %.
    for above, below in zip(network.entered[1:5], network.entered[:4], strict=True):
        assert below / above == pytest.approx(4.0, rel=0.1)
    assert max(len(p or ()) for p in network.neurons.patterns) == 2 * 8 - 1
    # Three comparisons and one look-up an element of each layer: k D with k = 4.
    work = WorkCounts.of(network)
    assert work.total == pytest.approx(published_operations(40_000)[0], rel=0.02)


def test_published_operations() -> None:
    assert round(published_operations(4000)[0]) == 21_333
    assert attention_operations(4000) == 4000 * 4000 * 96


def test_equal_symbols_need_few_neurons() -> None:
    network = NeurosemanticNetwork()
    presented(network, [("a", t) for t in range(8**4)])
    assert len(network.neurons) == 4  # a pattern of 8 in each layer


def test_a_part_has_the_same_neurons_in_other_episodes() -> None:
    part = random_events(1, 400, 30, 2)
    network = NeurosemanticNetwork()
    presented(network, part)
    own = {n for n, layer in enumerate(network.neurons.layers) if layer == 1}
    other = random_events(2, 50, 30, 2)
    presented(network, [*other, *((s, t + 1000) for s, t in part)])
    counts = network.neurons.counts
    assert np.mean([counts[n] > 1 for n in own]) > 0.95


def test_streams_beside_each_other_do_not_mix_and_pauses_end_episodes() -> None:
    network = NeurosemanticNetwork(pause=10)
    for t in range(100):
        network.present("a", t, "one")
        if t % 20 < 5:
            network.present("b", t, "other")
    network.end()
    replays = {key: [] for key in ("one", "other")}
    for episode in network.episodes:
        replays[str(episode.key)].append(list(network.replay(episode)))
    assert replays["one"] == [[("a", t) for t in range(100)]]
    assert replays["other"] == [[("b", 20 * k + j) for j in range(5)] for k in range(5)]
    assert len({e.parts for e in network.episodes if e.key == "other"}) == 1


def test_a_pause_is_the_first_interval_that_ends_an_episode() -> None:
    network = NeurosemanticNetwork(pause=10)
    network.present("b", 100, "ahead")  # times of streams need not be in order
    for time in (0, 9, 19):
        network.present("a", time, "one")
    network.end()
    assert [list(network.replay(e)) for e in network.episodes if e.key == "one"] == [
        [("a", 0), ("a", 9)],
        [("a", 19)],
    ]


def log(seed: int, events: int = 3000, service: str = "service") -> list[LogEvent]:
    return routine_stream(seed, events=events, service=service)


def processed(events: list[LogEvent], **heads: AttentionHead | RecursiveHead) -> EventProcessor:
    processor = EventProcessor(heads={"lines": LINES, **heads})
    for event in events:
        processor.present(event)
    processor.end()
    return processor


def replayed(network: NeurosemanticNetwork) -> list[tuple[str | int, int]]:
    return [event for episode in network.episodes for event in network.replay(episode)]


def taken(events: list[LogEvent]) -> list[tuple[str, int]]:
    return [(event.fields["message"], int(event.time)) for event in events]


@pytest.mark.parametrize("seen", [2, 5, 10**9])
def test_compaction_loses_no_episode(seen: int) -> None:
    events = log(0)
    network = processed(events).networks["lines"]
    store, before = network.neurons, len(network.neurons)
    for neuron, pattern in enumerate(store.patterns):
        assert pattern is not None
        assert all(store.counts[n] >= store.counts[neuron] for n in pattern[::2] if n >= 0)
    removed = network.compact(seen)
    assert 0 < removed == before - len(store)
    assert all(store.counts[n] >= seen for n, p in enumerate(store.patterns) if p)
    assert replayed(network) == taken(events)
    assert network.compact(seen) == 0


def test_compaction_keeps_what_an_open_episode_needs() -> None:
    network = NeurosemanticNetwork()
    events = random_events(3, 300, 40, 5)
    for symbol, time in events[:200]:
        network.present(symbol, time)
    network.compact()
    for symbol, time in events[200:]:
        network.present(symbol, time)
    network.end()
    assert list(network.replay(network.episodes[0])) == events


def test_neurons_of_a_repetitive_log_grow_slower_than_events() -> None:
    events = log(1, 16_000)
    few = len(processed(events[:2000]).networks["lines"].neurons)
    many = len(processed(events).networks["lines"].neurons)
    assert np.log(many / few) / np.log(8) < 0.8


def test_nothing_is_forgotten_over_five_tasks() -> None:
    logs = [log(0, 1500, service) for service in ("a", "b", "c", "d", "e")]
    processor = EventProcessor(heads={"lines": LINES})
    network, end, counts = processor.networks["lines"], 0.0, []
    for task in [*logs, logs[0]]:
        for event in task:
            processor.present(event._replace(time=event.time + end))
        processor.end()
        counts.append((len(network.episodes), len(network.neurons)))
        end += 1e7
    first, last = counts[0][0], counts[4][0]
    assert counts[5][1] == counts[4][1]
    episodes = network.episodes
    assert [e.parts for e in episodes[last:]] == [e.parts for e in episodes[:first]]
    kept = [event for episode in episodes[:first] for event in network.replay(episode)]
    assert kept == taken(logs[0])


def test_a_recursive_network_attends_to_what_fires_in_another() -> None:
    processor = processed(log(0), sessions=RecursiveHead(of="lines", layer=1))
    below, above = processor.networks["lines"], processor.networks["sessions"]
    fired = [symbol for symbol, _ in replayed(above)]
    expanded = [s for neuron in fired for s, _ in below.neurons.events(int(neuron), 0)]
    assert expanded == [message for message, _ in taken(log(0))]
    processor.compact()
    assert [s for n in fired for s, _ in below.neurons.events(int(n), 0)] == expanded
    with pytest.raises(ConfigError, match=r"heads.sessions.of: expected a head before it"):
        EventProcessor(heads={"sessions": RecursiveHead(of="line"), "lines": LINES})


def test_a_head_ignores_what_its_predicate_does() -> None:
    head = AttentionHead(
        symbol=lambda e: e.get("message") if "step 1" in e.get("message") else None
    )
    network = processed(log(0), ones=head).networks["ones"]
    assert replayed(network) == [one for one in taken(log(0)) if "step 1" in one[0]]


def test_a_state_goes_on_exactly(tmp_path) -> None:
    events = log(0)
    whole = processed(events)
    begun = EventProcessor(heads={"lines": LINES})
    for event in events[:1234]:
        begun.present(event)
    begun.save(tmp_path / "state.json")
    resumed = EventProcessor(heads={"lines": LINES})
    resumed.load(tmp_path / "state.json")
    for event in events[1234:]:
        resumed.present(event)
    resumed.end()
    assert json.dumps(resumed.record()) == json.dumps(whole.record())
    store, other = resumed.networks["lines"].neurons, whole.networks["lines"].neurons
    assert (store.hashes, store.durations, store.layers) == (
        other.hashes, other.durations, other.layers,
    )  # fmt: skip


def test_what_cannot_be_is_refused() -> None:
    network = NeurosemanticNetwork()
    network.present("a", 5)
    with pytest.raises(ConfigError, match=r"NeurosemanticNetwork.time: expected a time from 5"):
        network.present("a", 4)
    network.present("a", 5)
    network.end()
    assert list(network.replay(network.episodes[0])) == [("a", 5), ("a", 5)]
    with pytest.raises(ConfigError, match=r"NeurosemanticNetwork.longest: expected"):
        NeurosemanticNetwork(longest=1)
    with pytest.raises(ConfigError, match=r"AttentionHead.pause: expected"):
        AttentionHead(symbol=by_field("a"), pause=0)
    with pytest.raises(ConfigError, match=r"NeurosemanticNetwork.layers: expected 4, that of"):
        NeurosemanticNetwork(layers=4).restore(network.record())
