"""Dropout: neurons that are switched off while training."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from crossbar.contracts import answer, named, require_numbers
from crossbar.kernels import masks
from crossbar.nn.layers.base import LAYERS, Back, Layer, LayerState
from crossbar.nn.layers.place import Place, Shape
from crossbar.random import key
from crossbar.registry import Registry
from crossbar.types import Floats, Rng
from crossbar.units import quantity


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

    @abstractmethod
    def mask(self, shape: Shape, rng: Rng) -> Floats:
        """Return the factors (n, *sample) for signals of ``shape``: 0 for a dropped neuron."""

    def prove(self) -> None:
        """Raise unless it has a factor for each neuron."""
        super().prove()
        mask = answer(self, "mask", (2, 3), np.random.default_rng(0))
        require_numbers(named(self, "mask"), mask, (2, 3), low=0)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape of the input."""
        return inputs[0]

    def state(self, place: Place) -> DropoutState:
        """Return the switches."""
        return DropoutState(place, self)


DROPOUTS = Registry(
    Dropout, "dropouts", "which neurons learning leaves out", setting="network.dropout"
)


@DROPOUTS.register("exact")
@LAYERS.register("exact-dropout")
@dataclass(frozen=True, kw_only=True)
class ExactDropout(Dropout):
    """Keeps exactly ``round(keep * n)`` of n neurons, scaled by n / kept.

    Source: LETI 2026 keeps exactly 32 of 64.
    """

    def mask(self, shape: Shape, rng: Rng) -> Floats:
        """Return the factors: 0, or n / kept."""
        size = math.prod(shape[1:])
        kept = max(1, round(self.keep * size))
        factors: Floats = np.empty((shape[0], size), np.float32)
        masks.keep_exactly(kept, size / kept, key(rng), factors)
        return factors.reshape(shape)


@DROPOUTS.register("bernoulli")
@LAYERS.register("dropout")
@dataclass(frozen=True, kw_only=True)
class BernoulliDropout(Dropout):
    """Keeps each neuron with probability ``keep``, scaled by 1/keep.

    Source: Srivastava et al., J. Mach. Learn. Res. 15:1929, 2014 (inverted dropout).
    """

    def mask(self, shape: Shape, rng: Rng) -> Floats:
        """Return the factors: 0 or 1/keep."""
        return ((rng.random(shape) < self.keep) / self.keep).astype(np.float32)


class DropoutState(LayerState):
    """Switches that drop neurons while training."""

    def __init__(self, place: Place, spec: Dropout) -> None:
        super().__init__(place)
        self.spec = spec
        self.factors: Floats = np.empty(0)

    def infer(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return x."""
        return inputs[0]

    def passed(self, *inputs: Floats, rng: Rng) -> tuple[Floats, Back]:
        """Return x, and the way back, which changes nothing."""
        return inputs[0], lambda d: (d,)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return x with neurons dropped and the others scaled."""
        (x,) = inputs
        self.factors = self.spec.mask(x.shape, rng)
        return x * self.factors

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats]:
        """Return d with the same factors."""
        return (d * self.factors,)
