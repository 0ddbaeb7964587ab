"""Event queues: what is sent arrives later, in order of time, and of equal times as it was sent.

All kinds share one form, a table of events and a few numbers, and one interface, so that a loop
works with any of them: :func:`push`, :func:`first` and :func:`pop`.
"""

from __future__ import annotations

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.types import Doubles, Floats, Integers, Records

RING, LOSSY, SORTED, HEAP, BUCKETS = range(5)
"""Kinds: a ring in the order sent, one that overwrites, a sorted array, a binary heap, buckets."""
TAKEN, FULL, UNORDERED, FAR, PAST = range(5)
"""What a queue says to an event: that it is taken, or why not."""
NONE = -1

EVENT = np.dtype(
    [
        ("time", "f8"),  # when it arrives
        ("spike", "i8"),  # number of the spike that makes it
        ("delay", "i8"),  # number of the delay that makes it
        ("sent", "i8"),  # how many were sent before it
        # Of a heap: the event at this place of it. Of buckets: the event behind this one in its
        # bucket, or the free slot behind this one.
        ("place", "i8"),
    ]
)
QUEUE = np.dtype(
    [
        ("kind", "i8"),
        ("size", "i8"),  # how many wait
        ("head", "i8"),  # where the first stands; of buckets the first free slot
        ("sent", "i8"),  # how many were sent
        ("now", "f8"),  # time up to which events were delivered
        ("last", "f8"),  # arrival that was sent last
        ("width", "f8"),  # time of a bucket
        ("largest", "f8"),  # longest time that an event may wait
    ]
)
"""A queue is a table of events (capacity,), one record of this type (1,), and the first event of
each bucket or NONE. They are records, since arrays in a named tuple make it ten times as slow:
Numba counts a reference at each use (measured)."""


@jit
def _before(e, one, other):
    """Return whether event ``one`` arrives before ``other``."""
    if e[one].time != e[other].time:
        return e[one].time < e[other].time
    return e[one].sent < e[other].sent


@jit
def _write(e, q, slot, time, spike, delay):
    """Write an event into the table."""
    e[slot].time, e[slot].spike, e[slot].delay, e[slot].sent = time, spike, delay, q[0].sent
    q[0].sent += 1
    q[0].size += 1
    q[0].last = time


