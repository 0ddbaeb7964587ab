"""What can be set of a tile, whatever its device."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

import numpy as np

from crossbar.checks import Checked
from crossbar.circuit.layout import LARGEST, Layout
from crossbar.circuit.line_compensation import LineCompensation
from crossbar.circuit.mapping import DifferentialPair, Mapping
from crossbar.circuit.reading import Reading
from crossbar.circuit.remap import Remap
from crossbar.converters import Adc, Dac
from crossbar.devices import Programming
from crossbar.units import METHOD, SPREAD, quantity
from crossbar.wires import Wires


class Precision(enum.Enum):
    """Floating-point type of conductances and signals."""

    SINGLE = np.float32
    DOUBLE = np.float64


class Scaling(enum.Enum):
    """What a largest weight is that of."""

    LAYER = "layer"
    COLUMN = "column"


@dataclass(frozen=True, kw_only=True)
class TileSettings(Checked):
    """What stands around the cells; see :class:`crossbar.substrates.tile.Tile`.

    Parameters
    ----------
    mapping
        Cells of a weight.
    scaling
        Whether the range of the cells is for the largest weight of a layer or of each column, whose
        outputs are then scaled in digital.
    reading
        How arrays are read.
    wires
        Line resistance.
    size
        Largest array; none: one array a layer.
    dac
        Converters of inputs.
    adc
        Converters of outputs.
    programming
        How cells are written; none: as the device usually is.
    remap
        How faulty cells are found and made up for; none: they are not.
    compensation
        How conductances make up for line resistance when they are written; none: they do not.
    spare_rows
        Word lines beyond those of the weights, with which rows are put where faulty cells do least
        harm; none: rows stay. It needs ``remap``.
    mismatch
        Spread between the gains of what stands behind the bit lines: mirrors, amplifiers, neurons.
        Gains are drawn once, and nothing that writes or learns knows them.
    refresh
        Most updates between exact recalculations of line resistance.
    tolerance
        Movement of conductances that calls for an exact recalculation.
    follow
        Updates between corrections of line resistance by an estimate.
    precision
        Floating-point type of the simulation.
    """

    mapping: Mapping = field(default_factory=DifferentialPair)
    scaling: Scaling = Scaling.LAYER
    reading: Reading = field(default_factory=Reading)
    wires: Wires | None = None
    size: tuple[int, int] | None = quantity(None, low=1, high=LARGEST)
    dac: Dac | None = None
    adc: Adc | None = None
    programming: Programming | None = None
    remap: Remap | None = None
    compensation: LineCompensation | None = None
    spare_rows: int | None = quantity(None, low=0, high=100_000)
    mismatch: float = quantity(0.0, role=SPREAD, share=True, low=0, high=2)
    refresh: int = quantity(1000, low=1, high=10**9, role=METHOD)
    tolerance: float = quantity(0.02, share=True, low=0, high=1, role=METHOD)
    follow: int = quantity(20, low=1, high=10**9, role=METHOD)
    precision: Precision = field(default=Precision.SINGLE, metadata={"role": METHOD})

    def layout(self, rows: int, cols: int, copies: int) -> Layout:
        """Return the arrays of ``copies`` of a matrix, with their spare word lines."""
        lines = rows + (self.spare_rows or 0)
        return Layout(rows=lines, cols=cols, copies=copies, size=self.size)
