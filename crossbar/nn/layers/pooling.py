"""Pooling: the largest or the mean value of every window, channel by channel, in digital."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.circuit.layout import LARGEST
from crossbar.errors import ShapeError, fail, message
from crossbar.kernels.cuts import largest
from crossbar.nn.layers.base import LAYERS, Layer, LayerState
from crossbar.nn.layers.place import Place, Shape
from crossbar.nn.layers.window_grid import WindowGrid
from crossbar.types import Floats, Rng
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Pooling(Layer):
    """One value for every window and channel; windows that do not fit whole are omitted.

    Parameters
    ----------
    kernel
        Sides of a window; one number for all sides.
    stride
        Steps between windows; None for the sides of a window.
    padding
        Entries around a sample that windows may reach into; they have no value. One number for
        all sides, one a side, or those before every side and then those behind.
    dilation
        Steps between the entries of a window; one number for all sides.
    """

    dimensions: ClassVar[int] = 2
    kernel: int | tuple[int, ...] = quantity(2, low=1, high=LARGEST)
    stride: int | tuple[int, ...] | None = quantity(None, low=1, high=LARGEST)
    padding: int | tuple[int, ...] = quantity(0, low=0, high=LARGEST)
    dilation: int | tuple[int, ...] = quantity(1, low=1, high=LARGEST)

    def grid(self, shape: Shape) -> WindowGrid:
        """Return the windows on samples of ``shape``, or raise."""
        where, stride = type(self).__name__, self.kernel if self.stride is None else self.stride
        sizes = {"kernel": self.kernel, "stride": stride, "padding": self.padding}
        grid = WindowGrid.on(shape, self.dimensions, where, **sizes, dilation=self.dilation)
        if (grid.index == math.prod(grid.sides)).all(axis=1).any():
            remedy = "Half of the kernel is the most that is of use."
            fail(f"{where}.padding", "a value in every window", str(self.padding), remedy)
        return grid

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return windows along each side, and the channels."""
        return (*self.grid(inputs[0]).outputs, *inputs[0][self.dimensions :])


