"""Products of two signals, in digital: gates, and the matrix products of attention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.errors import ShapeError, message
from crossbar.nn.layers.affine import summed
from crossbar.nn.layers.base import LAYERS, Layer, LayerState
from crossbar.nn.layers.place import Place, Shape
from crossbar.types import Floats, Rng


@LAYERS.register("multiply")
@dataclass(frozen=True, kw_only=True)
class Multiply(Layer):
    """y = x1 x2, value by value; an input of 1 along an axis is repeated there."""

    takes: ClassVar[int | None] = 2

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the longer side along each axis."""
        first, second = inputs
        pairs = list(zip(first, second, strict=False))
        if len(first) != len(second) or any(a != b and 1 not in (a, b) for a, b in pairs):
            expected = "two of one shape, or of 1 along an axis"
            remedy = "Bring them to one shape: Reshape, a convolution with as many filters."
            raise ShapeError(message("Multiply.inputs", expected, f"{first}, {second}", remedy))
        return tuple(max(pair) for pair in pairs)

    def state(self, place: Place) -> LayerState:
        """Return the multipliers."""
        return MultiplyState(place)


class MultiplyState(LayerState):
    """Multipliers of values."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.x: tuple[Floats, ...] = ()

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the products, and keep the factors."""
        self.x = inputs
        y: Floats = inputs[0] * inputs[1]
        self.activity.add(self.name, "scaling", y.size)
        return y

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return d times the other factor, for each."""
        self.activity.add(self.name, "scaling", 2 * d.size)
        first, second = self.x
        return summed(d * second, first.shape), summed(d * first, second.shape)


@LAYERS.register("matrix-product")
@dataclass(frozen=True, kw_only=True)
class MatrixProduct(Layer):
    """y = x1 x2, the matrix product of the last two axes; those before are alike.

    Both factors are signals, so that no array can hold one: it is digital.
    """

    takes: ClassVar[int | None] = 2

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the rows of the first and the columns of the second."""
        first, second = inputs
        if len(first) < 2 or first[:-2] != second[:-2] or first[-1:] != second[-2:-1]:
            expected = "(..., rows, k) and (..., k, columns)"
            where, got = "MatrixProduct.inputs", f"{first}, {second}"
            raise ShapeError(message(where, expected, got, "Transpose one of them."))
        return (*first[:-1], second[-1])

    def state(self, place: Place) -> LayerState:
        """Return the multipliers."""
        return MatrixProductState(place)


class MatrixProductState(LayerState):
    """Multipliers and adders of matrices."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.x: tuple[Floats, ...] = ()

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the product, and keep the factors."""
        self.x = first, second = inputs
        self.activity.add(self.name, "scaling", first.size * second.shape[-1])
        y: Floats = first @ second
        return y

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return d x2^T and x1^T d."""
        first, second = self.x
        self.activity.add(self.name, "scaling", 2 * first.size * second.shape[-1])
        return d @ np.swapaxes(second, -1, -2), np.swapaxes(first, -1, -2) @ d
