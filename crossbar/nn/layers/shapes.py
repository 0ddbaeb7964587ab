"""Layers that give a signal another shape."""

from __future__ import annotations

import math
from dataclasses import dataclass

from crossbar.circuit.layout import LARGEST
from crossbar.errors import ShapeError, message
from crossbar.nn.layers.base import LAYERS, Layer, LayerState, Place, Shape
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
