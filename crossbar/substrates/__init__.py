"""What holds a weight matrix: tiles of arrays, or digital memory."""

from crossbar.substrates.columns import ByColumn
from crossbar.substrates.compensated import Compensated
from crossbar.substrates.digital import Digital
from crossbar.substrates.port import Substrate, Weights
from crossbar.substrates.routed import Rerouted, Routed
from crossbar.substrates.scaled import Scaled
from crossbar.substrates.tile import Tile
from crossbar.substrates.tile_state import TileState

__all__ = [
    "ByColumn",
    "Compensated",
    "Digital",
    "Rerouted",
    "Routed",
    "Scaled",
    "Substrate",
    "Tile",
    "TileState",
    "Weights",
]
