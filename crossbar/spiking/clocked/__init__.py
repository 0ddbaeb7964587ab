"""Spiking layers in time steps, which learn by surrogate gradients through time."""

from crossbar.spiking.clocked.coded import Coded
from crossbar.spiking.clocked.encoders import Receptive, Repeated
from crossbar.spiking.clocked.layer import Clocked
from crossbar.spiking.clocked.leaky import Leaky
from crossbar.spiking.clocked.lif import ClockedLIF
from crossbar.spiking.clocked.network import clocked_network
from crossbar.spiking.clocked.neuron import CLOCKED_NEURONS, ClockedNeuron
from crossbar.spiking.clocked.readouts import FirstSpikeReadout, LastReadout, RateReadout
from crossbar.spiking.clocked.surrogates import (
    SURROGATES,
    ArcTan,
    FastSigmoid,
    Surrogate,
    Triangle,
)

__all__ = [
    "CLOCKED_NEURONS",
    "SURROGATES",
    "ArcTan",
    "Clocked",
    "ClockedLIF",
    "ClockedNeuron",
    "Coded",
    "FastSigmoid",
    "FirstSpikeReadout",
    "LastReadout",
    "Leaky",
    "RateReadout",
    "Receptive",
    "Repeated",
    "Surrogate",
    "Triangle",
    "clocked_network",
]
