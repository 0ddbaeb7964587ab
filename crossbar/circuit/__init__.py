"""Arrays of cells and the analog circuits around them: volts in, amperes out."""

from crossbar.circuit.array import Array
from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import (
    CIRCUIT,
    Blocks,
    Multiplier,
    Normaliser,
    Softmax,
    SynapticElement,
    VectorDifference,
)
from crossbar.circuit.closed_loop import ClosedLoop
from crossbar.circuit.faultmap import FaultMap
from crossbar.circuit.layout import Layout
from crossbar.circuit.line_compensation import LineCompensation
from crossbar.circuit.mapping import DifferentialPair, Mapping, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.pair_refresh import PairRefresh
from crossbar.circuit.reading import Reading
from crossbar.circuit.slices import BitSlices, OffsetSlices
from crossbar.circuit.zero_shift import ZeroShift

__all__ = [
    "CIRCUIT",
    "Array",
    "BitSlices",
    "Blocks",
    "ClosedLoop",
    "DifferentialPair",
    "Errors",
    "FaultMap",
    "Layout",
    "LineCompensation",
    "Mapping",
    "Multiplier",
    "Normaliser",
    "Offset",
    "OffsetSlices",
    "OneSidedPair",
    "PairRefresh",
    "Reading",
    "Softmax",
    "SynapticElement",
    "VectorDifference",
    "ZeroShift",
]
