"""A layer with two matrices: y = tanh(x A) * (x B), a gate on every output."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from crossbar.nn import Layer, LayerState, Matrix


@dataclass(frozen=True, kw_only=True)
class Gated(Layer):
    """Outputs of one matrix, each opened or closed by those of another.

    Parameters
    ----------
    units
        Number of outputs.
    """

    units: int

    def output_shape(self, *inputs):
        return (self.units,)

    def matrices(self, *inputs):
        rows = math.prod(inputs[0])
        return Matrix("gate", rows, self.units), Matrix("value", rows, self.units)

    def state(self, place):
        return GatedState(place)


class GatedState(LayerState):
    """A gated layer on the chip."""

    def forward(self, *inputs, rng):
        self.shape = inputs[0].shape
        self.x = inputs[0].reshape(len(inputs[0]), -1)
        self.gate = np.tanh(self.held["gate"].read(self.x, rng=rng))
        self.value = self.held["value"].read(self.x, rng=rng)
        self.activity.add(self.name, "activation", self.gate.size)
        return self.gate * self.value

    def gradient(self, d):
        """Return the gradients at the outputs of both matrices."""
        return {"gate": d * self.value * (1 - self.gate**2), "value": d * self.gate}

    def backward(self, d, *, rng):
        back = [self.held[part].read_back(own, rng=rng) for part, own in self.gradient(d).items()]
        return (sum(back).reshape(self.shape),)

    def pairs(self):
        return {part: (self.x, own) for part, own in self.gradient(self.d).items()}
