"""The contract of event queues: spikes in, arrivals out, later and in order."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any, NoReturn

import numpy as np

from crossbar.array_checks import real, require_array
from crossbar.displayed import Displayed
from crossbar.errors import DataError, SimulationError, fail, message, require_number
from crossbar.kernels.spikes import queues
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.spiking.queues.deliveries import Deliveries
from crossbar.types import Doubles, Integers


class EventQueue(Specification):
    """Where events wait between a spike and its arrival.

    Events arrive in order of time, and of equal times in the order in which they were sent. A queue
    that is full refuses what is sent, unless it says that it drops events.
    """

    @abstractmethod
    def build(self) -> Waiting:
        """Return an empty queue at time 0."""


QUEUES = Registry(
    EventQueue, "queues", "where spikes wait for their delay", default="binary-heap",
    setting="synapses.NAME.queue",
)  # fmt: skip


class Waiting(Displayed):
    """The events of a queue, which wait for their time.

    Parameters
    ----------
    name
        Of the class that made it, for errors.
    kind
        How events are kept, as the compiled loops number it.
    capacity
        How many may wait.
    width, largest : [s]
        Time of a bucket, and the longest time that an event may wait.
    """

    def __init__(
        self, name: str, kind: int, capacity: int, width: float = 1.0, largest: float = math.inf
    ) -> None:
        buckets = math.ceil(largest / width) + 2 if kind == queues.BUCKETS else 0
        self.name, self.sent = name, 0
        self.dropped = Deliveries(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))
        self.events = np.zeros(capacity, queues.EVENT)
        self.events["place"] = np.arange(capacity) + (kind == queues.BUCKETS)  # the free slots
        self.queue = np.zeros(1, queues.QUEUE)
        self.queue["kind"], self.queue["width"], self.queue["largest"] = kind, width, largest
        self.buckets = np.full(buckets, queues.NONE)

    def __len__(self) -> int:
        return int(self.queue["size"][0])

    @property
    def t(self) -> float:
        """Time up to which events were delivered [s]."""
        return float(self.queue["now"][0])

    @property
    def next(self) -> float:
        """When the next event arrives [s], infinite if none waits."""
        return queues.coming(self.events, self.queue, self.buckets)

    def send(self, times: Any, delays: Any, *, which: Any = None, spikes: Any = None) -> Deliveries:
        """Send events that arrive at ``times`` + ``delays[which]``; return those that give way.

        Nothing is sent where one of them is refused.

        Parameters
        ----------
        times : (n,) [s]
            Of the spikes.
        delays : one or (m,) [s]
            Delays of the network, from 0: one for all, or several.
        which : (n,)
            Number of the delay of each event; 0 where there is one, and in order without it.
        spikes : (n,)
            Number of the spike of each event; the next ones in order without it.

        Returns
        -------
        Deliveries
            Events that waited, were dropped and never arrive; none but from a queue that drops
            events, which adds them to ``dropped``.

        Raises
        ------
        DataError
            If a time is NaN or infinite, a delay negative, an arrival before what was delivered or
            out of the order that the queue needs, or a delay too long for it.
        SimulationError
            If the queue is full.
        """
        sent, given = _row(f"{self.name}.times", times), _row(f"{self.name}.delays", delays)
        if given.size and given.min() < 0:
            got = f"{given.min():g} s"
            remedy = "What is sent arrives later."
            raise DataError(message(f"{self.name}.delays", "delays from 0", got, remedy))
        usual = np.zeros(sent.size) if given.size == 1 else np.arange(sent.size)
        chosen = _numbers(f"{self.name}.which", usual if which is None else which, sent.size)
        if sent.size and not 0 <= chosen.min() <= chosen.max() < given.size:
            expected, got = f"numbers of {given.size} delays", f"{chosen.min()} to {chosen.max()}"
            raise DataError(message(f"{self.name}.which", expected, got, "They count from 0."))
        own = self.sent + np.arange(sent.size) if spikes is None else spikes
        by = _numbers(f"{self.name}.spikes", own, sent.size)
        arrivals = sent + given[chosen] if sent.size else sent
        verdict, k = queues.fits(self.events, self.queue, arrivals)
        if verdict != queues.TAKEN:
            self._refuse(verdict, arrivals[k])
        self.sent = max(self.sent, int(by.max(initial=-1)) + 1)
        parts = (self.events, self.queue, self.buckets)
        lost = Deliveries(*queues.send(*parts, arrivals, by, chosen))
        self.dropped = self.dropped.followed(lost) if len(lost) else self.dropped
        return lost

    def deliver(self, until: float) -> Deliveries:
        """Return what arrives before ``until`` [s], in order; it is not delivered again.

        Raises
        ------
        ConfigError
            If time goes backwards.
        """
        where = f"{self.name}.until"
        require_number(where, until, low=self.t, unit="s", remedy="Time goes forwards.")
        return Deliveries(*queues.deliver(self.events, self.queue, self.buckets, until))

    def _refuse(self, verdict: int, time: float) -> NoReturn:
        """Raise what the ``verdict`` about an arrival at ``time`` says."""
        if verdict == queues.FULL:
            capacity = self.events.size
            expected, remedy = f"at most {capacity} events that wait", "Give it more capacity."
            raise SimulationError(message(f"{self.name}.capacity", expected, "one more", remedy))
        got, where = f"an arrival at {time:g} s", f"{self.name}.send"
        largest = self.queue["largest"][0]
        expected = {
            queues.UNORDERED: "arrivals in the order sent",
            queues.FAR: f"delays of at most {largest:g} s",
            queues.PAST: f"arrivals from {self.t:g} s",
        }[verdict]
        remedy = {
            queues.UNORDERED: "Take BinaryHeap: this queue is for one delay.",
            queues.FAR: "Raise DelayRing.largest.",
            queues.PAST: "Time goes forwards.",
        }[verdict]
        raise DataError(message(where, expected, got, remedy))


def _row(where: str, value: Any) -> Doubles:
    """Return ``value`` as finite numbers (n,), which may be none."""
    flat = np.atleast_1d(real(where, value))
    if flat.shape == (0,):
        return np.empty(0)
    return require_array(where, flat, ("n",)).astype(np.float64)


def _numbers(where: str, value: Any, size: int) -> Integers:
    """Return ``value`` as whole numbers (size,), from 0."""
    array = _row(where, value)
    if array.size != size or (array != np.floor(array)).any() or array.min(initial=0) < 0:
        fail(where, f"{size} whole numbers from 0", f"{array.size}", "Give one an event.")
    return array.astype(np.int64)
