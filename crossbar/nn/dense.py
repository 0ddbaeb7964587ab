"""A fully connected layer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from crossbar.activity import Activity
from crossbar.checks import check_fields
from crossbar.circuit.layout import LARGEST
from crossbar.nn.base import Layer, Shape, WeightedState
from crossbar.random import Streams
from crossbar.substrates.port import Substrate, Weights
from crossbar.types import Floats
from crossbar.units import quantity

GAIN = "2 is usual; it is the variance of the weights times the number of inputs."


@dataclass(frozen=True, kw_only=True)
class Dense(Layer):
    """y = x W without bias; x is flattened.

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

    def __post_init__(self) -> None:
        check_fields(self)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return (units,)."""
        return (self.units,)

    def matrix(self, input_shape: Shape) -> tuple[int, int, int]:
        """Return inputs, units and one vector a sample."""
        return math.prod(input_shape), self.units, 1

    def build(
        self,
        name: str,
        input_shape: Shape,
        substrate: Substrate,
        streams: Streams,
        activity: Activity,
        weights: Floats | None = None,
    ) -> DenseState:
        """Write ``weights``, or draw initial ones and write them."""
        shape = (math.prod(input_shape), self.units)
        if weights is None:
            weights = initial(shape, self.gain, streams("initial", layer=name))
        rng = streams("program", layer=name)
        return DenseState(name, substrate.program(weights, rng=rng, name=name, activity=activity))


def initial(shape: Shape, gain: float, rng: np.random.Generator) -> Floats:
    """Return uniform weights (rows, cols) of variance ``gain / rows``."""
    bound = math.sqrt(3.0 * gain / shape[0])
    return rng.uniform(-bound, bound, shape)


class DenseState(WeightedState):
    """A fully connected layer on the chip."""

    def __init__(self, name: str, held: Weights) -> None:
        self.name = name
        self.held = held
        self.x: Floats = np.empty(0)
        self.d: Floats = np.empty(0)
        self.input_shape: Shape = ()

    def infer(self, x: Floats, *, rng: np.random.Generator) -> Floats:
        """Return x W."""
        return self.held.read(x.reshape(len(x), -1), rng=rng)

    def forward(self, x: Floats, *, rng: np.random.Generator) -> Floats:
        """Return x W and keep x."""
        self.input_shape = x.shape
        self.x = x.reshape(len(x), -1)
        return self.held.read(self.x, rng=rng)

    def receive(self, d: Floats) -> None:
        """Keep d."""
        self.d = d

    def backward(self, d: Floats, *, rng: np.random.Generator) -> Floats:
        """Return d W^T through a transposed read (eq 12, 14)."""
        return self.held.read_back(d, rng=rng).reshape(self.input_shape)

    def update(self, rate: float, *, rng: np.random.Generator) -> None:
        """Offer the outer products x d^T (eq 11, 13)."""
        self.held.change(self.x, self.d, rate, rng=rng)