class MaxState(LayerState):
    """The largest value of every window; of equal ones the first, along rows, then columns."""

    def __init__(self, place: Place, grid: WindowGrid) -> None:
        super().__init__(place)
        self.grid = grid
        self.winner = np.empty(0, np.intp)

    def infer(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the largest values."""
        x, index = inputs[0], self.grid.index
        dtype = np.result_type(x.dtype, np.float32)
        flat = np.ascontiguousarray(x, dtype).reshape(len(x), math.prod(self.grid.sides), -1)
        best: Floats = np.empty((len(x), len(index) * flat.shape[2]), dtype)
        largest(flat, index, best)
        self.activity.add(self.name, "comparison", best.size * index.shape[1])
        return best.reshape(-1, *self.output)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the largest values, and keep where they are."""
        cut = self.grid.cut(inputs[0], pad=-math.inf)
        self.activity.add(self.name, "comparison", cut.size)
        self.winner = cut.argmax(axis=2, keepdims=True)
        best: Floats = np.take_along_axis(cut, self.winner, axis=2)
        return best.reshape(-1, *self.output)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return d where the largest value was."""
        shape = (len(d), *self.grid.index.shape, self.winner.shape[-1])
        parts = np.zeros(shape, d.dtype)
        np.put_along_axis(parts, self.winner, d.reshape(self.winner.shape), axis=2)
        return (self.grid.overlapped(parts).reshape(-1, *self.inputs[0]),)


class AverageState(LayerState):
    """The mean of the values in every window."""

    def __init__(self, place: Place, grid: WindowGrid) -> None:
        super().__init__(place)
        self.grid = grid
        inside = grid.index < math.prod(grid.sides)
        self.share = inside[None, :, :, None] / inside.sum(axis=1)[None, :, None, None]

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the means."""
        cut = self.grid.cut(inputs[0])
        self.activity.add(self.name, "addition", cut.size)
        means: Floats = (cut * self.share.astype(cut.dtype)).sum(axis=2)
        return means.reshape(-1, *self.output)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return d, shared among the values of a window."""
        wide = d.reshape(len(d), len(self.grid.index), 1, -1)
        parts = self.grid.overlapped(wide * self.share.astype(d.dtype))
        return (parts.reshape(-1, *self.inputs[0]),)


@LAYERS.register("max-pooling")
@dataclass(frozen=True, kw_only=True)
class MaxPooling(Pooling):
    """The largest value of every window of an image."""

    def state(self, place: Place) -> LayerState:
        """Return the comparators."""
        return MaxState(place, self.grid(place.inputs[0]))


@LAYERS.register("max-pooling-1d")
@dataclass(frozen=True, kw_only=True)
class MaxPooling1d(Pooling):
    """The largest value of every window of a sequence."""

    dimensions: ClassVar[int] = 1

    def state(self, place: Place) -> LayerState:
        """Return the comparators."""
        return MaxState(place, self.grid(place.inputs[0]))


@LAYERS.register("average-pooling")
@dataclass(frozen=True, kw_only=True)
class AveragePooling(Pooling):
    """The mean of the values in every window of an image, without the padding."""

    def state(self, place: Place) -> LayerState:
        """Return the adders."""
        return AverageState(place, self.grid(place.inputs[0]))


@LAYERS.register("average-pooling-1d")
@dataclass(frozen=True, kw_only=True)
class AveragePooling1d(Pooling):
    """The mean of the values in every window of a sequence, without the padding."""

    dimensions: ClassVar[int] = 1

    def state(self, place: Place) -> LayerState:
        """Return the adders."""
        return AverageState(place, self.grid(place.inputs[0]))


@dataclass(frozen=True, kw_only=True)
class GlobalPooling(Layer):
    """One value for every channel (the last axis), of all positions of a sample."""

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return (channels,)."""
        if len(inputs[0]) < 2:
            where, remedy = f"{type(self).__name__}.input", "Put it behind a convolution."
            raise ShapeError(message(where, "positions and channels", inputs[0], remedy))
        return inputs[0][-1:]


@LAYERS.register("global-average-pooling")
@dataclass(frozen=True, kw_only=True)
class GlobalAveragePooling(GlobalPooling):
    """The mean of every channel (the last axis) over all positions of a sample."""

    def state(self, place: Place) -> LayerState:
        """Return the adders."""
        return GlobalAverageState(place)


class GlobalAverageState(LayerState):
    """The mean of every channel."""

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the means."""
        (x,) = inputs
        self.activity.add(self.name, "addition", x.size)
        means: Floats = x.reshape(len(x), -1, x.shape[-1]).mean(axis=1)
        return means

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return d, shared among the positions."""
        share = d / d.dtype.type(math.prod(self.inputs[0][:-1]))
        spread = share.reshape(len(d), *(1,) * (len(self.inputs[0]) - 1), -1)
        return (np.broadcast_to(spread, (len(d), *self.inputs[0])).copy(),)


@LAYERS.register("global-max-pooling")
@dataclass(frozen=True, kw_only=True)
class GlobalMaxPooling(GlobalPooling):
    """The largest value of every channel (the last axis) among all positions of a sample."""

    def state(self, place: Place) -> LayerState:
        """Return the comparators."""
        return GlobalMaxState(place)


class GlobalMaxState(LayerState):
    """The largest value of every channel; of equal ones the first."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.winner = np.empty(0, np.intp)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the largest values, and keep where they are."""
        (x,) = inputs
        self.activity.add(self.name, "comparison", x.size)
        flat = x.reshape(len(x), -1, x.shape[-1])
        self.winner = flat.argmax(axis=1, keepdims=True)
        best: Floats = np.take_along_axis(flat, self.winner, axis=1)
        return best[:, 0]

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return d where the largest value was."""
        back = np.zeros((len(d), math.prod(self.inputs[0][:-1]), d.shape[-1]), d.dtype)
        np.put_along_axis(back, self.winner, d[:, None], axis=1)
        return (back.reshape(-1, *self.inputs[0]),)
