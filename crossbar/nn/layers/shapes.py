"""Layers that give a signal another shape."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from crossbar.circuit.layout import LARGEST
from crossbar.errors import ShapeError, fail, message
from crossbar.nn.layers.base import LAYERS, Layer, LayerState
from crossbar.nn.layers.place import Place, Shape
from crossbar.types import Floats, Rng
from crossbar.units import quantity


@LAYERS.register("flatten")
@dataclass(frozen=True, kw_only=True)
class Flatten(Layer):
    """All values of a sample in one row, in their order."""

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the number of values."""
        return (math.prod(inputs[0]),)

    def state(self, place: Place) -> LayerState:
        """Return the wiring."""
        return ReshapeState(place)


@LAYERS.register("reshape")
@dataclass(frozen=True, kw_only=True)
class Reshape(Layer):
    """The values of a sample, in their order, in the shape ``shape``."""

    shape: tuple[int, ...] = quantity(low=1, high=LARGEST, words="shape of an output")

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return ``shape``, or raise unless it has as many values as the input."""
        if math.prod(self.shape) != math.prod(inputs[0]):
            expected, got = f"{math.prod(inputs[0])} values, as {inputs[0]} has", f"{self.shape}"
            raise ShapeError(message("Reshape.shape", expected, got, "Give a shape of as many."))
        return self.shape

    def state(self, place: Place) -> LayerState:
        """Return the wiring."""
        return ReshapeState(place)


class ReshapeState(LayerState):
    """The same values in another shape."""

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the values in the new shape."""
        return inputs[0].reshape(-1, *self.output)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return the gradient in the old shape."""
        return (d.reshape(-1, *self.inputs[0]),)


@LAYERS.register("transpose")
@dataclass(frozen=True, kw_only=True)
class Transpose(Layer):
    """The axes of a sample in another order.

    Parameters
    ----------
    axes
        Axis of the input, counted from 0, that each axis of the output is: (1, 2, 0) makes
        (height, width, channels) of (channels, height, width).
    """

    axes: tuple[int, ...] = quantity(low=0, high=LARGEST, words="order of the axes")

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape with its axes in their new order."""
        if sorted(self.axes) != list(range(len(inputs[0]))):
            expected = f"each axis of {inputs[0]} once"
            fail("Transpose.axes", expected, str(self.axes), "Count axes from 0.")
        return tuple(inputs[0][axis] for axis in self.axes)

    def state(self, place: Place) -> LayerState:
        """Return the wiring."""
        return TransposeState(place, self)


class TransposeState(LayerState):
    """The same values along other axes."""

    def __init__(self, place: Place, spec: Transpose) -> None:
        super().__init__(place)
        self.there = (0, *(axis + 1 for axis in spec.axes))
        self.back = tuple(int(k) for k in np.argsort(self.there))

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the values in the new order."""
        return np.ascontiguousarray(inputs[0].transpose(self.there))

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return the gradient in the old order."""
        return (np.ascontiguousarray(d.transpose(self.back)),)
