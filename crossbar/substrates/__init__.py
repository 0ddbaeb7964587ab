"""What holds a weight matrix: tiles of arrays, or digital memory."""

from crossbar.substrates.aware import Aware
from crossbar.substrates.columns import ByColumn
from crossbar.substrates.compensated import Compensated
from crossbar.substrates.corrected import Corrected
from crossbar.substrates.digital import Digital
from crossbar.substrates.masters import (
    MASTERS,
    HardwareAware,
    InCells,
    InMemory,
    MasterWeights,
)
from crossbar.substrates.port import Substrate, Weights
from crossbar.substrates.routed import Rerouted, Routed
from crossbar.substrates.scaled import Scaled
from crossbar.substrates.tile import Tile
from crossbar.substrates.tile_state import TileState

__all__ = [
    "MASTERS",
    "Aware",
    "ByColumn",
    "Compensated",
    "Corrected",
    "Digital",
    "HardwareAware",
    "InCells",
    "InMemory",
    "MasterWeights",
    "Rerouted",
    "Routed",
    "Scaled",
    "Substrate",
    "Tile",
    "TileState",
    "Weights",
]
