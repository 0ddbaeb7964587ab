"""The netlist of a training step while it is made, and its layers with weights."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crossbar.spice.engine.deck import Deck
from crossbar.spice.training.buses import Bus, Scaled
from crossbar.spice.training.crossings import Crossing


@dataclass
class Signal:
    """Signals between two layers, forward."""

    bus: Bus
    gates: list[str]
    """Factors of the gradient at each of them, as expressions; empty for one."""


@dataclass
class Weighted:
    """A layer with weights after its forward part: what its backward part needs."""

    crossing: Crossing
    x: Scaled
    rows: list[str]
    """Word lines, for a transposed read; none of a first layer."""
    windows: dict[str, list[int]]
    """Inputs of each read by its name; those of one after the other are its outputs."""
    gates: list[str]


@dataclass
class StepDeck:
    """The netlist of one training step, what to read from it, and what layers take.

    Attributes
    ----------
    volts
        By layer with weights: volts per number of its outputs.
    masks
        Draws the dropout.
    stack
        The layers with weights, forward.
    probabilities
        Nodes of the outputs of the softmax block, ``FULL`` for one.
    """

    deck: Deck
    volts: dict[str, float]
    masks: np.random.Generator
    stack: list[Weighted] = field(default_factory=list)
    probabilities: list[str] = field(default_factory=list)

    @property
    def crossings(self) -> list[Crossing]:
        """The crossbars, whose codes the step changes."""
        return [weighted.crossing for weighted in self.stack]
