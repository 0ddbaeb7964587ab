"""Layers of several inputs: their sum, and one behind the other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from crossbar.errors import ShapeError, message
from crossbar.nn.layers.base import LAYERS, Layer, LayerState
from crossbar.nn.layers.place import Place, Shape
from crossbar.types import Floats, Rng


@LAYERS.register("add")
@dataclass(frozen=True, kw_only=True)
class Add(Layer):
    """y = x1 + x2 + ..., of inputs of one shape, in digital: a residual addition."""

    takes: ClassVar[int | None] = None

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape of every input."""
        if len(inputs) < 2 or len(set(inputs)) > 1:
            got = ", ".join(map(str, inputs))
            remedy = "Pad or project one of them: a convolution with as many filters."
            raise ShapeError(message("Add.inputs", "two or more of one shape", got, remedy))
        return inputs[0]

    def state(self, place: Place) -> LayerState:
        """Return the adders."""
        return AddState(place)


class AddState(LayerState):
    """Adders on the chip."""

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the sum."""
        self.activity.add(self.name, "addition", inputs[0].size * (len(inputs) - 1))
        total = inputs[0]
        for x in inputs[1:]:
            total = total + x
        return total

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return d for every input."""
        return (d,) * len(self.inputs)


@LAYERS.register("concatenate")
@dataclass(frozen=True, kw_only=True)
class Concatenate(Layer):
    """y = [x1, x2, ...]: channels (the last axis) of inputs that agree in all other axes."""

    takes: ClassVar[int | None] = None

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape of an input, with the channels of all."""
        if len(inputs) < 2 or len({shape[:-1] for shape in inputs}) > 1:
            got = ", ".join(map(str, inputs))
            expected = "two or more that agree in all axes but the last"
            remedy = "Bring them to one size: pooling, a stride or padding."
            raise ShapeError(message("Concatenate.inputs", expected, got, remedy))
        return (*inputs[0][:-1], sum(shape[-1] for shape in inputs))

    def state(self, place: Place) -> LayerState:
        """Return the wiring."""
        return ConcatenateState(place)


class ConcatenateState(LayerState):
    """Inputs side by side."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        ends = np.cumsum([0, *(shape[-1] for shape in place.inputs)])
        self.parts = [slice(low, high) for low, high in pairwise(ends)]

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the inputs, one behind the other."""
        return np.concatenate(inputs, axis=-1)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return the part of d that belongs to each input."""
        return tuple(d[..., part] for part in self.parts)
