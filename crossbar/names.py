"""Every name that ``crossbar`` itself exports; it is imported when the first of them is used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from crossbar.activity import Activity
from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import (
    Blocks,
    Multiplier,
    Normaliser,
    Softmax,
    SynapticElement,
    VectorDifference,
)
from crossbar.circuit.mapping import MAPPINGS, DifferentialPair, Mapping, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.planes import Plane
from crossbar.circuit.reading import Reading
from crossbar.circuit.slices import BitSlices, OffsetSlices
from crossbar.converters import (
    Adc,
    CyclicAdc,
    Dac,
    FlashAdc,
    LogarithmicAdc,
    MeasuredAdc,
    PulseWidthDac,
    RampAdc,
    SarAdc,
    SerialDac,
    StringDac,
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
from crossbar.errors import CrossbarError
from crossbar.random import Streams
from crossbar.substrates.digital import Digital
from crossbar.substrates.tile import Tile
from crossbar.wires import Driven, Sensed, Wires

if TYPE_CHECKING:
    from crossbar.exports import export
    from crossbar.loading import load

__all__ = [
    "MAPPINGS",
    "Activity",
    "Adc",
    "BitSlices",
    "Blocks",
    "CmosSynapse",
    "Constant",
    "CrossbarError",
    "CyclicAdc",
    "Dac",
    "Deterministic",
    "DifferentialPair",
    "Digital",
    "Driven",
    "Errors",
    "Exponential",
    "FlashAdc",
    "IdealCell",
    "Linear",
    "LogarithmicAdc",
    "Mapping",
    "MeasuredAdc",
    "Memristor",
    "Multiplier",
    "Normaliser",
    "Offset",
    "OffsetSlices",
    "OneSidedPair",
    "Plane",
    "PulseTable",
    "PulseTrain",
    "PulseWidthDac",
    "RampAdc",
    "Reading",
    "SarAdc",
    "Sensed",
    "SerialDac",
    "SoftBounds",
    "Softmax",
    "Stochastic",
    "Streams",
    "StringDac",
    "StuckAt",
    "SynapticElement",
    "Tile",
    "VectorDifference",
    "Wires",
    "export",
    "load",
]
LATER = {"export": "crossbar.exports", "load": "crossbar.loading"}


def __getattr__(name: str) -> Any:
    """Return what comes with pandas and matplotlib, which are imported when it is used."""
    if name in LATER:
        return getattr(importlib.import_module(LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
