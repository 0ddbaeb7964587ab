"""Hopping and tunnelling: a current that grows with the hyperbolic sine of the voltage."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from crossbar.checks import check_fields
from crossbar.devices.conduction.law import CONDUCTIONS, Factorised
from crossbar.errors import fail
from crossbar.types import Floats
from crossbar.units import quantity

STEEPEST = 100.0  # v_ref / v0, far from where sinh overflows


@CONDUCTIONS.register("sinh")
@dataclass(frozen=True, kw_only=True)
class Sinh(Factorised):
    """Thermally assisted hopping or tunnelling, i = g v_ref sinh(v / v0) / sinh(v_ref / v0).

    For v_ref = 0 that is i = g v0 sinh(v / v0).

    Parameters
    ----------
    v0 : [V]
        Voltage v0 that bends the curve: there the current is 1.175 times that of small voltages.
    v_ref : [V]
        Voltage at which a conductance is i / v: 0 for that of small voltages. With the read
        voltage, an input of full size is multiplied by the weight that was programmed, and smaller
        ones by less; with 0, small inputs are, and larger ones by more.

    Source: form and v0 = 0.25 V of Jiang et al., IEEE TED 63(5), 1884, 2016 (Stanford-PKU model).
    Valid for: any voltage where sinh does not overflow.
    """

    v0: float = quantity(
        0.25, unit="V", low=1e-3, high=100, remedy="It is 0.25 V in the model of Jiang et al.",
    )  # fmt: skip
    v_ref: float = quantity(
        0.0, unit="V", low=0, high=10, remedy="0 for the conductance of small voltages.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_fields(self)
        if self.v_ref > STEEPEST * self.v0:
            expected = f"at most {STEEPEST:g} v0 = {STEEPEST * self.v0:g} V"
            fail("Sinh.v_ref", expected, f"{self.v_ref:g} V", "Raise v0.")

    @property
    def _scale(self) -> float:
        """What sinh(v / v0) is multiplied by [V]."""
        return self.v_ref / math.sinh(self.v_ref / self.v0) if self.v_ref else self.v0

    def shape(self, v: Floats) -> tuple[Floats, Floats]:
        """Return h(v) and its derivative; infinite where sinh overflows."""
        with np.errstate(over="ignore"):
            x = v / self.v0
            return self._scale * np.sinh(x), self._scale / self.v0 * np.cosh(x)

    def expression(self, g: str, v: str) -> str:
        """Return the current."""
        return f"{g}*{self._scale!r}*sinh({v}/{self.v0!r})"
