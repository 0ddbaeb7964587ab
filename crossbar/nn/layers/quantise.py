"""Signals rounded to the codes of a format, with a scale of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.checks import check_fields
from crossbar.errors import fail
from crossbar.nn.layers.base import LAYERS, Layer, LayerState
from crossbar.nn.layers.place import Place, Shape
from crossbar.types import Floats, Rng
from crossbar.units import quantity

FAR = 2**40


@LAYERS.register("quantise")
@dataclass(frozen=True, kw_only=True)
class Quantise(Layer):
    """y = scale (c - zero), c = round(x / scale) + zero, cut at the codes ``low`` and ``high``.

    Halves are rounded to even. Values that are cut count as ``overrange``. The gradient passes as
    if steps were infinitely fine: d between the ends, 0 beyond them.

    Source: QuantizeLinear and DequantizeLinear of ONNX; the gradient is the straight-through
    estimator (Bengio et al., arXiv:1308.3432, 2013).
    """

    scale: float = quantity(above=0, high=1e30, words="step")
    zero: int = quantity(0, low=-FAR, high=FAR, words="code of zero")
    low: int = quantity(-128, low=-FAR, high=FAR, words="least code")
    high: int = quantity(127, low=-FAR, high=FAR, words="largest code")

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.low < self.high:
            got = f"{self.low} and {self.high}"
            fail("Quantise.high", "more than Quantise.low", got, "Exchange them.")

    @property
    def estimated(self) -> bool:
        """True: it passes what is not cut."""
        return True

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape of the input."""
        return inputs[0]

    def state(self, place: Place) -> LayerState:
        """Return the rounding."""
        return QuantiseState(place, self)


class QuantiseState(LayerState):
    """Rounding, and the ends of the range."""

    def __init__(self, place: Place, spec: Quantise) -> None:
        super().__init__(place)
        self.spec = spec
        self.inside: Floats = np.empty(0)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the values of the codes, and keep which were not cut."""
        (x,), spec = inputs, self.spec
        steps = np.rint(x / x.dtype.type(spec.scale))
        held = np.clip(steps, spec.low - spec.zero, spec.high - spec.zero)
        self.inside = (steps == held).astype(x.dtype)
        self.activity.add(self.name, "scaling", x.size)
        self.activity.add(self.name, "overrange", x.size - int(np.count_nonzero(self.inside)))
        return held * x.dtype.type(spec.scale)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return d where nothing was cut."""
        return (d * self.inside,)
