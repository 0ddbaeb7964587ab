"""Neurons: charges and currents in, spikes out."""

from crossbar.spiking.neurons.hodgkin_huxley import HodgkinHuxley
from crossbar.spiking.neurons.integrated import Integrated, IntegratedState
from crossbar.spiking.neurons.izhikevich import (
    CHATTERING,
    FAST_SPIKING,
    INTRINSICALLY_BURSTING,
    LOW_THRESHOLD,
    REGULAR_SPIKING,
    Izhikevich,
)
from crossbar.spiking.neurons.kernels import KERNELS, Decay, Filtered, Kernel
from crossbar.spiking.neurons.lif import LIF, LifState
from crossbar.spiking.neurons.mismatch import Mismatch
from crossbar.spiking.neurons.neuron import NEURONS, Neuron, NeuronState
from crossbar.spiking.neurons.own_lif import OwnLIF
from crossbar.spiking.neurons.response import ResponseState, SpikeResponse

__all__ = [
    "CHATTERING",
    "FAST_SPIKING",
    "INTRINSICALLY_BURSTING",
    "KERNELS",
    "LIF",
    "LOW_THRESHOLD",
    "NEURONS",
    "REGULAR_SPIKING",
    "Decay",
    "Filtered",
    "HodgkinHuxley",
    "Integrated",
    "IntegratedState",
    "Izhikevich",
    "Kernel",
    "LifState",
    "Mismatch",
    "Neuron",
    "NeuronState",
    "OwnLIF",
    "ResponseState",
    "SpikeResponse",
]
