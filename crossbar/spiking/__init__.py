"""Spiking networks: events in time, the codes that make them, neurons and event queues.

A spike is a read pulse on a word line; a bit line integrates its charge; a neuron fires. Times and
charges are in SI units, and any other consistent units do as well.
"""

from crossbar.spiking.neurons import LIF, LifState, Mismatch, Neuron, NeuronState
from crossbar.spiking.spikes import Spikes

__all__ = ["LIF", "LifState", "Mismatch", "Neuron", "NeuronState", "Spikes"]
