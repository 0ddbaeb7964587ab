"""What a spiking network is made of: groups of neurons, and synapses between them."""

from __future__ import annotations

from dataclasses import dataclass, field

from crossbar.circuit.layout import LARGEST
from crossbar.specification import Specification
from crossbar.spiking.neurons import LIF, Neuron
from crossbar.spiking.queues import BinaryHeap, EventQueue
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Group(Specification):
    """Neurons of one kind.

    Parameters
    ----------
    count
        How many.
    neuron
        What they are; each has its own mismatch.
    """

    count: int = quantity(low=1, high=LARGEST)
    neuron: Neuron = field(default_factory=LIF)


@dataclass(frozen=True, kw_only=True)
class Synapses(Specification):
    """A weight matrix from the lines of ``source`` to the neurons of ``target``, with delays.

    Parameters
    ----------
    source
        Name of an input or of a group.
    target
        Name of a group.
    charge : [C]
        What a spike brings through a weight of 1. On a chip that is V_read t_pulse G, G the
        conductance of a weight of 1, times the ratio of a current mirror.
    delay : [s]
        From a spike to its arrival. Arrays of delays are given to :meth:`SpikingNetwork.build`.
    queue
        Where spikes wait for that.
    """

    source: str
    target: str
    charge: float = quantity(5e-13, low=-1e6, high=1e6, unit="C")
    delay: float = quantity(0.0, low=0, high=1e15, unit="s")
    queue: EventQueue = field(default_factory=lambda: BinaryHeap(capacity=65_536))
