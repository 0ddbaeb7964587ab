"""A layer that turns numbers into spikes by any code."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np

from crossbar.circuit.layout import LARGEST
from crossbar.errors import DataError, fail, message
from crossbar.nn import LAYERS, Layer, LayerState, Place, Shape
from crossbar.spiking.codes import BernoulliRate, Code
from crossbar.types import Floats, Rng
from crossbar.units import quantity

EDGE = 1e-6  # of a step, by which rounding may put a spike before its step


@LAYERS.register("coded")
@dataclass(frozen=True, kw_only=True)
class Coded(Layer):
    """Numbers from 0 to 1 as spikes of ``steps`` steps, (steps, lines); samples are flattened.

    Codes that draw, such as the Bernoulli rate, draw anew at every presentation. No error passes a
    code, so that nothing that learns may stand before it.

    Parameters
    ----------
    steps
        Steps of a sample.
    dt
        Length of a step.
    code
        What a number becomes in time. It has at most one spike of a line in a step, and none after
        the last.
    """

    steps: int = quantity(low=1, high=LARGEST)
    dt: float = quantity(1e-6, above=0, high=1e3, unit="s")
    code: Code = field(default_factory=lambda: BernoulliRate(f_max=1e6, duration=2e-5))

    @property
    def clock(self) -> float:
        """Length of a step [s]."""
        return self.dt

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return steps and lines."""
        return (self.steps, self.code.lines(math.prod(inputs[0])))

    def state(self, place: Place) -> LayerState:
        """Return the encoder."""
        return CodedState(place, self)


class CodedState(LayerState):
    """An encoder."""

    def __init__(self, place: Place, spec: Coded) -> None:
        super().__init__(place)
        self.spec = spec

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the spikes of all steps, 0 or 1."""
        (x,) = inputs
        spec, (_, lines) = self.spec, self.output
        spikes = spec.code.encode(x.ravel(), rng=rng)
        step = np.floor(spikes.times / spec.dt + EDGE).astype(np.int64)
        sample, line = np.divmod(spikes.lines, lines)
        where = f"Coded '{self.name}'"
        if len(step) and step.max() >= spec.steps:
            expected, got = f"spikes before {spec.steps * spec.dt:g} s", f"{spikes.times[-1]:g} s"
            remedy = "Raise steps, or shorten the code (its duration or span)."
            raise DataError(message(where, expected, got, remedy))
        coded = np.zeros((len(x), spec.steps, lines), x.dtype)
        np.add.at(coded, (sample, step, line), 1)
        if (most := coded.max(initial=0)) > 1:
            remedy = "Shorten dt, or lower the rate of the code."
            raise DataError(message(where, "a spike a step at most", f"{most:g}", remedy))
        self.activity.add(self.name, "scaling", x.size)
        return coded

    def backward(self, d: Floats, *, rng: Rng) -> NoReturn:
        """Raise: a code has no gradient."""
        remedy = "Put Population before what learns, or let nothing learn before Coded."
        fail(f"Coded '{self.name}'", "nothing that learns before it", "a layer that does", remedy)
