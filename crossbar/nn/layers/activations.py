"""Neurons: a function of every value on its own, and its slope."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import expit, ndtr

from crossbar.checks import check_fields
from crossbar.contracts import answer, named, require_numbers
from crossbar.errors import fail
from crossbar.nn.layers.base import LAYERS, Layer, LayerState
from crossbar.nn.layers.place import Place, Shape
from crossbar.types import Floats, Rng
from crossbar.units import quantity

Derivative = Callable[[Floats], Floats]


@dataclass(frozen=True, kw_only=True)
class Activation(Layer):
    """y = f(x), value by value; the gradient passes by f'(x).

    Attributes
    ----------
    event
        What a value counts as, see :data:`crossbar.activity.EVENTS`.
    """

    event: ClassVar[str] = "activation"

    @abstractmethod
    def value(self, x: Floats) -> Floats:
        """Return f(x)."""

    @abstractmethod
    def slope(self, x: Floats, y: Floats) -> Floats:
        """Return f'(x), where ``y`` is f(x)."""

    def prove(self) -> None:
        """Raise unless it has a value and a slope for each number."""
        super().prove()
        x = np.linspace(0.1, 1.0, 6, dtype=np.float32).reshape(2, 3)
        y = require_numbers(named(self, "value"), answer(self, "value", x), x.shape)
        require_numbers(named(self, "slope"), answer(self, "slope", x, y), x.shape)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape of the input."""
        return inputs[0]

    def state(self, place: Place) -> LayerState:
        """Return the neurons."""
        return ActivationState(place, self)


class ActivationState(LayerState):
    """Neurons on the chip."""

    def __init__(self, place: Place, spec: Activation) -> None:
        super().__init__(place)
        self.spec = spec
        self.x: Floats = np.empty(0)
        self.y: Floats = np.empty(0)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return f(x) and keep both."""
        (self.x,) = inputs
        self.activity.add(self.name, self.spec.event, self.x.size)
        self.y = self.spec.value(self.x)
        return self.y

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return d f'(x)."""
        return (d * self.spec.slope(self.x, self.y),)


def step(x: Floats) -> Floats:
    """Return the derivative of the rectifier, [x > 0]."""
    return (x > 0).astype(x.dtype)


def paper_literal(x: Floats) -> Floats:
    """Return 1: eq 12 as printed, without the derivative. For study: training slows or diverges."""
    return np.ones_like(x)


@LAYERS.register("relu")
@dataclass(frozen=True, kw_only=True)
class Relu(Activation):
    """y = max(x, 0).

    Parameters
    ----------
    derivative
        What gates the gradient: ``step``, or ``paper_literal`` for study.
    """

    derivative: Derivative = step
    event: ClassVar[str] = "relu"
    settling: ClassVar[tuple[str, ...]] = ("rectifier",)

    def value(self, x: Floats) -> Floats:
        """Return max(x, 0)."""
        return np.maximum(x, 0)

    def slope(self, x: Floats, y: Floats) -> Floats:
        """Return the derivative."""
        return self.derivative(x)


@LAYERS.register("leaky-relu")
@dataclass(frozen=True, kw_only=True)
class LeakyRelu(Activation):
    """y = x where x > 0, ``leak`` x elsewhere."""

    event: ClassVar[str] = "relu"
    leak: float = quantity(
        0.01, low=0, high=1, words="slope below zero", remedy="It is the slope of negative values."
    )

    def value(self, x: Floats) -> Floats:
        """Return x or leak x."""
        return np.where(x > 0, x, self.leak * x)

    def slope(self, x: Floats, y: Floats) -> Floats:
        """Return 1 or leak."""
        return np.where(x > 0, x.dtype.type(1), x.dtype.type(self.leak))


@LAYERS.register("clip")
@dataclass(frozen=True, kw_only=True)
class Clip(Activation):
    """y = x between ``low`` and ``high``, the nearer of them elsewhere; slope 1 or 0."""

    low: float = quantity(0.0, low=-1e30, high=1e30, words="least output")
    high: float = quantity(6.0, low=-1e30, high=1e30, words="largest output")

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.low < self.high:
            got = f"{self.low:g} and {self.high:g}"
            fail("Clip.high", "more than Clip.low", got, "Exchange them.")

    def value(self, x: Floats) -> Floats:
        """Return x, low or high."""
        return np.clip(x, self.low, self.high)

    def slope(self, x: Floats, y: Floats) -> Floats:
        """Return 1 inside and 0 outside."""
        return ((x > self.low) & (x < self.high)).astype(x.dtype)


@LAYERS.register("tanh")
@dataclass(frozen=True, kw_only=True)
class Tanh(Activation):
    """y = tanh x."""

    def value(self, x: Floats) -> Floats:
        """Return tanh x."""
        return np.tanh(x)

    def slope(self, x: Floats, y: Floats) -> Floats:
        """Return 1 - y^2."""
        return 1 - y * y


@LAYERS.register("sigmoid")
@dataclass(frozen=True, kw_only=True)
class Sigmoid(Activation):
    """y = 1 / (1 + exp(-x))."""

    def value(self, x: Floats) -> Floats:
        """Return the logistic function."""
        y: Floats = expit(x)
        return y

    def slope(self, x: Floats, y: Floats) -> Floats:
        """Return y (1 - y)."""
        return y * (1 - y)


@LAYERS.register("gelu")
@dataclass(frozen=True, kw_only=True)
class Gelu(Activation):
    """y = x Phi(x), with the distribution function Phi of the standard normal, exactly.

    Source: Hendrycks and Gimpel, arXiv:1606.08415, 2016.
    """

    def value(self, x: Floats) -> Floats:
        """Return x Phi(x)."""
        y: Floats = x * ndtr(x)
        return y

    def slope(self, x: Floats, y: Floats) -> Floats:
        """Return Phi(x) + x phi(x)."""
        density = np.exp(-0.5 * x * x) * x.dtype.type(1 / np.sqrt(2 * np.pi))
        slope: Floats = ndtr(x) + x * density
        return slope
