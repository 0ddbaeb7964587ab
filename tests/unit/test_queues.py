"""Event queues deliver in order what was sent, once, and lose nothing in silence."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from refusals import refused

from crossbar.spiking import (
    BinaryHeap,
    DelayRing,
    EventQueue,
    FifoRing,
    LossyRing,
    SingleSpike,
    SortedArray,
)

CAPACITY = 512
ANY_DELAY = [
    BinaryHeap(capacity=CAPACITY),
    SortedArray(capacity=CAPACITY),
    DelayRing(capacity=CAPACITY, largest=300.0, width=4.0),
    DelayRing(capacity=CAPACITY, largest=300.0, width=1e3),
    DelayRing(capacity=CAPACITY, largest=300.0, width=0.3),
]
ONE_DELAY = [FifoRing(capacity=CAPACITY), LossyRing(capacity=CAPACITY)]
ALL = [*ANY_DELAY, *ONE_DELAY, SingleSpike()]


def named(spec: EventQueue) -> str:
    return repr(spec)


class Plain:
    """The plain twin of all queues that lose nothing: heapq, ties in the order sent."""

    def __init__(self) -> None:
        self.heap: list[tuple[float, int, int, int]] = []
        self.sent = 0

    def send(self, times, delays, which, spikes) -> None:
        for time, k, spike in zip(times, which, spikes, strict=True):
            heapq.heappush(self.heap, (float(time + delays[k]), self.sent, int(spike), int(k)))
            self.sent += 1

    def deliver(self, until: float) -> list[tuple[float, int, int]]:
        events = []
        while self.heap and self.heap[0][0] < until:
            time, _, spike, delay = heapq.heappop(self.heap)
            events.append((time, spike, delay))
        return events


@pytest.mark.parametrize("spec", [*ANY_DELAY, *ONE_DELAY], ids=named)
def test_a_hundred_thousand_events_arrive_as_from_heapq(spec):
    """Whole times give many ties; the queue fills to its capacity and wraps around many times."""
    rng, queue, plain = np.random.default_rng(4), spec.build(), Plain()
    delays = rng.integers(0, 270, 40) if spec in ANY_DELAY else np.array([200])
    t = number = full = ties = 0
    while number < 100_000:
        count = min(int(rng.integers(0, 100)), CAPACITY - len(queue))
        full += len(queue) + count == CAPACITY
        times = t + np.sort(rng.integers(0, 20, count))
        which, spikes = rng.integers(0, delays.size, count), number + np.arange(count)
        queue.send(times, delays, which=which, spikes=spikes)
        plain.send(times, delays, which, spikes)
        if len(queue) == CAPACITY and not isinstance(spec, LossyRing):
            assert "events that wait, got one more" in refused(queue.send, [t + 20.0], 200.0)
        number, t = number + count, t + int(rng.integers(20, 30))
        expected, here = plain.deliver(t), queue.deliver(t)
        assert list(zip(here.times, here.spikes, here.delays, strict=True)) == expected
        ties += int((np.diff(here.times) == 0).sum())
    assert full > 20
    assert ties > 10_000
    assert len(queue.dropped) == 0


@pytest.mark.parametrize("spec", [one for one in ALL if not isinstance(one, LossyRing)], ids=named)
def test_a_full_queue_refuses_all_that_is_sent_and_keeps_what_waits(spec):
    queue = spec.build()
    capacity = 1 if isinstance(spec, SingleSpike) else CAPACITY
    queue.send(np.zeros(capacity), 1.0)
    line = refused(queue.send, [0.0], 1.0)
    name = type(spec).__name__
    assert line.startswith(f"{name}.capacity: expected at most {capacity} events that wait, got")
    assert len(queue) == capacity
    assert queue.deliver(2.0).spikes.tolist() == list(range(capacity))
    half = capacity // 2 + 1
    queue.send(np.full(half, 2.0), 1.0)
    assert refused(queue.send, np.full(capacity, 2.0), 1.0).startswith(f"{name}.capacity")
    assert len(queue) == half


def test_a_lossy_ring_says_what_it_drops():
    queue = LossyRing(capacity=3).build()
    assert len(queue.send([0.0, 1.0, 2.0], 5.0)) == 0
    lost = queue.send([3.0, 4.0], 5.0, spikes=[10, 11])
    assert lost.times.tolist() == [5.0, 6.0]
    assert lost.spikes.tolist() == [0, 1]
    queue.send([4.5, 4.6, 4.7, 4.8], 5.0)
    assert queue.dropped.spikes.tolist() == [0, 1, 2, 10, 11, 12]
    assert queue.deliver(20.0).spikes.tolist() == [13, 14, 15]


@pytest.mark.parametrize("spec", ALL, ids=named)
def test_events_before_the_end_of_an_interval_are_delivered_once(spec):
    queue = spec.build()
    assert queue.next == np.inf
    queue.send([1.0], 2.0)
    assert queue.next == 3.0
    assert len(queue.deliver(3.0)) == 0
    assert queue.deliver(np.nextafter(3.0, 4.0)).times.tolist() == [3.0]
    assert len(queue.deliver(9.0)) == len(queue) == 0
    assert queue.t == 9.0


@pytest.mark.parametrize("spec", ALL, ids=named)
def test_what_cannot_be_sent_or_delivered_is_refused_by_name(spec):
    queue, name = spec.build(), type(spec).__name__
    queue.deliver(5.0)
    refusals = {
        "times: expected finite numbers": ([np.nan], 1.0),
        "delays: expected finite numbers": ([6.0], np.nan),
        "delays: expected delays from 0, got -1 s.": ([6.0], -1.0),
        "send: expected arrivals from 5 s, got an arrival at 4.5 s. Time goes": ([4.0], 0.5),
        "which: expected numbers of 1 delays, got 0 to 1.": ([6.0, 6.0], [1.0], [0, 1]),
        "which: expected 2 whole numbers from 0": ([6.0, 6.0], [1.0], [0]),
    }
    for says, given in refusals.items():
        which = given[2] if len(given) == 3 else None
        assert refused(queue.send, *given[:2], which=which).startswith(f"{name}.{says}")
    assert refused(queue.deliver, 4.0).startswith(f"{name}.until: expected a number in [5")
    assert refused(queue.deliver, np.nan).startswith(f"{name}.until")
    assert len(queue) == 0


def test_queues_for_one_delay_refuse_arrivals_out_of_order():
    for spec in ONE_DELAY:
        queue = spec.build()
        line = refused(queue.send, [0.0, 0.0], [2.0, 1.0])
        says = f"{type(spec).__name__}.send: expected arrivals in the order sent, got an arrival"
        assert line.startswith(says)
        assert len(queue) == 0


def test_a_delay_ring_has_a_largest_delay_and_so_many_buckets():
    queue = DelayRing(capacity=8, largest=10.0, width=1.0).build()
    queue.send([0.0], 10.0)
    says = "DelayRing.send: expected delays of at most 10 s, got an arrival at 10.5 s."
    assert refused(queue.send, [0.0], 10.5).startswith(says)
    line = refused(DelayRing, largest=1.0, width=1e-9)
    assert line.startswith("DelayRing.width: expected largest / 1e+07 or more, got 1e-09 s.")
