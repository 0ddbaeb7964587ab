"""Layers that turn samples into steps of time: repetition, population, any code of spikes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.circuit.layout import LARGEST
from crossbar.errors import ShapeError, message
from crossbar.nn import LAYERS, Layer, LayerState, Place, Shape
from crossbar.spiking.codes.population import tuning
from crossbar.types import Floats, Rng
from crossbar.units import quantity

SEVERAL = "Flatten samples to (lines,), or give (steps, lines)."


@LAYERS.register("repeated")
@dataclass(frozen=True, kw_only=True)
class Repeated(Layer):
    """Every number stays for ``steps``: (lines,) to (steps, lines), (k, lines) to (k steps, lines).

    Parameters
    ----------
    steps
        Steps of time that a number stays.
    """

    steps: int = quantity(low=1, high=LARGEST)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return steps and lines."""
        (shape,) = inputs
        if len(shape) > 2:
            expected = "samples of (lines,) or (steps, lines)"
            raise ShapeError(message("Repeated", expected, str(shape), SEVERAL))
        return ((shape[0] if len(shape) == 2 else 1) * self.steps, shape[-1])

    def state(self, place: Place) -> LayerState:
        """Return the hold circuits."""
        return RepeatedState(place, self)


class RepeatedState(LayerState):
    """Numbers that are held."""

    def __init__(self, place: Place, spec: Repeated) -> None:
        super().__init__(place)
        self.spec = spec

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the numbers of all steps."""
        (x,) = inputs
        wide = x.reshape(len(x), -1, self.output[1])
        return np.repeat(wide, self.spec.steps, axis=1)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return the sum over the steps of a number."""
        parts = d.reshape(len(d), -1, self.spec.steps, self.output[1])
        return (parts.sum(axis=2).reshape(len(d), *self.inputs[0]),)


@LAYERS.register("population")
@dataclass(frozen=True, kw_only=True)
class Receptive(Layer):
    """a_i = exp(-(x - mu_i)^2 / (2 sigma^2)): every number of the last axis becomes ``neurons``.

    Centres mu_i are evenly spaced from ``low`` to ``high``; sigma is ``width`` times the distance
    of neighbours.

    Parameters
    ----------
    neurons
        Neurons of a number.
    low, high
        First and last centre.
    width
        sigma over the distance of centres.

    Source: Alymova 2025, eq 6; the width is assumed.
    """

    neurons: int = quantity(10, low=2, high=LARGEST)
    low: float = quantity(0.0, low=-1e15, high=1e15)
    high: float = quantity(1.0, low=-1e15, high=1e15)
    width: float = quantity(1.0, above=0, high=1e6)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape with a last axis of all neurons."""
        (shape,) = inputs
        return (*shape[:-1], shape[-1] * self.neurons)

    def state(self, place: Place) -> LayerState:
        """Return the receptive fields."""
        return ReceptiveState(place, self)


class ReceptiveState(LayerState):
    """Receptive fields."""

    def __init__(self, place: Place, spec: Receptive) -> None:
        super().__init__(place)
        self.spec = spec
        self.centres = np.linspace(spec.low, spec.high, spec.neurons)
        self.sigma = spec.width * (self.centres[1] - self.centres[0])
        self.x: Floats = np.empty(0)
        self.y: Floats = np.empty(0)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the activities."""
        (x,) = inputs
        self.x = x
        y = tuning(x, self.centres, self.sigma).astype(x.dtype, copy=False)
        self.y = y.reshape(len(x), *self.output)
        self.activity.add(self.name, "activation", self.y.size)
        return self.y

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return the gradient at the numbers."""
        slope = (self.centres - self.x[..., None]) / self.sigma**2
        each = (d * self.y).reshape(*self.x.shape, -1) * slope
        return (each.sum(axis=-1).astype(d.dtype, copy=False),)
