"""Softmax inside of a network, in digital; that of classes belongs to the loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from crossbar.nn.layers.base import LAYERS, Layer, LayerState
from crossbar.nn.layers.place import Place, Shape
from crossbar.types import Floats, Rng


@LAYERS.register("softmax")
@dataclass(frozen=True, kw_only=True)
class Softmax(Layer):
    """y = exp(x) / sum exp(x), over the last axis.

    Behind the last layer the loss ``cross-entropy`` has it, by its block.
    """

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape of the input."""
        return inputs[0]

    def state(self, place: Place) -> LayerState:
        """Return the logic."""
        return SoftmaxState(place)


class SoftmaxState(LayerState):
    """Shares in digital."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.y: Floats = np.empty(0)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the shares, and keep them."""
        self.activity.add(self.name, "activation", inputs[0].size)
        self.y = softmax(inputs[0], axis=-1)
        return self.y

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return y (d - sum(d y))."""
        self.activity.add(self.name, "scaling", 2 * d.size)
        return (self.y * (d - (d * self.y).sum(axis=-1, keepdims=True)),)
