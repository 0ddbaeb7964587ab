"""Neurons: rectifier and dropout."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crossbar.activity import Activity
from crossbar.checks import check_fields
from crossbar.kernels import masks
from crossbar.nn.base import Layer, LayerState, Shape
from crossbar.random import Streams, key
from crossbar.registry import Registry
from crossbar.substrates.port import Substrate
from crossbar.types import Floats
from crossbar.units import quantity

Derivative = Callable[[Floats], Floats]


def step(x: Floats) -> Floats:
    """Return the derivative of the rectifier, [x > 0]."""
    return (x > 0).astype(x.dtype)


def paper_literal(x: Floats) -> Floats:
    """Return 1: eq 12 as printed, without the derivative. For study: training slows or diverges."""
    return np.ones_like(x)


@dataclass(frozen=True, kw_only=True)
class Relu(Layer):
    """y = max(x, 0).

    Parameters
    ----------
    derivative
        What gates the gradient: :func:`step`, or :func:`paper_literal` for study.
    """

    derivative: Derivative = step

    def __post_init__(self) -> None:
        check_fields(self)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return input_shape

    def build(
        self,
        name: str,
        input_shape: Shape,
        substrate: Substrate,
        streams: Streams,
        activity: Activity,
        weights: Floats | None = None,
    ) -> ReluState:
        """Return the neurons."""
        return ReluState(name, activity, self.derivative)


class ReluState(LayerState):
    """Rectifying neurons."""

    def __init__(self, name: str, activity: Activity, derivative: Derivative) -> None:
        self.name = name
        self.activity = activity
        self.derivative = derivative
        self.gate: Floats = np.empty(0)

    def infer(self, x: Floats, *, rng: np.random.Generator) -> Floats:
        """Return max(x, 0)."""
        self.activity.add(self.name, "relu", x.size)
        return np.maximum(x, 0)

    def forward(self, x: Floats, *, rng: np.random.Generator) -> Floats:
        """Return max(x, 0) and keep its derivative."""
        y = self.infer(x, rng=rng)
        self.gate = self.derivative(x)
        return y

    def backward(self, d: Floats, *, rng: np.random.Generator) -> Floats:
        """Return d times the derivative."""
        return d * self.gate


@dataclass(frozen=True, kw_only=True)
class Dropout(Layer):
    """Drops neurons while training and scales the others; in inference all are kept, unscaled.

    Parameters
    ----------
    keep
        Share of neurons kept while learning.
    """

    keep: float = quantity(
        0.5, share=True, low=1e-6, high=1, remedy="It is the share that is kept."
    )

    def __post_init__(self) -> None:
        check_fields(self)

    @abstractmethod
    def mask(self, shape: Shape, rng: np.random.Generator) -> Floats:
        """Return the factors (n, *sample) for signals of ``shape``: 0 for a dropped neuron."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return input_shape

    def build(
        self,
        name: str,
        input_shape: Shape,
        substrate: Substrate,
        streams: Streams,
        activity: Activity,
        weights: Floats | None = None,
    ) -> DropoutState:
        """Return the switches."""
        return DropoutState(name, self)


DROPOUTS = Registry(Dropout, "dropouts", "which neurons learning leaves out")


@DROPOUTS.register("exact")
@dataclass(frozen=True, kw_only=True)
class ExactDropout(Dropout):
    """Keeps exactly ``round(keep * n)`` of n neurons, scaled by n / kept.

    Source: LETI 2026 keeps exactly 32 of 64.
    """

    def mask(self, shape: Shape, rng: np.random.Generator) -> Floats:
        """Return the factors: 0, or n / kept."""
        size = math.prod(shape[1:])
        kept = max(1, round(self.keep * size))
        factors: Floats = np.empty((shape[0], size), np.float32)
        masks.keep_exactly(kept, size / kept, key(rng), factors)
        return factors.reshape(shape)


@DROPOUTS.register("bernoulli")
@dataclass(frozen=True, kw_only=True)
class BernoulliDropout(Dropout):
    """Keeps each neuron with probability ``keep``, scaled by 1/keep.

    Source: Srivastava et al., J. Mach. Learn. Res. 15:1929, 2014 (inverted dropout).
    """

    def mask(self, shape: Shape, rng: np.random.Generator) -> Floats:
        """Return the factors: 0 or 1/keep."""
        return ((rng.random(shape) < self.keep) / self.keep).astype(np.float32)


class DropoutState(LayerState):
    """Switches that drop neurons while training."""

    def __init__(self, name: str, spec: Dropout) -> None:
        self.name = name
        self.spec = spec
        self.factors: Floats = np.empty(0)

    def infer(self, x: Floats, *, rng: np.random.Generator) -> Floats:
        """Return x."""
        return x

    def forward(self, x: Floats, *, rng: np.random.Generator) -> Floats:
        """Return x with neurons dropped and the others scaled."""
        self.factors = self.spec.mask(x.shape, rng)
        return x * self.factors

    def backward(self, d: Floats, *, rng: np.random.Generator) -> Floats:
        """Return d with the same factors."""
        return d * self.factors
