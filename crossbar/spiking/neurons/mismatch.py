"""Mismatch of neurons: what differs from one to the next, drawn once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.devices.spread import log_normal
from crossbar.specification import Specification
from crossbar.types import Doubles, Rng
from crossbar.units import SPREAD, quantity

RELATIVE = "It is relative; measured ones are below 1."


@dataclass(frozen=True, kw_only=True)
class Mismatch(Specification):
    """Log-normal factors of mean 1 of three parameters, independent of each other.

    Parameters
    ----------
    sigma_threshold
        Spread of the distance from reset to threshold, relative.
    sigma_leak
        Spread of the leak conductance, relative.
    sigma_capacitance
        Spread of the capacitance, relative.

    Source: assumed, log-normal so that no parameter changes its sign.
    """

    sigma_threshold: float = quantity(0.0, role=SPREAD, low=0, high=2, remedy=RELATIVE)
    sigma_leak: float = quantity(0.0, role=SPREAD, low=0, high=2, remedy=RELATIVE)
    sigma_capacitance: float = quantity(0.0, role=SPREAD, low=0, high=2, remedy=RELATIVE)

    def draw(self, count: int, *, rng: Rng) -> tuple[Doubles, Doubles, Doubles]:
        """Return the factors of threshold, leak and capacitance, (count,) each.

        All three are drawn in any case, so that one spread changes the draws of no other.
        """
        z = rng.standard_normal((3, count))
        sigmas = (self.sigma_threshold, self.sigma_leak, self.sigma_capacitance)
        drawn = (log_normal(s, each).astype(np.float64) for s, each in zip(sigmas, z, strict=True))
        threshold, leak, capacitance = drawn
        return threshold, leak, capacitance
