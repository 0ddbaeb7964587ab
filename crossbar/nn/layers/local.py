"""Local response normalisation: a value relative to those of channels nearby."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.circuit.layout import LARGEST
from crossbar.nn.layers.base import LAYERS, Layer, LayerState
from crossbar.nn.layers.place import Place, Shape
from crossbar.types import Floats, Rng
from crossbar.units import quantity


@LAYERS.register("local-response-normalisation")
@dataclass(frozen=True, kw_only=True)
class LocalResponseNormalisation(Layer):
    """y = x / s^beta, s = bias + alpha / size * (sum of x^2 over ``size`` channels), in digital.

    Channels are the last axis; of an even ``size`` one more lies behind.

    Source: Krizhevsky, Sutskever, Hinton, NeurIPS, 2012; alpha / size as in ONNX.
    """

    size: int = quantity(5, low=1, high=LARGEST, words="channels of a sum")
    alpha: float = quantity(1e-4, low=0, high=1e6, words="weight of the mean square")
    beta: float = quantity(0.75, low=0, high=1e3, words="power of the divisor")
    bias: float = quantity(1.0, above=0, high=1e6, words="constant in the divisor")

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape of the input."""
        return inputs[0]

    def state(self, place: Place) -> LayerState:
        """Return the logic."""
        return LocalState(place, self)


class LocalState(LayerState):
    """Sums over channels, and powers of them."""

    def __init__(self, place: Place, spec: LocalResponseNormalisation) -> None:
        super().__init__(place)
        self.spec = spec
        channels = np.arange(place.inputs[0][-1])
        ahead = channels[:, None] - channels  # of the channel that is added, by that of the sum
        low, high = (spec.size - 1) // 2, spec.size // 2
        self.near = ((ahead >= -low) & (ahead <= high)).astype(np.float64)
        self.x: Floats = np.empty(0)
        self.sums: Floats = np.empty(0)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the relative values, and keep what the gradient needs."""
        (self.x,) = inputs
        self.activity.add(self.name, "scaling", 2 * self.x.size)
        self.activity.add(self.name, "activation", self.x.size)
        square = (self.x * self.x) @ self.near.astype(self.x.dtype)
        self.sums = self.spec.bias + self.spec.alpha / self.spec.size * square
        y: Floats = self.x * self.sums**-self.spec.beta
        return y

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return d / s^beta less 2 alpha beta / size x (sum of d x / s^(beta + 1))."""
        spec = self.spec
        self.activity.add(self.name, "scaling", 4 * d.size)
        power = self.sums**-spec.beta
        shared = (d * self.x * power / self.sums) @ self.near.T.astype(d.dtype)
        return (d * power - 2 * spec.alpha * spec.beta / spec.size * self.x * shared,)
