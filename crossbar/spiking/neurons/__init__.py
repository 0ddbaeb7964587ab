"""Neurons: charges and currents in, spikes out."""

from crossbar.spiking.neurons.lif import LIF, LifState
from crossbar.spiking.neurons.mismatch import Mismatch
from crossbar.spiking.neurons.neuron import Neuron, NeuronState

__all__ = ["LIF", "LifState", "Mismatch", "Neuron", "NeuronState"]
