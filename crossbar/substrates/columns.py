"""Weights that are scaled column by column, so that each uses the whole range of the cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from crossbar.activity import Activity
from crossbar.errors import fail
from crossbar.substrates.arguments import as_matrix
from crossbar.substrates.routed import Rerouted
from crossbar.substrates.scaled import Scaled
from crossbar.substrates.tile import Tile
from crossbar.substrates.wrapped import Wrapped
from crossbar.types import Floats, Rng


@dataclass(frozen=True, kw_only=True)
class ByColumn(Wrapped):
    """A tile with a scale for every column of weights, multiplied in digital behind the ADC.

    W = V diag(c): the cells hold V, whose columns all have the largest weight of the matrix, by the
    rules of the mapping for the largest weight of each (``clipping``, ``headroom``). Errors of
    cells, amplifiers and ADCs then count c_j / max c in column j.

    Parameters
    ----------
    held
        What holds V.

    Raises
    ------
    ConfigError
        If the mapping has a largest weight of its own, from which no column has another.

    Source: definition; the usual scale a channel of quantised networks.
    """

    held: Tile | Rerouted

    def __post_init__(self) -> None:
        super().__post_init__()
        if (limit := self.held.mapping.w_max) is not None:
            remedy = "Leave tile.mapping.w_max out, or scale by layer: one limit holds for all."
            fail("ByColumn.held", "a mapping without w_max", f"w_max = {limit:g}", remedy)

    def fitted(self, largest: float) -> Self:
        """Return itself: every column has a limit of its own."""
        return self

    def program(
        self,
        weights: Floats,
        *,
        rng: Rng,
        copies: int = 1,
        name: str = "tile",
        activity: Activity | None = None,
    ) -> Scaled:
        """Fabricate arrays for ``weights`` (rows, cols), write them and return the state."""
        weights = as_matrix("ByColumn.program", weights, rng)
        mapping = self.held.mapping
        limits = np.array([
            mapping.fitted(column).limit if column.any() else 0.0 for column in weights.T
        ])  # fmt: skip
        top = float(limits.max()) or 1.0
        factor = np.where(limits > 0, limits, top) / top
        mapped, even = self.held.mapped(replace(mapping, w_max=top)), weights / factor
        state = mapped.program(even, rng=rng, copies=copies, name=name, activity=activity)
        return Scaled(state, factor)
