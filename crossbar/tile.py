"""A tile: numbers in, numbers out. Weights on arrays, with drivers, amplifiers and converters."""

from __future__ import annotations

import copy
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from crossbar.activity import Activity
from crossbar.array import Array
from crossbar.blocks import Blocks
from crossbar.devices import Cells, Device
from crossbar.errors import ShapeError, message, require_number
from crossbar.layout import Layout
from crossbar.mapping import Mapping
from crossbar.noise import Reading
from crossbar.periphery import Adc, Dac, quantise
from crossbar.types import Floats, FloatType
from crossbar.wires import Wires


class Weights(ABC):
    """State that holds one weight matrix (rows, cols): reads it, transposed too, and changes it.

    Samples come first: x is (n, rows), or (n, positions, rows) where one sample has several
    vectors that share a gain (the windows of a convolution).
    """

    name: str
    activity: Activity

    @property
    @abstractmethod
    def weights(self) -> Floats:
        """What the chip would show when read back without noise, (copies, rows, cols)."""

    @abstractmethod
    def matvec(self, x: Floats, *, rng: np.random.Generator, values: int | None = None) -> Floats:
        """Return x @ W, (n, cols) or (n, positions, cols).

        ``values`` is how many values were scaled to make x, where positions share some (the
        pixels of overlapping windows); None for all of x.
        """

    @abstractmethod
    def rmatvec(self, d: Floats, *, rng: np.random.Generator) -> Floats:
        """Return d @ W.T by a transposed read, (n, rows) or (n, positions, rows)."""

    @abstractmethod
    def update(self, x: Floats, d: Floats, rate: float, *, rng: np.random.Generator) -> None:
        """Change W by ``-rate x^T d``, sample after sample (positions of one sample at once)."""

    @abstractmethod
    def aged(self, seconds: float) -> Weights:
        """Return a copy that has drifted until ``seconds`` after programming."""

    @abstractmethod
    def refresh(self) -> None:
        """Clear what rounding and the line-resistance policy let build up over many updates."""

    @abstractmethod
    def arrays(self) -> dict[str, Floats]:
        """Return the arrays that make up the state, by name, for a checkpoint."""

    def copy(self) -> Self:
        """Return an independent copy of the state."""
        return copy.deepcopy(self)

    @abstractmethod
    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned."""


class Substrate(ABC):
    """What weights are held in: a specification that programs :class:`Weights`."""

    @abstractmethod
    def program(
        self,
        weights: Floats,
        *,
        rng: np.random.Generator,
        copies: int = 1,
        name: str = "tile",
        activity: Activity | None = None,
    ) -> Weights:
        """Return new hardware that holds ``weights`` (rows, cols), ``copies`` times over."""


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
    refresh
        Updates between exact recalculations of the line resistance; a change in between is added
        as if lines were ideal.
    dtype
        Floating-point type of conductances and signals.

    Examples
    --------
    >>> from crossbar.devices import IdealCell
    >>> from crossbar.mapping import DifferentialPair
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
    size: tuple[int, int] | None = None
    dac: Dac | None = None
    adc: Adc | None = None
    blocks: Blocks = field(default_factory=Blocks)
    refresh: int = 1000
    dtype: FloatType = np.float32

    def __post_init__(self) -> None:
        require_number("Tile.refresh", self.refresh, low=1)

    def program(
        self,
        weights: Floats,
        *,
        rng: np.random.Generator,
        copies: int = 1,
        name: str = "tile",
        activity: Activity | None = None,
    ) -> TileState:
        """Fabricate arrays for ``weights`` (rows, cols), write them and return the state."""
        weights = np.asarray(weights, np.float64)
        if weights.ndim != 2:
            text = message("Tile.program", "weights (rows, cols)", weights.shape, "Reshape them.")
            raise ShapeError(text)
        rows, cols = weights.shape
        layout = Layout(rows=rows, cols=cols, copies=copies, size=self.size)
        fabrication, writing = rng.spawn(2)
        array = Array.fabricate(
            self.device,
            self.mapping.fitted(weights),
            layout,
            self.reading,
            self.wires,
            rng=fabrication,
            dtype=self.dtype,
        )
        array.program(weights, rng=writing)
        return TileState(self, array, name, Activity() if activity is None else activity)


@dataclass
class TileState(Weights):
    """Programmed arrays of one weight matrix. Only its own methods change it."""

    spec: Tile
    array: Array
    name: str
    activity: Activity
    updates: int = 0

    @property
    def weights(self) -> Floats:
        """Weights as the lines see them, (copies, rows, cols), line resistance included."""
        layout = self.array.layout
        seen: Floats = self.array.lines.signed / self.array.scale
        return seen.reshape(layout.copies, layout.rows, layout.cols)

    def matvec(self, x: Floats, *, rng: np.random.Generator, values: int | None = None) -> Floats:
        """Return x @ W through one forward read; see :class:`Weights`."""
        layout, array = self.array.layout, self.array
        v, gain = self._drive(x, layout.rows, x.size if values is None else values, rng)
        lines = self._to_lines(v)
        self._count_read("mac_forward", "read_energy", v, array.power(lines), layout.cols)
        if self._plain:
            i = array.currents(lines, rng=rng)
        elif layout.copies > 1:
            i = self._sense(array.currents(lines, rng=rng), layout.rows, rng)
        else:
            i = np.zeros((len(lines), 1, layout.cols), v.dtype)
            for rows in layout.row_slices():
                part = array.currents(lines[..., rows], rng=rng, rows=rows)
                i += self._sense(part, rows.stop - rows.start, rng)
        y = self._to_numbers(i, x, gain)
        self._count_lines(y.size * (len(layout.row_slices()) if layout.copies == 1 else 1))
        return y

    def rmatvec(self, d: Floats, *, rng: np.random.Generator) -> Floats:
        """Return d @ W.T through one transposed read; see :class:`Weights`."""
        layout, array = self.array.layout, self.array
        v, gain = self._drive(d, layout.cols, d.size, rng)
        lines = self._to_lines(v)
        power = array.power_back(lines)
        self._count_read("mac_transposed", "read_energy_transposed", v, power, layout.rows)
        if self._plain:
            i = array.currents_back(lines, rng=rng)
        else:
            i = np.zeros((*lines.shape[:2], layout.rows), v.dtype)
            for cols in layout.col_slices():
                part = array.currents_back(lines[..., cols], rng=rng, cols=cols)
                i += self._sense(part, cols.stop - cols.start, rng)
        y = self._to_numbers(i, d, gain)
        self._count_lines(y.size * len(layout.col_slices()))
        return y

    def update(self, x: Floats, d: Floats, rate: float, *, rng: np.random.Generator) -> None:
        """Change W by ``-rate x^T d`` through the multipliers and the device's own steps."""
        array, multiplier = self.array, self.spec.blocks.multiplier
        step = -rate * array.scale
        rows = array.layout.rows
        if x.ndim == 2 and multiplier.errors.ideal:
            tally = array.change(x, step * d[:, None, :], rng=rng)
        else:
            products = multiplier.outer(x, d, rng=rng)
            if x.ndim == 2:
                products = products * (d != 0)[:, None, :]  # no product for a dropped neuron
            tally = array.change(np.ones((len(x), 1)), step * products, rng=rng)
        if x.ndim == 2:
            offered = multiplied = int(np.count_nonzero(x, axis=1) @ np.count_nonzero(d, axis=1))
        else:
            offered = len(x) * rows * array.layout.cols
            multiplied = rows * int(np.count_nonzero(d))
        self._count("mac_outer", multiplied)
        self._count("update_adc", offered)
        self._count("update_weights", offered * array.layout.copies)
        self._count(self.spec.device.write_event, tally.pulses)
        self._count("cells_changed", tally.changed)
        self._count("saturated", tally.saturated)
        v_write, t_write = self.spec.device.pulse
        self._count("write_energy", v_write**2 * t_write * tally.conductance)
        self.updates += len(x)
        if array.wires is not None and self.updates % self.spec.refresh < len(x):
            array.refresh()

    def aged(self, seconds: float) -> TileState:
        """Return a copy that has drifted until ``seconds`` after programming."""
        array = self.array.aged(seconds)
        return TileState(self.spec, array, self.name, self.activity.copy(), self.updates)

    def arrays(self) -> dict[str, Floats]:
        """Return the state of every cell and the number of updates."""
        named = {"updates": np.array(self.updates)}
        for part, cells in self._parts():
            named |= {f"{part}.{name}": array for name, array in cells.arrays().items()}
        return named

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned."""
        for part, cells in self._parts():
            cells.restore({name: arrays[f"{part}.{name}"] for name in cells.arrays()})
        self.updates = int(arrays["updates"])
        self.refresh()

    def refresh(self) -> None:
        """Work out anew what the lines see, line resistance included."""
        self.array.refresh()

    def _parts(self) -> list[tuple[str, Cells]]:
        """Return the groups of cells by name."""
        return [(f"cells{k}", cells) for k, cells in enumerate(self.array.groups)]

    @property
    def _plain(self) -> bool:
        """Whether line currents pass the amplifiers unchanged, so that arrays simply add up."""
        return self.spec.adc is None and self.spec.blocks.element.errors.ideal

    def _drive(
        self, x: Floats, lines: int, values: int, rng: np.random.Generator
    ) -> tuple[Floats, Floats]:
        """Return the line voltages for ``x`` and the ideal gain of the normaliser [V]."""
        if x.ndim not in (2, 3) or x.shape[-1] != lines:
            expected = f"shape (n, {lines}) or (n, positions, {lines})"
            remedy = "The batch axis is first."
            raise ShapeError(message(f"Tile '{self.name}'", expected, x.shape, remedy))
        full = self.spec.reading.v_read
        x = x.astype(self.spec.dtype, copy=False)
        v, gain = self.spec.blocks.normaliser(x, full, rng=rng)
        self._count("normaliser", values)
        self._count("overrange", self.spec.blocks.normaliser.errors.cut(v, full))
        if self.spec.dac is not None:
            self._count("overrange", int(np.count_nonzero(np.abs(v) > full)))
            v = quantise(v, full, self.spec.dac.bits)
            self._count("dac", values)
        return v, gain

    def _to_lines(self, v: Floats) -> Floats:
        """Return voltages (n, positions, lines) dealt out to copies, (cycles, copies, lines)."""
        copies, lines = self.array.layout.copies, v.shape[-1]
        if copies == 1:
            self._count("cycles", v.size // lines)
            return v.reshape(-1, 1, lines)
        positions = v.shape[1] if v.ndim == 3 else 1
        cycles = math.ceil(positions / copies)
        self._count("cycles", len(v) * cycles)
        dealt = np.zeros((len(v), cycles * copies, lines), v.dtype)
        dealt[:, :positions] = v.reshape(len(v), positions, lines)
        return dealt.reshape(-1, copies, lines)

    def _to_numbers(self, i: Floats, x: Floats, gain: Floats) -> Floats:
        """Return currents (cycles, copies, lines) as numbers with the leading shape of ``x``."""
        flat = i.reshape(len(x), -1, i.shape[-1])
        positions = x.shape[1] if x.ndim == 3 else 1
        y = flat[:, :positions].reshape(*x.shape[:-1], i.shape[-1])
        result: Floats = (y / (self.array.scale * gain)).astype(self.spec.dtype, copy=False)
        return result

    def _sense(self, i: Floats, cells: int, rng: np.random.Generator) -> Floats:
        """Return line currents after amplifier and ADC; ``cells`` weights hang on each line."""
        element, adc = self.spec.blocks.element, self.spec.adc
        low, _, high = self.spec.device.window
        full = element.span * math.sqrt(cells) * self.spec.reading.v_read * (high - low)
        i = element.errors.apply(i, full, rng=rng)
        self._count("overrange", element.errors.cut(i, full))
        if adc is not None:
            top = adc.reach * full
            self._count("overrange", int(np.count_nonzero(np.abs(i) > top)))
            i = quantise(i, top, adc.bits)
        return i

    def _count(self, event: str, amount: float) -> None:
        self.activity.add(self.name, event, float(amount))

    def _count_lines(self, currents: int) -> None:
        """Count line currents that were sensed, and converted where there is an ADC."""
        self._count("sense", currents)
        if self.spec.adc is not None:
            self._count("adc", currents)

    def _count_read(self, event: str, energy: str, v: Floats, power: float, outputs: int) -> None:
        """Count a read: multiplications by driven lines, and the energy that the sources gave."""
        self._count(event, int(np.count_nonzero(v)) * outputs)
        self._count(energy, power * self.spec.reading.t_read)
