"""Every name that ``crossbar`` itself exports; it is imported when the first of them is used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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
from crossbar.circuit.mapping import MAPPINGS, DifferentialPair, Mapping, Offset, OneSidedPair
from crossbar.circuit.planes import Plane
from crossbar.circuit.reading import Reading
from crossbar.circuit.slices import BitSlices, OffsetSlices
from crossbar.converters import (
    Adc,
    Dac,
    FlashAdc,
    LogarithmicAdc,
    MeasuredAdc,
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
    from crossbar.loading import LoadedRun
    from crossbar.nn import Chip
    from crossbar.report.sweeps import Sweep
    from crossbar.substrates.tile_state import TileState

__all__ = [
    "MAPPINGS",
    "Activity",
    "Adc",
    "BitSlices",
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


def load(folder: Path | str) -> LoadedRun | Sweep:
    """Return the finished run in ``folder``, or the sweep whose store it holds.

    A :class:`~crossbar.loading.LoadedRun` has ``chip()``, ``data``, ``parts()``,
    ``history``, ``result`` and ``figures``, a :class:`~crossbar.report.sweeps.Sweep` its ``frame``.

    Raises
    ------
    DataError
        If there is neither, or a file is missing or damaged.
    """
    from crossbar.loading import load as loaded  # with pandas and matplotlib: only when called

    return loaded(folder)


def export(one: Chip | TileState | LoadedRun, folder: Path | str) -> list[Path]:
    """Write weights, conductances, pulses and netlists of ``one`` to ``folder``; return the files.

    :func:`crossbar.exports.export` says which there are.
    """
    from crossbar.exports import export as exported  # with pandas: only when called

    return exported(one, folder)
