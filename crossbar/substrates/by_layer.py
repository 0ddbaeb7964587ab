"""A chip that mixes substrates: one for each layer that has its own, and one for the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from crossbar.checks import require_part
from crossbar.errors import fail, nearest
from crossbar.substrates.by_part import ByPart
from crossbar.substrates.port import Substrate


@dataclass(frozen=True, kw_only=True)
class ByLayer(ByPart):
    """A substrate for each layer.

    Parameters
    ----------
    default
        What holds the weights of a layer that ``layers`` do not name.
    layers
        Substrates by the name of the layer. The matrix ``M`` of a layer that holds several is
        called ``LAYER.M``, and follows its layer.

    Examples
    --------
    >>> import numpy as np
    >>> from crossbar.substrates.digital import Digital
    >>> mixed = ByLayer(default=Digital(), layers={"out": Digital(dtype=np.float64)})
    >>> rng = np.random.default_rng(0)
    >>> [mixed.program(np.eye(2), rng=rng, name=n).dtype.__name__ for n in ("fc", "out")]
    ['float32', 'float64']
    """

    default: Substrate
    layers: Mapping[str, Substrate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_part("ByLayer.default", self.default, Substrate)
        for name, one in self.layers.items():
            require_part(f"ByLayer.layers['{name}']", one, Substrate)

    def part(self, name: str) -> Substrate:
        """Return what holds the part ``name``."""
        return self.layers.get(name.partition(".")[0], self.default).part(name)

    def require_parts(self, parts: Sequence[str]) -> None:
        """Raise if a layer is named, or said something about, that is none of ``parts``."""
        known = list(dict.fromkeys(name.partition(".")[0] for name in parts))
        for name in self.layers:
            if name not in known:
                expected = f"a layer with weights: {', '.join(known)}"
                fail(f"layers.{name}", expected, "none of that name", nearest(name, known))
        self.default.require_parts(parts)

    def filled(self) -> Self:
        """Return the substrates for weights that have grown, without room for more."""
        own = {name: one.filled() for name, one in self.layers.items()}
        return type(self)(default=self.default.filled(), layers=own)
