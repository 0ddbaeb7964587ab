"""A fully connected layer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from crossbar.circuit.layout import LARGEST
from crossbar.nn.layers.base import LAYERS, LayerState
from crossbar.nn.layers.biased import GAIN, Biased
from crossbar.nn.layers.place import Matrix, Place, Shape
from crossbar.types import Floats, Rng
from crossbar.units import quantity


@LAYERS.register("dense")
@dataclass(frozen=True, kw_only=True)
class Dense(Biased):
    """y = x W, with a bias line or without; x is flattened.

    Parameters
    ----------
    units
        Number of outputs.
    gain
        Variance of the initial weights, which are uniform, times the number of inputs. LETI
        2026 does not say; 2 (He et al., ICCV 2015) in every layer is assumed.
    """

    units: int = quantity(low=1, high=LARGEST)
    gain: float = quantity(2.0, low=1e-12, high=1e6, remedy=GAIN)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return (units,)."""
        return (self.units,)

    def matrices(self, *inputs: Shape) -> tuple[Matrix]:
        """Return inputs (and bias), units and one vector a sample."""
        rows = math.prod(inputs[0]) + self.bias
        return (Matrix("weights", rows, self.units, gain=self.gain),)

    def state(self, place: Place) -> DenseState:
        """Return the layer in hardware."""
        return DenseState(place, self)


class DenseState(LayerState):
    """A fully connected layer on the chip."""

    def __init__(self, place: Place, spec: Dense) -> None:
        super().__init__(place)
        self.spec = spec
        self.x: Floats = np.empty(0)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return x W and keep what drove the lines."""
        (x,) = inputs
        self.x = self.spec.driven(x.reshape(len(x), -1))
        return self.held["weights"].read(self.x, rng=rng)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats]:
        """Return d W^T through a transposed read (eq 12, 14)."""
        back = self.spec.returned(self.held["weights"].read_back(d, rng=rng))
        return (back.reshape(len(d), *self.inputs[0]),)

    def pairs(self) -> dict[str, tuple[Floats, Floats]]:
        """Return x and d, whose outer products change the weights (eq 11, 13, 16)."""
        return {"weights": (self.x, self.d)}
