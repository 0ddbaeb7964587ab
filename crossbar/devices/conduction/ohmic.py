"""Ohm's law."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.devices.conduction.law import CONDUCTIONS, Factorised
from crossbar.types import Floats


@CONDUCTIONS.register("ohmic")
@dataclass(frozen=True, kw_only=True)
class Ohmic(Factorised):
    """Ohm's law, i = g v.

    Source: definition. Valid for: any voltage.
    """

    ohmic = True

    def shape(self, v: Floats) -> tuple[Floats, Floats]:
        """Return v and 1."""
        return v, np.ones_like(v)

    def squared(self, g: float, v: float) -> float:
        """Return v^2."""
        return v**2

    def reach(self, low: float, high: float, v: float) -> float:
        """Return v."""
        return v

    def expression(self, g: str, v: str) -> str:
        """Return g v."""
        return f"{g}*{v}"
