"""Factors and constants in digital memory: y = a x + b."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.circuit.layout import LARGEST
from crossbar.errors import ShapeError, message
from crossbar.nn.layers.base import LAYERS, Layer, LayerState
from crossbar.nn.layers.place import Place, Shape
from crossbar.types import Floats, Rng
from crossbar.units import quantity


@LAYERS.register("affine")
@dataclass(frozen=True, kw_only=True)
class Affine(Layer):
    """y = scale x + shift, in digital; both learn at the rate of the weights.

    Where there is one of each for every channel, :func:`crossbar.nn.folded` puts them into the
    weights before.

    Parameters
    ----------
    shape
        Shape of scale and shift, which are repeated along axes of 1 and along those that it lacks
        in front, as NumPy does; None for one number a channel (the last axis). They begin at 1
        and 0.
    """

    learns: ClassVar[bool] = True
    shape: tuple[int, ...] | None = quantity(
        None, low=1, high=LARGEST, words="shape of scale and shift"
    )

    def numbers(self, shape: Shape) -> Shape:
        """Return the shape of scale and shift for samples of ``shape``, or raise."""
        own = shape[-1:] if self.shape is None else self.shape
        ends = zip(own[::-1], shape[::-1], strict=False)
        if not 0 < len(own) <= len(shape) or any(a not in (1, b) for a, b in ends):
            expected, remedy = f"one that is repeated to {shape}", "1 repeats along an axis."
            raise ShapeError(message("Affine.shape", expected, str(own), remedy))
        return own

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape of the input."""
        self.numbers(inputs[0])
        return inputs[0]

    def state(self, place: Place) -> LayerState:
        """Return the multipliers and adders."""
        return AffineState(place, self)


class AffineState(LayerState):
    """Scale and shift."""

    def __init__(self, place: Place, spec: Affine) -> None:
        super().__init__(place)
        shape = spec.numbers(place.inputs[0])
        self.parameters = {"scale": np.ones(shape), "shift": np.zeros(shape)}
        self.x: Floats = np.empty(0)

    @property
    def affine(self) -> tuple[Floats, Floats] | None:
        """Scale and shift of every channel, if they differ by channel alone."""
        scale, shift = self.parameters["scale"], self.parameters["shift"]
        channels = self.inputs[0][-1]
        if scale.size != scale.shape[-1]:
            return None
        return np.resize(scale, channels), np.resize(shift, channels)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return scale x + shift."""
        (self.x,) = inputs
        self.activity.add(self.name, "scaling", self.x.size)
        y = self.parameters["scale"] * self.x + self.parameters["shift"]
        return y.astype(self.x.dtype, copy=False)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return scale d."""
        self.activity.add(self.name, "scaling", d.size)
        return ((d * self.parameters["scale"]).astype(d.dtype, copy=False),)

    def slopes(self) -> dict[str, Floats]:
        """Return the gradients of scale and shift."""
        self.activity.add(self.name, "scaling", self.d.size)
        wide, shape = self.d.astype(np.float64), self.parameters["scale"].shape
        return {"scale": summed(wide * self.x, shape), "shift": summed(wide, shape)}


def summed(values: Floats, shape: Shape) -> Floats:
    """Return the sums of ``values`` over the axes along which ``shape`` is repeated to theirs."""
    extra = values.ndim - len(shape)
    repeated = [k + extra for k, side in enumerate(shape) if side < values.shape[k + extra]]
    total: Floats = values.sum(axis=(*range(extra), *repeated)).reshape(shape)
    return total
