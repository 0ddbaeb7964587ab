"""Event queues: what is sent arrives later, in order of time, and of equal times as it was sent.

All kinds share one form, a table of events and a few numbers, and one interface, so that a loop
works with any of them: :func:`push`, :func:`first` and :func:`pop`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.types import Doubles, Floats, Integers

RING, LOSSY, SORTED, HEAP, BUCKETS = range(5)
"""Kinds: a ring in the order sent, one that overwrites, a sorted array, a binary heap, buckets."""
SIZE, HEAD, SENT = range(3)
"""Counters: how many wait, where the first stands (of buckets: the first free slot), how many were
sent."""
TAKEN, FULL, UNORDERED, FAR, PAST = range(5)
"""What a queue says to an event: that it is taken, or why not."""
NONE = -1


class Queue(NamedTuple):
    """A table of events (capacity,) and where they stand."""

    time: Doubles
    """When an event arrives."""
    spike: Integers
    """Number of the spike that makes it."""
    delay: Integers
    """Number of the delay that makes it."""
    sent: Integers
    """How many were sent before it."""
    place: Integers
    """Of a heap: the event at each place. Of buckets: the event behind each one in its bucket, or
    behind each one that is free."""
    bucket: Integers
    """First event of each bucket, or NONE."""
    counts: Integers
    """SIZE, HEAD, SENT."""
    clock: Doubles
    """Time up to which events were delivered, and the last arrival that was sent."""
    kind: int
    width: float
    """Time of a bucket."""
    largest: float
    """Longest time that an event may wait."""


@jit
def _before(q, one, other):
    """Return whether event ``one`` arrives before ``other``."""
    if q.time[one] != q.time[other]:
        return q.time[one] < q.time[other]
    return q.sent[one] < q.sent[other]


@jit
def _write(q, slot, time, spike, delay):
    """Write an event into the table."""
    q.time[slot], q.spike[slot], q.delay[slot] = time, spike, delay
    q.sent[slot] = q.counts[SENT]
    q.counts[SENT] += 1
    q.counts[SIZE] += 1
    q.clock[1] = time


@jit
def _up(q, slot):
    """Let the event ``slot``, the last of the heap, rise to its place."""
    k = q.counts[SIZE] - 1
    while k > 0 and _before(q, slot, q.place[(k - 1) // 2]):
        q.place[k] = q.place[(k - 1) // 2]
        k = (k - 1) // 2
    q.place[k] = slot


@jit
def _down(q):
    """Take the first event off the heap; its slot goes behind the last one, where it is free."""
    size = q.counts[SIZE] - 1
    free, moved, k = q.place[0], q.place[size], 0
    while 2 * k + 1 < size:
        child = 2 * k + 1
        if child + 1 < size and _before(q, q.place[child + 1], q.place[child]):
            child += 1
        if not _before(q, q.place[child], moved):
            break
        q.place[k] = q.place[child]
        k = child
    q.place[k] = moved
    q.place[size] = free


@jit
def _insert(q, slot):
    """Put the event ``slot`` into its bucket, behind those that arrive before or with it."""
    home = int(q.time[slot] / q.width) % q.bucket.size
    before, after = NONE, q.bucket[home]
    while after != NONE and q.time[after] <= q.time[slot]:
        before, after = after, q.place[after]
    q.place[slot] = after
    if before == NONE:
        q.bucket[home] = slot
    else:
        q.place[before] = slot


@jit
def _shift(q, time):
    """Make room for ``time`` in the sorted array, whose last event is the first to arrive."""
    k = q.counts[SIZE]
    while k > 0 and q.time[k - 1] <= time:
        q.time[k], q.spike[k] = q.time[k - 1], q.spike[k - 1]
        q.delay[k], q.sent[k] = q.delay[k - 1], q.sent[k - 1]
        k -= 1
    return k


@jit
def push(q, time, spike, delay):
    """Send an event that :func:`fits`."""
    size, capacity = q.counts[SIZE], q.time.size
    if q.kind == SORTED:
        _write(q, _shift(q, time), time, spike, delay)
    elif q.kind == HEAP:
        slot = q.place[size]
        _write(q, slot, time, spike, delay)
        _up(q, slot)
    elif q.kind == BUCKETS:
        slot = q.counts[HEAD]  # of the list of free slots
        q.counts[HEAD] = q.place[slot]
        _write(q, slot, time, spike, delay)
        _insert(q, slot)
    else:
        _write(q, (q.counts[HEAD] + size) % capacity, time, spike, delay)


@jit
def first(q):
    """Return the event that arrives first, or NONE."""
    if q.counts[SIZE] == 0:
        return NONE
    if q.kind == SORTED:
        return q.counts[SIZE] - 1
    if q.kind == HEAP:
        return q.place[0]
    if q.kind == BUCKETS:
        k = int(q.clock[0] / q.width)
        while q.bucket[k % q.bucket.size] == NONE:
            k += 1
        return q.bucket[k % q.bucket.size]
    return q.counts[HEAD]


@jit
def pop(q, slot):
    """Take the event ``slot``, the first, off the queue; the table keeps it until the next push."""
    if q.kind == HEAP:
        _down(q)
    elif q.kind == BUCKETS:
        home = int(q.time[slot] / q.width) % q.bucket.size
        q.bucket[home] = q.place[slot]
        q.place[slot] = q.counts[HEAD]
        q.counts[HEAD] = slot
    elif q.kind != SORTED:
        q.counts[HEAD] = (slot + 1) % q.time.size
    q.counts[SIZE] -= 1


@jit
def fits(q: Queue, times: Floats) -> tuple[int, int]:
    """Return what the queue says to events of these ``times``, and of which of them."""
    last = q.clock[1] if q.counts[SIZE] > 0 else q.clock[0]
    for k in range(times.size):
        if times[k] < q.clock[0]:
            return PAST, k
        if q.kind != LOSSY and q.counts[SIZE] + k == q.time.size:
            return FULL, k
        if q.kind <= LOSSY and times[k] < last:
            return UNORDERED, k
        if times[k] - q.clock[0] > q.largest:
            return FAR, k
        last = times[k]
    return TAKEN, times.size


@jit
def send(
    q: Queue, times: Floats, spikes: Integers, delays: Integers
) -> tuple[Doubles, Integers, Integers]:
    """Send events that :func:`fits`, and return those that give way to them."""
    count = max(0, q.counts[SIZE] + times.size - q.time.size)
    lost, by, over = np.empty(count), np.empty(count, np.int64), np.empty(count, np.int64)
    count = 0
    for k in range(times.size):
        if q.counts[SIZE] == q.time.size:
            slot = first(q)
            lost[count], by[count], over[count] = q.time[slot], q.spike[slot], q.delay[slot]
            count += 1
            pop(q, slot)
        push(q, times[k], spikes[k], delays[k])
    return lost, by, over


@jit
def deliver(q: Queue, until: float) -> tuple[Doubles, Integers, Integers]:
    """Return what arrives before ``until``, in order, and let time go on to it."""
    size, count = q.counts[SIZE], 0
    times, spikes, delays = np.empty(size), np.empty(size, np.int64), np.empty(size, np.int64)
    while True:
        slot = first(q)
        if slot == NONE or q.time[slot] >= until:
            break
        times[count], spikes[count], delays[count] = q.time[slot], q.spike[slot], q.delay[slot]
        count += 1
        pop(q, slot)
    q.clock[0] = until
    return times[:count], spikes[:count], delays[:count]


@jit
def coming(q: Queue) -> float:
    """Return when the next event arrives, infinite without one."""
    slot = first(q)
    return np.inf if slot == NONE else q.time[slot]
