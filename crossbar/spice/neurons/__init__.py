"""Spiking neurons in ngspice: a column, layers of them, and the neuron that behaves alike."""

from crossbar.spice.neurons.circuit import NeuronCircuit
from crossbar.spice.neurons.layers import SpikingLayers
from crossbar.spice.neurons.racing import RacingColumns, Won
from crossbar.spice.neurons.recording import CircuitRecording
from crossbar.spice.neurons.trials import NeuronCalibration, Trial, calibrate, column, poisson

__all__ = [
    "CircuitRecording",
    "NeuronCalibration",
    "NeuronCircuit",
    "RacingColumns",
    "SpikingLayers",
    "Trial",
    "Won",
    "calibrate",
    "column",
    "poisson",
]
