"""Normalisation of channels by their mean and variance, with a scale and a shift that learn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.errors import ShapeError, message
from crossbar.nn.layers.base import LAYERS, Layer, LayerState
from crossbar.nn.layers.place import Place, Shape
from crossbar.types import Floats, Rng
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Normalisation(Layer):
    """y = scale (x - mean) / sqrt(variance + epsilon) + shift, for every channel (the last axis).

    In inference mean and variance are the running ones, so that the layer is one factor and one
    constant a channel, which :func:`crossbar.nn.folded` puts into the weights before it. It is
    digital: scale and shift learn by plain gradient descent, at the rate of the weights.

    Parameters
    ----------
    momentum
        Part of the running mean and variance that every presentation replaces. The first ones
        replace more, presentation t at least 1/t, so that the running ones are plain means then.
    epsilon
        Added to the variance.
    """

    learns: ClassVar[bool] = True
    momentum: float = quantity(0.1, above=0, high=1, remedy="0.1 is usual.")
    epsilon: float = quantity(1e-5, above=0, high=1, remedy="1e-5 is usual.")

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape of the input."""
        return inputs[0]


class NormalisationState(LayerState):
    """Scale, shift, running mean and running variance of every channel."""

    def __init__(self, place: Place, spec: Normalisation) -> None:
        super().__init__(place)
        channels = place.inputs[0][-1]
        self.spec = spec
        self.parameters = {"scale": np.ones(channels), "shift": np.zeros(channels)}
        self.running = {
            "mean": np.zeros(channels), "variance": np.ones(channels), "presented": np.zeros(1),
        }  # fmt: skip
        self.scaled: Floats = np.empty(0)
        self.deviation: Floats = np.empty(0)

    @property
    def affine(self) -> tuple[Floats, Floats]:
        """Factor and constant (channels,) of the layer in inference."""
        factor = self.parameters["scale"] / np.sqrt(self.running["variance"] + self.spec.epsilon)
        return factor, self.parameters["shift"] - self.running["mean"] * factor

    def infer(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return x times the factor, plus the constant."""
        (x,), (factor, constant) = inputs, self.affine
        self.activity.add(self.name, "scaling", x.size)
        return x * factor.astype(x.dtype) + constant.astype(x.dtype)

    def normalise(self, x: Floats, mean: Floats, variance: Floats) -> Floats:
        """Return the output for the given statistics, and keep what the gradient needs."""
        self.activity.add(self.name, "scaling", x.size)
        self.deviation = np.sqrt(variance + self.spec.epsilon)
        self.scaled = ((x - mean) / self.deviation).astype(x.dtype)
        y = self.parameters["scale"] * self.scaled + self.parameters["shift"]
        return y.astype(x.dtype)

    def statistics(self, x: Floats) -> tuple[Floats, Floats]:
        """Return mean and variance (channels,) of ``x``, in double precision."""
        self.activity.add(self.name, "scaling", x.size)
        axes = tuple(range(x.ndim - 1))
        mean = x.mean(axis=axes, dtype=np.float64)
        return mean, np.square(x - mean).mean(axis=axes)

    def follow(self, mean: Floats, variance: Floats) -> None:
        """Let the running mean and variance follow those of a presentation.

        They are those of a mixture of what was seen before and the presentation.
        """
        seen = self.running
        seen["presented"] += 1
        part = max(self.spec.momentum, 1.0 / (1.0 + float(seen["presented"][0])))
        gap = mean - seen["mean"]
        seen["mean"] += part * gap
        seen["variance"] += part * (variance + (1 - part) * gap**2 - seen["variance"])

    def recalibrate(self, *inputs: Floats) -> bool:
        """Take mean and variance of the input as the running ones."""
        seen = self.running
        seen["mean"][...], seen["variance"][...] = self.statistics(inputs[0])
        return True

    def slopes(self) -> dict[str, Floats]:
        """Return the gradients of scale and shift."""
        axes = tuple(range(self.d.ndim - 1))
        self.activity.add(self.name, "scaling", self.d.size)
        wide = self.d.astype(np.float64)
        return {"scale": (wide * self.scaled).sum(axis=axes), "shift": wide.sum(axis=axes)}


@LAYERS.register("batch-normalisation")
@dataclass(frozen=True, kw_only=True)
class BatchNormalisation(Normalisation):
    """Normalises by mean and variance of the samples presented together; gradients pass both.

    Source: Ioffe and Szegedy, Proc. ICML, 2015. Valid for: at least two values a channel in a
    presentation, from its samples or their positions.
    """

    def state(self, place: Place) -> NormalisationState:
        """Return the layer in digital logic."""
        return BatchState(place, self)


class BatchState(NormalisationState):
    """Normalisation by the present samples."""

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the output for the statistics of ``x``."""
        (x,) = inputs
        if x.size == x.shape[-1]:
            remedy = "Raise train.batch, or use RunningNormalisation."
            where, expected = f"BatchNormalisation '{self.name}'", "two or more values a channel"
            raise ShapeError(message(where, expected, f"shape {x.shape}", remedy))
        mean, variance = self.statistics(x)
        self.follow(mean, variance)
        return self.normalise(x, mean, variance)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return scale / sigma (d - mean d - s mean(d s)), with the scaled input s."""
        axes = tuple(range(d.ndim - 1))
        self.activity.add(self.name, "scaling", 2 * d.size)
        s = self.scaled
        centred = d - d.mean(axis=axes) - s * (d * s).mean(axis=axes)
        return (((self.parameters["scale"] / self.deviation) * centred).astype(d.dtype),)


@LAYERS.register("running-normalisation")
@dataclass(frozen=True, kw_only=True)
class RunningNormalisation(Normalisation):
    """Normalises by mean and variance of what was presented before, constants in the gradient.

    It serves samples one by one, as the chip learns: training and inference do the same.

    Source: assumed; a simple form of online normalisation (Chiley et al., NeurIPS, 2019).
    """

    def state(self, place: Place) -> NormalisationState:
        """Return the layer in digital logic."""
        return RunningState(place, self)


class RunningState(NormalisationState):
    """Normalisation by the samples before."""

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the output for the running statistics, which then follow ``x``."""
        (x,) = inputs
        y = self.normalise(x, self.running["mean"].copy(), self.running["variance"])
        self.follow(*self.statistics(x))
        return y

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return scale / sigma d."""
        self.activity.add(self.name, "scaling", d.size)
        return ((d * (self.parameters["scale"] / self.deviation)).astype(d.dtype),)
