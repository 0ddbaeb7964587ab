"""A tile: numbers in, numbers out. Weights on arrays, with drivers, amplifiers and converters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from crossbar.activity import Activity
from crossbar.checks import check_fields
from crossbar.circuit.array import Array
from crossbar.circuit.blocks import Blocks
from crossbar.circuit.converter_tables import Transfers
from crossbar.circuit.faultmap import FaultMap
from crossbar.circuit.layout import LARGEST, Layout
from crossbar.circuit.line_compensation import LineCompensation
from crossbar.circuit.mapping import Mapping
from crossbar.circuit.reading import Reading
from crossbar.circuit.remap import Remap
from crossbar.converters import Adc, Dac, Switched
from crossbar.devices import Device, Programming
from crossbar.errors import fail
from crossbar.substrates.arguments import as_matrix
from crossbar.substrates.port import Substrate
from crossbar.substrates.tile_state import TileState
from crossbar.substrates.writing import count_programming
from crossbar.types import Floats, FloatType, Rng
from crossbar.units import quantity
from crossbar.wires import Wires


@dataclass(frozen=True, kw_only=True)
class Tile(Substrate):
    """Arrays of one device, with what stands around them.

    Parameters
    ----------
    device
        What a cell is.
    mapping
        How weights become conductances.
    reading
        Read voltage and time, temperature.
    wires
        Line resistance, or None for ideal lines.
    size : (rows, cols)
        Most weights of one array; a larger matrix takes several, whose line currents are sensed
        (and converted) apart and then added. None for no limit.
    dac, adc
        Converters; None for none, as in the inference path of the chip.
    blocks
        Circuit blocks; the tile uses the synaptic element, the normaliser and the multiplier.
    programming
        How cells are written; None for what suits the device (``Device.programming_law``), whose
        error of a single shot another way takes the place of.
    remap
        How faulty cells are found and made up for; None if they are not.
    compensation
        How conductances make up for line resistance when they are written; None if they do not.
    faults
        Cells that are stuck, by physical array; None for none but those of the device. Arrays have
        the name that :meth:`program` is given, which in a network is that of the layer.
    refresh
        Most updates between exact recalculations of the line resistance.
    tolerance
        Movement of the conductances since the last exact recalculation that calls for the next:
        root of the mean square, relative to the range. It is looked at with every correction.
    follow
        Updates between corrections of the line resistance by an estimate; a change in between is
        added as if lines were ideal. Flicker noise follows the cells as often.
    dtype
        Floating-point type of conductances and signals.

    Examples
    --------
    >>> from crossbar.devices import IdealCell
    >>> from crossbar.circuit.mapping import DifferentialPair
    >>> rng = np.random.default_rng(0)
    >>> quiet = Reading(temperature=0.0)
    >>> tile = Tile(
    ...     device=IdealCell(), mapping=DifferentialPair(), reading=quiet, dtype=np.float64
    ... )
    >>> state = tile.program(np.array([[0.5], [-0.25]]), rng=rng)
    >>> state.matvec(np.array([[1.0, 1.0]]), rng=rng).round(9)
    array([[0.25]])
    """

    device: Device
    mapping: Mapping
    reading: Reading = field(default_factory=Reading)
    wires: Wires | None = None
    size: tuple[int, int] | None = quantity(None, low=1, high=LARGEST)
    dac: Dac | None = None
    adc: Adc | None = None
    blocks: Blocks = field(default_factory=Blocks)
    programming: Programming | None = None
    remap: Remap | None = None
    compensation: LineCompensation | None = None
    faults: FaultMap | None = None
    refresh: int = quantity(1000, low=1, high=10**9)
    tolerance: float = quantity(
        0.02, low=0, high=1, remedy="It is relative to the range, which no cell leaves.",
    )  # fmt: skip
    follow: int = quantity(20, low=1, high=10**9)
    dtype: FloatType = np.float32

    def __post_init__(self) -> None:
        check_fields(self)
        self._require_conducting()
        if self._drive and self._drive.noise and self.wires and not self.device.conduction.ohmic:
            where, got = f"{type(self.dac).__name__}.noise", f"{self._drive.noise:g}"
            expected = "0 where lines with resistance are solved for in every step of an input"
            fail(where, expected, got, "Set it to 0, or leave out the wires.")
        (self.programming or self.device.programming_law).check(self.device)
        if self.remap is not None:
            self.remap.check(self.device)
        if self.compensation is not None:
            self._require_compensable(self.compensation)
        if (pairs := self.mapping.pair_refresh) is not None:
            pairs.check(self.device)

    @property
    def _drive(self) -> Switched | None:
        """The DAC, if it gives numbers in time."""
        return self.dac if isinstance(self.dac, Switched) else None

    def _require_conducting(self) -> None:
        """Raise unless the law of conduction tells weights apart at the read voltage."""
        law, v = self.device.conduction, self.reading.v_read
        name, remedy = type(law).__name__, "Lower the read voltage, or change the conduction."
        if v > law.v_max:
            expected = f"at most {law.v_max:g} V, the last voltage of {name}"
            fail("Reading.v_read", expected, f"{v:g} V", remedy)
        low, _, high = self.device.window
        with np.errstate(over="ignore", invalid="ignore"):
            reach = law.reach(low, high, v)
        if not 0 < reach < np.inf:
            expected = f"a voltage where currents of {name} grow with the conductance"
            fail("Reading.v_read", expected, f"{v:g} V", remedy)

    def _require_compensable(self, compensation: LineCompensation) -> None:
        """Raise unless line resistance can be made up for."""
        where, expected = "Tile.compensation", "ohmic cells on wires with resistance"
        if self.wires is None:
            fail(where, expected, "no wires", "Set the wires (tile.wires.r_wl), or leave it out.")
        if not self.device.conduction.ohmic:
            fail(where, expected, type(self.device.conduction).__name__, "Leave it out.")
        if self.mapping.settles:
            name = type(self.mapping).__name__
            fail(where, "cells that stand where weights say", name, "Leave it out.")
        if compensation.loop is not None:
            compensation.loop.check(self.device)
            if self.remap is not None:
                other = "no remap beside a loop, which makes up for faulty cells itself"
                fail("Tile.remap", other, type(self.remap).__name__, "Leave one of both out.")
        if self.mapping.pair_refresh is not None:
            once = "cells that are written once"
            fail(where, once, "refresh of pairs", "Leave one of both out.")

    def _fitted(self, weights: Floats, layout: Layout) -> Mapping:
        """Return the mapping of ``weights``, with room for what line resistance takes."""
        mapping = self.mapping.fitted(weights)
        if self.compensation is None or self.wires is None:
            return mapping
        return self.compensation.fitted(mapping, weights, layout, self.device.window, self.wires)

    def require_parts(self, parts: Sequence[str]) -> None:
        """Raise if the fault map names an array of none of ``parts``."""
        if self.faults is not None:
            self.faults.require_parts(parts)

    def part(self, name: str) -> Tile:
        """Return the tile with the fault map of the part ``name`` alone."""
        return self if self.faults is None else replace(self, faults=self.faults.part(name))

    def mapped(self, mapping: Mapping) -> Tile:
        """Return the tile with another mapping."""
        return replace(self, mapping=mapping)

    def filled(self) -> Tile:
        """Return the tile for weights that have grown, see :meth:`Mapping.filled`."""
        return self.mapped(self.mapping.filled())

    def fitted(self, largest: float) -> Tile:
        """Return the tile with the room for weights that ``largest`` would leave if first."""
        mapping = self.mapping
        if mapping.w_max is not None:
            return self
        return self.mapped(replace(mapping, w_max=largest * mapping.room))

    def program(
        self,
        weights: Floats,
        *,
        rng: Rng,
        copies: int = 1,
        name: str = "tile",
        activity: Activity | None = None,
    ) -> TileState:
        """Fabricate arrays for ``weights`` (rows, cols), write them and return the state."""
        weights = as_matrix("Tile.program", weights, rng)
        rows, cols = weights.shape
        layout = Layout(rows=rows, cols=cols, copies=copies, size=self.size)
        fabrication, writing = rng.spawn(2)
        array = Array.fabricate(
            self.device,
            self._fitted(weights, layout),
            layout,
            self.reading,
            self.wires,
            rng=fabrication,
            dtype=self.dtype,
            name=name,
            drive=self._drive,
        )
        if self.faults is not None:
            place, (low, _, high) = array.placement, self.device.window
            stuck = self.faults.of(name, place.shapes, int(self.mapping.reference))
            place.pin(array.groups, stuck, low, high)
        tally = array.program(
            weights, rng=writing, way=self.programming, remap=self.remap, lines=self.compensation
        )
        converting = fabrication.spawn(1)[0]
        transfers = Transfers.fabricate(
            self.dac, self.adc, layout, self.mapping.amplifiers, self.dtype, rng=converting
        )
        counted = Activity() if activity is None else activity
        state = TileState(self, array, name, counted, transfers)
        count_programming(counted.of(name), self.device, tally)
        return state
