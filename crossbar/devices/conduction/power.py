"""A current that grows with a power of the voltage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.devices.conduction.law import CONDUCTIONS, Factorised
from crossbar.types import Floats
from crossbar.units import quantity


@CONDUCTIONS.register("power")
@dataclass(frozen=True, kw_only=True)
class Power(Factorised):
    """Space-charge-limited current, i = g |v|^p sign(v) / v_ref^(p - 1).

    Parameters
    ----------
    p
        Power: 1 for an ohmic cell, 2 for a trap-free insulator, more with traps.
    v_ref : [V]
        Voltage at which a conductance is i / v. At the read voltage an input of full size is
        multiplied by the weight that was programmed, and smaller ones by less.

    Source: p = 2 of Mott and Gurney, Electronic Processes in Ionic Crystals, 1940; v_ref assumed,
    the default read voltage. Valid for: any voltage. Above p = 1 a cell conducts nothing at small
    voltages, and so has no thermal noise at rest.
    """

    p: float = quantity(2.0, low=1, high=20, remedy="2 without traps; below 1 no slope is finite.")
    v_ref: float = quantity(
        0.2, unit="V", low=1e-3, high=10, remedy="The read voltage, for example.",
    )  # fmt: skip

    def shape(self, v: Floats) -> tuple[Floats, Floats]:
        """Return h(v) and its derivative."""
        grown = (np.abs(v) / self.v_ref) ** (self.p - 1.0)
        return v * grown, self.p * grown

    def expression(self, g: str, v: str) -> str:
        """Return the current."""
        return f"{g}*sgn({v})*abs({v})^{self.p!r}/{self.v_ref ** (self.p - 1.0)!r}"
