"""The contract of a layer: a specification, and the state that a chip holds of it."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from crossbar.activity import Activity
from crossbar.random import Streams
from crossbar.substrates.port import Substrate, Weights
from crossbar.types import Floats

Shape = tuple[int, ...]


class Layer(ABC):
    """Immutable specification of one layer."""

    @abstractmethod
    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of one output sample for one input sample of ``input_shape``."""

    def matrix(self, input_shape: Shape) -> tuple[int, int, int] | None:
        """Return rows and cols of the weight matrix and vectors a sample; None without weights."""
        return None

    @abstractmethod
    def build(
        self,
        name: str,
        input_shape: Shape,
        substrate: Substrate,
        streams: Streams,
        activity: Activity,
        weights: Floats | None = None,
    ) -> LayerState:
        """Return the layer in hardware, with ``weights`` or initial ones in ``substrate``."""


class LayerState(ABC):
    """A layer on the chip. Samples come first: x is (n, *input_shape)."""

    name: str

    @abstractmethod
    def infer(self, x: Floats, *, rng: np.random.Generator) -> Floats:
        """Return the output in inference."""

    @abstractmethod
    def forward(self, x: Floats, *, rng: np.random.Generator) -> Floats:
        """Return the output in training, and keep what :meth:`backward` needs."""

    @abstractmethod
    def backward(self, d: Floats, *, rng: np.random.Generator) -> Floats:
        """Return the gradient of the loss at the input for the gradient ``d`` at the output."""


class WeightedState(LayerState):
    """A layer whose weights the chip holds and changes."""

    held: Weights

    @abstractmethod
    def receive(self, d: Floats) -> None:
        """Keep the gradient ``d`` at the output for :meth:`update`."""

    @abstractmethod
    def update(self, rate: float, *, rng: np.random.Generator) -> None:
        """Change the weights against the kept gradient."""
