"""What holds a weight matrix: tiles of arrays, or digital memory."""

from crossbar.substrates.aware import Aware
from crossbar.substrates.columns import ByColumn
from crossbar.substrates.compensated import Compensated
from crossbar.substrates.corrected import Corrected
from crossbar.substrates.digital import Digital
from crossbar.substrates.fast_slow import FastSlow, TwoTiles
from crossbar.substrates.masters import (
    MASTERS,
    HardwareAware,
    InCells,
    InMemory,
    MasterWeights,
)
from crossbar.substrates.mismatched import Mismatched
from crossbar.substrates.port import Substrate, Weights
from crossbar.substrates.routed import Rerouted, Routed
from crossbar.substrates.scaled import Scaled
from crossbar.substrates.tile import Tile
from crossbar.substrates.tile_state import TileState
from crossbar.substrates.transfer import Transfer

__all__ = [
    "MASTERS",
    "Aware",
    "ByColumn",
    "Compensated",
    "Corrected",
    "Digital",
    "FastSlow",
    "HardwareAware",
    "InCells",
    "InMemory",
    "MasterWeights",
    "Mismatched",
    "Rerouted",
    "Routed",
    "Scaled",
    "Substrate",
    "Tile",
    "TileState",
    "Transfer",
    "TwoTiles",
    "Weights",
]
