"""Plasticity by spike times: waveforms on a memristor, its learning window, and assumed rules."""

from crossbar.spiking.plasticity.circuits import STANFORD_PKU_STDP, VTEAM_STDP, YAKOPCIC_STDP
from crossbar.spiking.plasticity.device import DevicePlasticity, Window
from crossbar.spiking.plasticity.exponential import SideFit
from crossbar.spiking.plasticity.exponentials import Additive, Multiplicative, Triplet
from crossbar.spiking.plasticity.pairs import Moved
from crossbar.spiking.plasticity.rule import PLASTICITY, Isolated, Plasticity
from crossbar.spiking.plasticity.waveform import SpikeWaveform

__all__ = [
    "PLASTICITY",
    "STANFORD_PKU_STDP",
    "VTEAM_STDP",
    "YAKOPCIC_STDP",
    "Additive",
    "DevicePlasticity",
    "Isolated",
    "Moved",
    "Multiplicative",
    "Plasticity",
    "SideFit",
    "SpikeWaveform",
    "Triplet",
    "Window",
]
