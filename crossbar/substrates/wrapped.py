"""Substrates around another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from crossbar.checks import check_fields
from crossbar.circuit.mapping import Mapping
from crossbar.substrates.port import Substrate
from crossbar.substrates.tile import Tile


@dataclass(frozen=True, kw_only=True)
class Holding(Substrate):
    """A substrate that holds weights by another one.

    Parameters
    ----------
    held
        The other one.
    """

    held: Substrate

    def __post_init__(self) -> None:
        check_fields(self)

    def require_parts(self, parts: Sequence[str]) -> None:
        """Raise if what is held says something about a part that is none of ``parts``."""
        self.held.require_parts(parts)

    def part(self, name: str) -> Self:
        """Return what holds the part ``name``."""
        return replace(self, held=self.held.part(name))

    def filled(self) -> Self:
        """Return the substrate for weights that have grown, without room for more."""
        return replace(self, held=self.held.filled())

    def fitted(self, largest: float) -> Self:
        """Return what holds weights with the room that ``largest`` would leave if first."""
        return replace(self, held=self.held.fitted(largest))


@dataclass(frozen=True, kw_only=True)
class Wrapped(Holding):
    """A tile with digital logic around it; its weights are ``Around`` those of the tile.

    Parameters
    ----------
    held
        The tile, or what is wrapped around it already.
    """

    held: Tile | Wrapped

    @property
    def mapping(self) -> Mapping:
        """That of the tile."""
        return self.held.mapping

    def mapped(self, mapping: Mapping) -> Self:
        """Return the substrate around a tile with another mapping."""
        return replace(self, held=self.held.mapped(mapping))
