"""Layers that multiply the windows of a sample by matrices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.checks import check_fields
from crossbar.circuit.layout import LARGEST
from crossbar.errors import fail
from crossbar.nn.layers.base import LayerState
from crossbar.nn.layers.biased import GAIN, Biased
from crossbar.nn.layers.place import Matrix, Place, Shape
from crossbar.nn.layers.window_grid import SAME, WindowGrid
from crossbar.types import Floats, Rng
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Windowed(Biased):
    """C = S_M K (eq 8): the windows S_M of a sample times a kernel K, no activation.

    Parameters
    ----------
    filters
        Number of output channels.
    kernel, stride, dilation
        Sides of the window, steps between windows, and steps between the entries of one; one
        number for all sides, or one a side.
    padding
        Zeros around a sample: a number, one a side, those before every side and then those
        behind, or "same" for ceil(side / stride) windows, the odd zero behind. Zeros drive no
        line.
    groups
        Parts that the channels are divided into, inputs and filters alike; each has a matrix of
        its own, which reads its part alone.
    copies
        Arrays that hold K; window p is read on copy p mod copies, so that a sample of P windows
        takes ceil(P / copies) cycles. Copies are updated alike, each through its own cells.
    gain
        Variance of the initial weights times the number of inputs of a window.
    """

    dimensions: ClassVar[int] = 2
    filters: int = quantity(3, low=1, high=LARGEST)
    kernel: int | tuple[int, ...] = quantity(4, low=1, high=LARGEST)
    stride: int | tuple[int, ...] = quantity(1, low=1, high=LARGEST)
    padding: int | tuple[int, ...] | str = quantity(0, low=0, high=LARGEST)
    dilation: int | tuple[int, ...] = quantity(1, low=1, high=LARGEST)
    groups: int = quantity(1, low=1, high=LARGEST)
    copies: int = quantity(1, low=1, high=LARGEST)
    gain: float = quantity(2.0, low=1e-12, high=1e6, remedy=GAIN)

    def __post_init__(self) -> None:
        check_fields(self)
        if isinstance(self.padding, str) and self.padding != SAME:
            expected = 'a whole number, one a side, or "same"'
            remedy = "0 is none."
            fail(f"{type(self).__name__}.padding", expected, repr(self.padding), remedy)

    def grid(self, shape: Shape) -> WindowGrid:
        """Return the windows on samples of ``shape``, or raise."""
        names = ("kernel", "stride", "padding", "dilation")
        sizes = {name: getattr(self, name) for name in names}
        return WindowGrid.on(shape, self.dimensions, type(self).__name__, **sizes)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the windows along each side, and the filters."""
        where, grid = type(self).__name__, self.grid(inputs[0])
        channels, positions = math.prod(inputs[0][self.dimensions :]), math.prod(grid.outputs)
        if channels % self.groups or self.filters % self.groups:
            expected = f"a divisor of {channels} input channels and {self.filters} filters"
            fail(f"{where}.groups", expected, str(self.groups), "1 is no division.")
        if self.copies > positions:
            expected = f"at most one copy a window, {positions}"
            fail(f"{where}.copies", expected, str(self.copies), "More copies stand idle.")
        return (*grid.outputs, self.filters)

    def matrices(self, *inputs: Shape) -> tuple[Matrix, ...]:
        """Return the matrix of every group: inputs of a window by filters."""
        grid, channels = self.grid(inputs[0]), math.prod(inputs[0][self.dimensions :])
        rows = math.prod(grid.kernel) * channels // self.groups + self.bias
        cols, positions = self.filters // self.groups, math.prod(grid.outputs)
        parts = [f"group{k}" for k in range(self.groups)] if self.groups > 1 else ["weights"]
        return tuple(Matrix(part, rows, cols, positions, self.copies, self.gain) for part in parts)

    def state(self, place: Place) -> LayerState:
        """Return the layer in hardware, which lays its windows out."""
        return WindowedState(place, self)


class WindowedState(LayerState):
    """Windows on the chip, laid out one after the other."""

    def __init__(self, place: Place, spec: Windowed) -> None:
        super().__init__(place)
        self.spec, self.grid = spec, spec.grid(place.inputs[0])
        self.rows: dict[str, Floats] = {}

    def infer(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the maps (n, *positions, filters)."""
        (x,), reads = inputs, [held.cutting for held in self.held.values()]
        cuts = [read for read in reads if read is not None]
        if len(cuts) < len(reads):
            return self.forward(x, rng=rng)
        own = np.split(x.reshape(len(x), math.prod(self.grid.sides), -1), len(cuts), axis=2)
        values, index = self._values(x), self.grid.index
        return self._whole([
            cut(part, index, values=values, rng=rng) for cut, part in zip(cuts, own, strict=True)
        ])  # fmt: skip

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the maps (n, *positions, filters), and keep what drove each matrix."""
        (x,) = inputs
        n, cut, values = len(x), self.grid.cut(x), self._values(x)
        own = np.split(cut, self.spec.groups, axis=3)
        flat = [self.spec.driven(part.reshape(n, cut.shape[1], -1)) for part in own]
        self.rows = dict(zip(self.held, flat, strict=True))
        return self._whole([
            self.held[k].read(rows, rng=rng, values=values) for k, rows in self.rows.items()
        ])  # fmt: skip

    def _values(self, x: Floats) -> int:
        """Return how many values a matrix takes of samples ``x``, the bias of each among them."""
        return x.size // self.spec.groups + len(x) * self.spec.bias

    def _whole(self, maps: list[Floats]) -> Floats:
        """Return the maps (n, positions, filters) of all matrices as one (n, *output)."""
        whole = maps[0] if len(maps) == 1 else np.concatenate(maps, axis=2)
        return whole.reshape(len(whole), *self.output)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return the gradient at the sample: transposed reads, added where windows overlap."""
        n, (positions, entries) = len(d), self.grid.index.shape
        back = [
            self.spec.returned(self.held[part].read_back(own, rng=rng))
            for part, own in self._parts(d).items()
        ]
        cut = [part.reshape(n, positions, entries, -1) for part in back]
        return (self.grid.overlapped(np.concatenate(cut, axis=3)).reshape(n, *self.inputs[0]),)

    def pairs(self) -> dict[str, tuple[Floats, Floats]]:
        """Return what drove every matrix, and the gradients at its outputs."""
        return {part: (self.rows[part], own) for part, own in self._parts(self.d).items()}

    def _parts(self, d: Floats) -> dict[str, Floats]:
        """Return the maps ``d`` as (n, positions, filters of a group) by matrix."""
        wide = d.reshape(len(d), -1, self.output[-1])
        return dict(zip(self.held, np.split(wide, self.spec.groups, axis=2), strict=True))
