"""Event queues: spikes in, arrivals out, later and in order."""

from crossbar.spiking.queues.deliveries import Deliveries
from crossbar.spiking.queues.kinds import (
    BinaryHeap,
    DelayRing,
    FifoRing,
    LossyRing,
    SingleSpike,
    SortedArray,
)
from crossbar.spiking.queues.queue import QUEUES, EventQueue, Waiting

__all__ = [
    "QUEUES",
    "BinaryHeap",
    "DelayRing",
    "Deliveries",
    "EventQueue",
    "FifoRing",
    "LossyRing",
    "SingleSpike",
    "SortedArray",
    "Waiting",
]
