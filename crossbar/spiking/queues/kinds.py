"""Event queues of every kind: what each is for, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from crossbar.errors import fail
from crossbar.kernels.spikes import queues
from crossbar.spiking.queues.queue import QUEUES, EventQueue, Waiting
from crossbar.units import quantity

LARGEST = 1e15  # of any unit of time
ROOM = "It holds at most 1e8 events."
MOST_BUCKETS = 10**7


@dataclass(frozen=True, kw_only=True)
class Roomy(EventQueue):
    """A queue with room for so many events.

    Parameters
    ----------
    capacity
        How many events may wait.
    """

    kind: ClassVar[int]
    """How events are kept, as the compiled loops number it."""

    capacity: int = quantity(1024, low=1, high=10**8, remedy=ROOM)

    def build(self) -> Waiting:
        """Return an empty queue at time 0."""
        return Waiting(type(self).__name__, self.kind, self.capacity)


@QUEUES.register("fifo-ring")
@dataclass(frozen=True, kw_only=True)
class FifoRing(Roomy):
    """A ring in the order sent, for one delay: a push and a pop take the same time at any size."""

    kind: ClassVar[int] = queues.RING


@QUEUES.register("lossy-ring")
@dataclass(frozen=True, kw_only=True)
class LossyRing(Roomy):
    """A ring for one delay that is never full: the event that has waited longest gives way.

    ``send`` returns what gives way, and ``dropped`` has all of it.
    """

    kind: ClassVar[int] = queues.LOSSY

    capacity: int = quantity(16, low=1, high=10**8, remedy=ROOM)


@QUEUES.register("single-spike")
@dataclass(frozen=True, kw_only=True)
class SingleSpike(EventQueue):
    """One event at a time, as in networks where every neuron fires once."""

    def build(self) -> Waiting:
        """Return an empty queue at time 0."""
        return Waiting("SingleSpike", queues.RING, 1)


@QUEUES.register("sorted-array")
@dataclass(frozen=True, kw_only=True)
class SortedArray(Roomy):
    """A sorted array, for any delays: a push moves those that arrive before, a pop nothing."""

    kind: ClassVar[int] = queues.SORTED


@QUEUES.register("binary-heap")
@dataclass(frozen=True, kw_only=True)
class BinaryHeap(Roomy):
    """A binary heap, for any delays: a push and a pop take time as log2 of those that wait."""

    kind: ClassVar[int] = queues.HEAP


@QUEUES.register("delay-ring")
@dataclass(frozen=True, kw_only=True)
class DelayRing(Roomy):
    """A ring of buckets of time, for any delays up to a largest one.

    A push and a pop take the same time at any size where a bucket has few events. Times are not
    rounded to buckets.

    Parameters
    ----------
    largest : [s]
        Longest time from the last delivery to an arrival.
    width : [s]
        Time of a bucket; best that of a few events.

    Raises
    ------
    ConfigError
        If there are more than 1e7 buckets.
    """

    kind: ClassVar[int] = queues.BUCKETS

    largest: float = quantity(1e-2, unit="s", above=0, high=LARGEST)
    width: float = quantity(1e-4, unit="s", above=0, high=LARGEST)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.largest > MOST_BUCKETS * self.width:
            expected, got = f"largest / {MOST_BUCKETS:g} or more", f"{self.width:g} s"
            fail("DelayRing.width", expected, got, "Widen the buckets.")

    def build(self) -> Waiting:
        """Return an empty queue at time 0."""
        return Waiting("DelayRing", self.kind, self.capacity, self.width, self.largest)
