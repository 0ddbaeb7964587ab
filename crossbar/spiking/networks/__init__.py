"""Event-driven networks of spiking neurons on any substrate, in any graph."""

from crossbar.spiking.networks.chip import SpikingChip
from crossbar.spiking.networks.files import read_spiking, write_spiking
from crossbar.spiking.networks.group import Group, Synapses
from crossbar.spiking.networks.model import SpikingModel
from crossbar.spiking.networks.network import SpikingNetwork
from crossbar.spiking.networks.recording import Recording
from crossbar.spiking.networks.wired import Arrivals, Wired

__all__ = [
    "Arrivals",
    "Group",
    "Recording",
    "SpikingChip",
    "SpikingModel",
    "SpikingNetwork",
    "Synapses",
    "Wired",
    "read_spiking",
    "write_spiking",
]
