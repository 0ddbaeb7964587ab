"""Rectifying neurons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crossbar.checks import check_fields
from crossbar.nn.layers.base import LAYERS, Layer, LayerState, Place, Shape
from crossbar.types import Floats

Derivative = Callable[[Floats], Floats]


def step(x: Floats) -> Floats:
    """Return the derivative of the rectifier, [x > 0]."""
    return (x > 0).astype(x.dtype)


def paper_literal(x: Floats) -> Floats:
    """Return 1: eq 12 as printed, without the derivative. For study: training slows or diverges."""
    return np.ones_like(x)


@LAYERS.register("relu")
@dataclass(frozen=True, kw_only=True)
class Relu(Layer):
    """y = max(x, 0).

    Parameters
    ----------
    derivative
        What gates the gradient: :func:`step`, or :func:`paper_literal` for study.
    """

    derivative: Derivative = step
    settling = ("rectifier",)

    def __post_init__(self) -> None:
        check_fields(self)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape of the input."""
        return inputs[0]

    def state(self, place: Place) -> ReluState:
        """Return the neurons."""
        return ReluState(place, self.derivative)


class ReluState(LayerState):
    """Rectifying neurons on the chip."""

    def __init__(self, place: Place, derivative: Derivative) -> None:
        super().__init__(place)
        self.derivative = derivative
        self.gate: Floats = np.empty(0)

    def infer(self, *inputs: Floats, rng: np.random.Generator) -> Floats:
        """Return max(x, 0)."""
        (x,) = inputs
        self.activity.add(self.name, "relu", x.size)
        return np.maximum(x, 0)

    def forward(self, *inputs: Floats, rng: np.random.Generator) -> Floats:
        """Return max(x, 0) and keep its derivative."""
        self.gate = self.derivative(inputs[0])
        return self.infer(*inputs, rng=rng)

    def backward(self, d: Floats, *, rng: np.random.Generator) -> tuple[Floats]:
        """Return d times the derivative."""
        return (d * self.gate,)
