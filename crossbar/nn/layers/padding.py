"""Values around a sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.circuit.layout import LARGEST
from crossbar.errors import fail
from crossbar.nn.layers.base import LAYERS, Layer, LayerState
from crossbar.nn.layers.place import Place, Shape
from crossbar.types import Floats, Rng
from crossbar.units import quantity


@LAYERS.register("pad")
@dataclass(frozen=True, kw_only=True)
class Pad(Layer):
    """A sample with entries of one value before and behind it.

    Parameters
    ----------
    before, behind
        Entries that are added along each axis of a sample.
    value
        What they are.
    """

    before: tuple[int, ...] = quantity(low=0, high=LARGEST, words="entries before each axis")
    behind: tuple[int, ...] = quantity(low=0, high=LARGEST, words="entries behind each axis")
    value: float = quantity(0.0, low=-1e30, high=1e30, words="value of the padding")

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the sides with what is added."""
        for name, sides in (("before", self.before), ("behind", self.behind)):
            if len(sides) != len(inputs[0]):
                expected = f"one number for each axis of {inputs[0]}"
                fail(f"Pad.{name}", expected, str(sides), "0 adds nothing.")
        each = zip(self.before, inputs[0], self.behind, strict=True)
        return tuple(map(sum, each))

    def state(self, place: Place) -> LayerState:
        """Return the wiring."""
        return PadState(place, self)


class PadState(LayerState):
    """A sample inside of a larger one."""

    def __init__(self, place: Place, spec: Pad) -> None:
        super().__init__(place)
        self.value = spec.value
        starts = zip(spec.before, place.inputs[0], strict=True)
        self.inside = (slice(None), *(slice(low, low + side) for low, side in starts))

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the values, and the padding around them."""
        (x,) = inputs
        y = np.full((len(x), *self.output), self.value, x.dtype)
        y[self.inside] = x
        return y

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return d inside of the padding."""
        return (np.ascontiguousarray(d[self.inside]),)
