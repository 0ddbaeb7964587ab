"""Networks on cores: how many they take, where neurons go, and what spikes between cores cost.

A core is a tile with a row for every line that it hears (an axon) and a column for every neuron.
"""

from crossbar.spiking.cores.connectivity import Connectivity
from crossbar.spiking.cores.generated import local_connectivity, ring, small_world
from crossbar.spiking.cores.mesh import CoreMesh
from crossbar.spiking.cores.placed import placed_model
from crossbar.spiking.cores.placement import CorePlacement
from crossbar.spiking.cores.placers import AtRandom, ByGraph, InOrder, Placer
from crossbar.spiking.cores.published import SYSTEMS_OF_CORES, SystemOfCores
from crossbar.spiking.cores.spec import CoreBudget, CoreSpec
from crossbar.spiking.cores.traffic import CoreTraffic

__all__ = [
    "SYSTEMS_OF_CORES",
    "AtRandom",
    "ByGraph",
    "Connectivity",
    "CoreBudget",
    "CoreMesh",
    "CorePlacement",
    "CoreSpec",
    "CoreTraffic",
    "InOrder",
    "Placer",
    "SystemOfCores",
    "local_connectivity",
    "placed_model",
    "ring",
    "small_world",
]
