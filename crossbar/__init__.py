"""Analog in-memory computing, simulated: devices, arrays, on-chip learning, energy."""

from crossbar.activity import Activity
from crossbar.blocks import (
    Blocks,
    Errors,
    Multiplier,
    Normaliser,
    Softmax,
    SynapticElement,
    VectorDifference,
)
from crossbar.devices import (
    CmosSynapse,
    Constant,
    Deterministic,
    Exponential,
    IdealCell,
    Linear,
    Memristor,
    PulseTable,
    PulseTrain,
    SoftBounds,
    Stochastic,
    StuckAt,
)
from crossbar.digital import Digital
from crossbar.errors import CrossbarError
from crossbar.mapping import DifferentialPair, Offset, OneSidedPair
from crossbar.noise import Reading
from crossbar.periphery import Adc, Dac
from crossbar.random import Streams
from crossbar.tile import Tile
from crossbar.wires import Driven, Sensed, Wires

__all__ = [
    "Activity",
    "Adc",
    "Blocks",
    "CmosSynapse",
    "Constant",
    "CrossbarError",
    "Dac",
    "Deterministic",
    "DifferentialPair",
    "Digital",
    "Driven",
    "Errors",
    "Exponential",
    "IdealCell",
    "Linear",
    "Memristor",
    "Multiplier",
    "Normaliser",
    "Offset",
    "OneSidedPair",
    "PulseTable",
    "PulseTrain",
    "Reading",
    "Sensed",
    "SoftBounds",
    "Softmax",
    "Stochastic",
    "Streams",
    "StuckAt",
    "SynapticElement",
    "Tile",
    "VectorDifference",
    "Wires",
]
