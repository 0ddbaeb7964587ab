"""What holds weights in a tile with digital logic around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from crossbar.checks import check_fields
from crossbar.circuit.mapping import Mapping
from crossbar.substrates.port import Substrate
from crossbar.substrates.tile import Tile


@dataclass(frozen=True, kw_only=True)
class Wrapped(Substrate):
    """A substrate that is ``held`` but for how it programs; its weights are ``Around`` those.

    Parameters
    ----------
    held
        The tile, or what is wrapped around it already.
    """

    held: Tile | Wrapped

    def __post_init__(self) -> None:
        check_fields(self)

    def require_parts(self, parts: Sequence[str]) -> None:
        """Raise if the fault map names an array of none of ``parts``."""
        self.held.require_parts(parts)

    def part(self, name: str) -> Self:
        """Return what holds the part ``name``."""
        return replace(self, held=self.held.part(name))

    @property
    def mapping(self) -> Mapping:
        """That of the tile."""
        return self.held.mapping

    def mapped(self, mapping: Mapping) -> Self:
        """Return the substrate around a tile with another mapping."""
        return replace(self, held=self.held.mapped(mapping))

    def filled(self) -> Self:
        """Return the substrate for weights that have grown, without room for more."""
        return replace(self, held=self.held.filled())
