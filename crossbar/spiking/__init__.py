"""Spiking networks: events in time, the codes that make them, neurons and event queues.

A spike is a read pulse on a word line; a bit line integrates its charge; a neuron fires. Times and
charges are in SI units, and any other consistent units do as well. Networks whose neurons fire once
learn by exact gradients of their first spikes.
"""

from crossbar.spiking.codes import (
    BernoulliRate,
    Code,
    Decoder,
    FirstSpikeDecoder,
    Latency,
    MembraneDecoder,
    Outcome,
    PeriodicRate,
    Population,
    RateDecoder,
    SigmoidVote,
    SoftmaxVote,
)
from crossbar.spiking.delays import DELAYS, AxonalDelays, Delays, SynapticDelays
from crossbar.spiking.first_spike import FirstSpike
from crossbar.spiking.first_spike_network import first_spike_network
from crossbar.spiking.latency import SpikeDecoder, SpikeEncoder
from crossbar.spiking.networks import Group, Recording, SpikingChip, SpikingNetwork, Synapses
from crossbar.spiking.neurons import (
    CHATTERING,
    FAST_SPIKING,
    INTRINSICALLY_BURSTING,
    LIF,
    LOW_THRESHOLD,
    REGULAR_SPIKING,
    Decay,
    Filtered,
    HodgkinHuxley,
    Integrated,
    IntegratedState,
    Izhikevich,
    Kernel,
    LifState,
    Mismatch,
    Neuron,
    NeuronState,
    ResponseState,
    SpikeResponse,
)
from crossbar.spiking.pulses import ReadPulses
from crossbar.spiking.queues import (
    BinaryHeap,
    DelayRing,
    Deliveries,
    EventQueue,
    FifoRing,
    LossyRing,
    SingleSpike,
    SortedArray,
    Waiting,
)
from crossbar.spiking.spikes import Spikes

__all__ = [
    "CHATTERING",
    "DELAYS",
    "FAST_SPIKING",
    "INTRINSICALLY_BURSTING",
    "LIF",
    "LOW_THRESHOLD",
    "REGULAR_SPIKING",
    "AxonalDelays",
    "BernoulliRate",
    "BinaryHeap",
    "Code",
    "Decay",
    "Decoder",
    "DelayRing",
    "Delays",
    "Deliveries",
    "EventQueue",
    "FifoRing",
    "Filtered",
    "FirstSpike",
    "FirstSpikeDecoder",
    "Group",
    "HodgkinHuxley",
    "Integrated",
    "IntegratedState",
    "Izhikevich",
    "Kernel",
    "Latency",
    "LifState",
    "LossyRing",
    "MembraneDecoder",
    "Mismatch",
    "Neuron",
    "NeuronState",
    "Outcome",
    "PeriodicRate",
    "Population",
    "RateDecoder",
    "ReadPulses",
    "Recording",
    "ResponseState",
    "SigmoidVote",
    "SingleSpike",
    "SoftmaxVote",
    "SortedArray",
    "SpikeDecoder",
    "SpikeEncoder",
    "SpikeResponse",
    "Spikes",
    "SpikingChip",
    "SpikingNetwork",
    "Synapses",
    "SynapticDelays",
    "Waiting",
    "first_spike_network",
]
