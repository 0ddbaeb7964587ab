"""Derivatives of what a chip gives out, and of the energy it takes, by all that it is made of."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crossbar.circuit.pathwise import ReadState
from crossbar.nn.chip import Chip
from crossbar.nn.layers.base import Back
from crossbar.substrates.pathwise import Pathwise, pathwise
from crossbar.types import Doubles, Floats, Rng


class Way(NamedTuple):
    """The way back through a node: the places of its inputs among the signals, and its function."""

    sources: tuple[int, ...]
    back: Back


class PathwiseChip:
    """A chip in inference whose reads keep the way back through them.

    Random numbers of every read are drawn and held, so that derivatives are those of one
    realisation; their mean over realisations is the derivative of the mean. Quantisers are
    straight-through.

    Attributes
    ----------
    chip
        A copy of the chip, with such reads.
    tiles
        The tiles by the name of their matrix.
    """

    def __init__(self, chip: Chip) -> None:
        self.chip = chip.copy()
        self.tiles: dict[str, Pathwise] = {}
        for layer in self.chip.layers.values():
            names = dict(zip(layer.held, layer.weights, strict=True))
            for part in list(layer.held):
                layer.held[part], tile = pathwise(layer.held[part])
                if tile is not None:
                    self.tiles[names[part]] = tile
        self._ways: list[Way] = []

    @property
    def energy(self) -> float:
        """Energy [J] that cells and lines took in the samples that were presented last."""
        return sum(tile.energy for tile in self.tiles.values())

    @property
    def rounds(self) -> bool:
        """Whether converters round signals, or layers do whose gradient is an estimate."""
        estimated = any(node.layer.estimated for node in self.chip.network.nodes.values())
        return estimated or any(tile.state.rounds for tile in self.tiles.values())

    def zeros(self) -> dict[str, ReadState]:
        """Return states of zeros for every tile, for :meth:`back` to add to."""
        return {name: tile.state.zeros() for name, tile in self.tiles.items()}

    def present(self, x: Floats, *, rng: Rng) -> Doubles:
        """Return the scores (n, outputs) for samples (n, *input_shape), and keep the way back."""
        for tile in self.tiles.values():
            tile.reads, tile.energy = [], 0.0
        signals: list[Floats] = [np.asarray(x, np.float64)]
        self._ways = []
        for layer, sources, *_ in self.chip.steps:
            y, back = layer.passed(*[signals[k] for k in sources], rng=rng)
            signals.append(y)
            self._ways.append(Way(sources, back))
        return signals[-1].astype(np.float64)

    def back(
        self, scores: Doubles, energy: float = 0.0, into: dict[str, ReadState] | None = None
    ) -> dict[str, ReadState]:
        """Return the derivatives by the state of every tile.

        Parameters
        ----------
        scores, energy
            (n, outputs) and [1/J] Derivatives by the scores and by the energy of the samples that
            were presented last.
        into
            Derivatives of other samples, to which these are added.
        """
        for name, tile in self.tiles.items():
            tile.begin(energy, None if into is None else into[name])
        errors: list[Floats | None] = [None] * (len(self._ways) + 1)
        errors[-1] = scores
        for sources, back in reversed(self._ways):
            d = errors.pop()
            if d is None:  # no other layer reads it
                continue
            for k, by in zip(sources, back(d), strict=True):
                so_far = errors[k]
                errors[k] = by if so_far is None else so_far + by
        return {name: tile.by for name, tile in self.tiles.items()}
