"""The netlist of a training step, and its layers with weights after their forward part."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crossbar.nn.layers.convolution import ConvolutionState
from crossbar.nn.layers.dense import DenseState
from crossbar.nn.layers.windows import windows
from crossbar.spice.engine.deck import Deck
from crossbar.spice.training.buses import Scaled
from crossbar.spice.training.crossings import Crossing


@dataclass
class StepDeck:
    """The netlist of one training step, and what to read from it.

    Attributes
    ----------
    deck
        The netlist.
    codes
        By layer, for each cell of a weight: nodes of the codes, row by row.
    probabilities
        Nodes of the outputs of the softmax block, :data:`FULL` for one.
    """

    deck: Deck
    codes: dict[str, list[list[str]]] = field(default_factory=dict)
    probabilities: list[str] = field(default_factory=list)


@dataclass
class Weighted:
    """A layer with weights after its forward part: what its backward part needs."""

    layer: ConvolutionState | DenseState
    crossing: Crossing
    x: Scaled
    rows: list[str]
    gates: list[str]
    """Factors of the gradient at the inputs of the layer, as expressions; empty for one."""


def windows_of(layer: ConvolutionState) -> list[list[int]]:
    """Return the indices of the pixels in each window."""
    side = (layer.out[0] + layer.kernel - 1, layer.out[1] + layer.kernel - 1)
    channels = len(layer.held["weights"].weights[0]) // layer.kernel**2
    index = np.arange(side[0] * side[1] * channels, dtype=np.float64).reshape(1, *side, channels)
    places: list[list[int]] = windows(index, layer.kernel)[0].astype(int).tolist()
    return places
