"""Weights on a tile whose reads keep the way back through them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from crossbar.circuit.pathwise import PathwiseRead, ReadState, by_cells
from crossbar.circuit.pathwise.state import WHOLE
from crossbar.contracts import forwarded
from crossbar.errors import fail
from crossbar.substrates.digital import DigitalState
from crossbar.substrates.port import Weights
from crossbar.substrates.read_only import ReadOnly
from crossbar.substrates.routed import Routed
from crossbar.substrates.scaled import Scaled
from crossbar.substrates.tile_state import TileState
from crossbar.types import Doubles, Floats, Rng


@dataclass
class Pathwise(ReadOnly):
    """A tile that is read in double precision, with derivatives by its state and its inputs.

    :meth:`read_back` goes back through the forward reads, the last one first, and is exact for
    their random numbers: no transposed read of the chip. Weights do not change.

    Attributes
    ----------
    held
        The tile.
    factor
        (1,) or (cols,) Gain of all outputs behind it, or of each.
    by
        What :meth:`read_back` adds the derivatives by the state to.
    by_energy
        Derivative by the energy of the forward reads [1/J], which :meth:`read_back` includes.
    energy
        [J] Of all forward reads.
    """

    held: TileState
    factor: Doubles = field(default_factory=WHOLE.copy)
    by_energy: float = 0.0
    energy: float = 0.0
    state: ReadState = field(init=False)
    by: ReadState = field(init=False)

    weights = forwarded("held", "weights", Weights)
    shape = forwarded("held", "shape", Weights)
    dtype = np.float64

    def __post_init__(self) -> None:
        self.name, self.activity = self.held.name, self.held.activity
        tile = self.held
        self.state = ReadState.of(tile.array, tile.sensing, apart=tile.apart, factor=self.factor)
        self.reads: list[PathwiseRead] = []
        self.begin(0.0)

    def begin(self, by_energy: float, into: ReadState | None = None) -> None:
        """Begin to go back, from the last read on; ``into`` has derivatives of other samples."""
        self.by = self.state.zeros() if into is None else into
        self.by_energy, self.left = by_energy, len(self.reads)

    def read(self, x: Floats, *, rng: Rng, values: int | None = None) -> Floats:
        """Return x @ W behind the factor, and keep the way back."""
        wide = x.reshape(len(x), -1, x.shape[-1]).astype(np.float64)
        self.reads.append(PathwiseRead.of(self.state, wide, rng=rng))
        self.energy += self.reads[-1].energy
        out: Floats = self.reads[-1].out.reshape(*x.shape[:-1], -1)
        return out

    def read_back(self, d: Floats, *, rng: Rng) -> Floats:
        """Return the derivative by the inputs of the last read that is left, for ``d`` behind."""
        self.left -= 1
        wide: Doubles = d.reshape(len(d), -1, d.shape[-1]).astype(np.float64)
        by_x = self.reads[self.left].back(wide, self.by_energy, self.by)
        return by_x.reshape(*d.shape[:-1], -1)

    def by_cells(self, by: ReadState) -> list[Doubles]:
        """Return derivatives (lines, cols) [1/S] by the cells of weights, those by the state given.

        See :func:`crossbar.circuit.pathwise.by_cells`.
        """
        return by_cells(self.held.array, by)

    def read_rows(self, driven: Floats, *, rng: Rng) -> Floats:
        """Raise: rows that spikes drive have no derivative here."""
        got, remedy = "spikes that drive rows", "Search its settings: crossbar search."
        fail(f"derivatives of '{self.name}'", "signals that are numbers", got, remedy)


def pathwise(held: Weights, factor: Doubles = WHOLE) -> tuple[Weights, Pathwise | None]:
    """Return weights that read as ``held`` and keep the way back, and their tile, if they have one.

    ``factor`` (1,) or (cols,) stands behind the outputs of ``held``.

    Raises
    ------
    ConfigError
        As in :meth:`ReadState.of`; or if there is logic around cells that has no derivative.
    """
    if isinstance(held, TileState):
        tile = Pathwise(held, factor)
        return tile, tile
    if isinstance(held, Scaled):
        inner, own = pathwise(held.held, factor * held.factor)
        return (inner if own is not None else held), own
    if isinstance(held, Routed):
        inner, own = pathwise(held.held, factor)
        return replace(held, held=inner), own
    if isinstance(held, DigitalState):
        return held, None
    remedy = "Take the chip without it: network.build of the weights."
    return fail(f"derivatives of '{held.name}'", "a tile", type(held).__name__, remedy)
