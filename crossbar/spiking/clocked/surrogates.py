"""What stands in for the slope of a step, so that errors pass a spike."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from crossbar.contracts import answer, named, require_numbers
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Floats
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Surrogate(Specification):
    """A spike is s = 1 where u >= 0, and ds/du is taken to be ``slope``.

    u is the distance to the threshold, (V - threshold) / (threshold - reset).
    """

    def fires(self, u: Floats) -> Floats:
        """Return s, 0 or 1, of ``u`` (n, units)."""
        return (u >= 0).astype(u.dtype)

    @abstractmethod
    def slope(self, u: Floats) -> Floats:
        """Return what ds/du is taken to be, (n, units)."""

    def prove(self) -> None:
        """Raise unless it has a slope for each number."""
        super().prove()
        u = np.linspace(-1.0, 1.0, 6, dtype=np.float32).reshape(2, 3)
        require_numbers(named(self, "slope"), answer(self, "slope", u), u.shape)


SURROGATES = Registry(
    Surrogate,
    "surrogates",
    "slopes in place of that of a spike",
    setting="network.neuron.surrogate",
)


@SURROGATES.register("fast-sigmoid")
@dataclass(frozen=True, kw_only=True)
class FastSigmoid(Surrogate):
    """ds/du = 1 / (1 + sharpness |u|)^2.

    Parameters
    ----------
    sharpness
        How fast the slope falls beside the threshold.

    Source: Zenke and Ganguli, Neural Comput. 30:1514, 2018 (SuperSpike); the sharpness is assumed.
    """

    sharpness: float = quantity(5.0, above=0, high=1e6)

    def slope(self, u: Floats) -> Floats:
        """Return ds/du."""
        slope: Floats = 1 / np.square(1 + self.sharpness * np.abs(u))
        return slope


@SURROGATES.register("triangle")
@dataclass(frozen=True, kw_only=True)
class Triangle(Surrogate):
    """ds/du = height max(0, 1 - |u|).

    Parameters
    ----------
    height
        Slope at the threshold.

    Source: Bellec et al., NeurIPS 2018 (arXiv:1803.09574), height 0.3.
    """

    height: float = quantity(0.3, above=0, high=1e6)

    def slope(self, u: Floats) -> Floats:
        """Return ds/du."""
        slope: Floats = self.height * np.maximum(0, 1 - np.abs(u))
        return slope


@SURROGATES.register("arctan")
@dataclass(frozen=True, kw_only=True)
class ArcTan(Surrogate):
    """ds/du = (sharpness / 2) / (1 + (pi sharpness u / 2)^2).

    Parameters
    ----------
    sharpness
        Twice the slope at the threshold, and how fast it falls beside it.

    Source: Fang et al., ICCV 2021 (arXiv:2007.05785), sharpness 2.
    """

    sharpness: float = quantity(2.0, above=0, high=1e6)

    def slope(self, u: Floats) -> Floats:
        """Return ds/du."""
        bent = np.square(np.pi / 2 * self.sharpness * u)
        slope: Floats = self.sharpness / 2 / (1 + bent)
        return slope