@jit
def _up(e, q, slot):
    """Let the event ``slot``, the last of the heap, rise to its place."""
    k = q[0].size - 1
    while k > 0 and _before(e, slot, e[(k - 1) // 2].place):
        e[k].place = e[(k - 1) // 2].place
        k = (k - 1) // 2
    e[k].place = slot


@jit
def _down(e, q):
    """Take the first event off the heap; its slot goes behind the last one, where it is free."""
    size = q[0].size - 1
    free, moved, k = e[0].place, e[size].place, 0
    while 2 * k + 1 < size:
        child = 2 * k + 1
        if child + 1 < size and _before(e, e[child + 1].place, e[child].place):
            child += 1
        if not _before(e, e[child].place, moved):
            break
        e[k].place = e[child].place
        k = child
    e[k].place = moved
    e[size].place = free


@jit
def _insert(e, q, bucket, slot):
    """Put the event ``slot`` into its bucket, behind those that arrive before or with it."""
    home = int(e[slot].time / q[0].width) % bucket.size
    before, after = NONE, bucket[home]
    while after != NONE and e[after].time <= e[slot].time:
        before, after = after, e[after].place
    e[slot].place = after
    if before == NONE:
        bucket[home] = slot
    else:
        e[before].place = slot


@jit
def _shift(e, q, time):
    """Make room for ``time`` in the sorted array, whose last event is the first to arrive."""
    k = q[0].size
    while k > 0 and e[k - 1].time <= time:
        e[k] = e[k - 1]
        k -= 1
    return k


@jit
def push(e, q, bucket, time, spike, delay):
    """Send an event that :func:`fits`."""
    kind, size = q[0].kind, q[0].size
    if kind == SORTED:
        _write(e, q, _shift(e, q, time), time, spike, delay)
    elif kind == HEAP:
        slot = e[size].place
        _write(e, q, slot, time, spike, delay)
        _up(e, q, slot)
    elif kind == BUCKETS:
        slot = q[0].head
        q[0].head = e[slot].place
        _write(e, q, slot, time, spike, delay)
        _insert(e, q, bucket, slot)
    else:
        slot = q[0].head + size
        _write(e, q, slot - e.size if slot >= e.size else slot, time, spike, delay)


@jit
def first(e, q, bucket):
    """Return the event that arrives first, or NONE."""
    if q[0].size == 0:
        return NONE
    kind = q[0].kind
    if kind == SORTED:
        return q[0].size - 1
    if kind == HEAP:
        return e[0].place
    if kind == BUCKETS:
        k = int(q[0].now / q[0].width)
        while bucket[k % bucket.size] == NONE:
            k += 1
        return bucket[k % bucket.size]
    return q[0].head


@jit
def pop(e, q, bucket, slot):
    """Take the event ``slot``, the first, off the queue; the table keeps it until the next push."""
    kind = q[0].kind
    if kind == HEAP:
        _down(e, q)
    elif kind == BUCKETS:
        bucket[int(e[slot].time / q[0].width) % bucket.size] = e[slot].place
        e[slot].place = q[0].head
        q[0].head = slot
    elif kind != SORTED:
        q[0].head = slot + 1 if slot + 1 < e.size else 0
    q[0].size -= 1


@jit
def fits(e: Records, q: Records, times: Floats) -> tuple[int, int]:
    """Return what the queue says to events of these ``times``, and of which of them."""
    last = q[0].last if q[0].size > 0 else q[0].now
    for k in range(times.size):
        if times[k] < q[0].now:
            return PAST, k
        if q[0].kind != LOSSY and q[0].size + k == e.size:
            return FULL, k
        if q[0].kind <= LOSSY and times[k] < last:
            return UNORDERED, k
        if times[k] - q[0].now > q[0].largest:
            return FAR, k
        last = times[k]
    return TAKEN, times.size


@jit
def send(
    e: Records, q: Records, bucket: Integers, times: Floats, spikes: Integers, delays: Integers
) -> tuple[Doubles, Integers, Integers]:
    """Send events that :func:`fits`, and return those that give way to them."""
    count = max(0, q[0].size + times.size - e.size)
    lost, by, over = np.empty(count), np.empty(count, np.int64), np.empty(count, np.int64)
    count = 0
    for k in range(times.size):
        if q[0].size == e.size:
            slot = first(e, q, bucket)
            lost[count], by[count], over[count] = e[slot].time, e[slot].spike, e[slot].delay
            count += 1
            pop(e, q, bucket, slot)
        push(e, q, bucket, times[k], spikes[k], delays[k])
    return lost, by, over


@jit
def deliver(
    e: Records, q: Records, bucket: Integers, until: float
) -> tuple[Doubles, Integers, Integers]:
    """Return what arrives before ``until``, in order, and let time go on to it."""
    size, count = q[0].size, 0
    times, spikes, delays = np.empty(size), np.empty(size, np.int64), np.empty(size, np.int64)
    while True:
        slot = first(e, q, bucket)
        if slot == NONE or e[slot].time >= until:
            break
        times[count], spikes[count], delays[count] = e[slot].time, e[slot].spike, e[slot].delay
        q[0].now = e[slot].time  # so that no bucket is looked at twice
        count += 1
        pop(e, q, bucket, slot)
    q[0].now = until
    return times[:count], spikes[:count], delays[:count]


@jit
def coming(e: Records, q: Records, bucket: Integers) -> float:
    """Return when the next event arrives, infinite without one."""
    slot = first(e, q, bucket)
    time: float = np.inf if slot == NONE else e[slot].time
    return time
