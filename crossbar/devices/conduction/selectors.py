"""Cells in series with a selector, whose share of the voltage depends on the conductance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.constants import elementary_charge, k
from scipy.special import wrightomega

from crossbar.devices.conduction.law import CONDUCTIONS, Conduction
from crossbar.types import Floats
from crossbar.units import quantity


class Series(Conduction):
    """An ohmic cell in series with a selector."""

    def by_conductance(self, g: Floats, v: Floats) -> Floats:
        """Return i (di/dv) / g^2: the voltage of the cell, times the share that the selector lets.

        Where g is 0 the cell has the whole voltage.
        """
        i, slope = self.current(g, v)
        live = g > 0.0
        size = np.where(live, g, 1.0)
        return np.where(live, (i / size) * (slope / size), v)


@CONDUCTIONS.register("diode-selector")
@dataclass(frozen=True, kw_only=True)
class DiodeSelector(Series):
    """A cell in series with a diode: v = i / g + n V_T log(1 + i / i_sat), V_T = k T / q.

    Forward is from word line to bit line; backward the current is that of the diode at most, so
    that a tile whose inputs or errors have both signs loses one of them. The solution is i = g n
    V_T (omega(a + log a + v / n V_T) - a), a = i_sat / (g n V_T), omega the Wright omega function;
    one Newton step in i restores the digits that the difference loses at small and at reverse
    voltages.

    Parameters
    ----------
    i_sat : [A]
        Saturation current of the diode.
    ideality
        Ideality factor n.
    temperature : [K]
        Temperature of the junction.

    Source: Shockley, Bell Syst. Tech. J. 28(3), 435, 1949; the default saturation current is
    assumed. Valid for: a diode without breakdown or leakage.
    """

    i_sat: float = quantity(
        1e-9, unit="A", low=1e-30, high=1, remedy="A small diode has 1 fA to 1 nA.",
    )  # fmt: skip
    ideality: float = quantity(
        1.0, low=0.1, high=100, remedy="1 to 2 are usual, more for a stack of junctions.",
    )  # fmt: skip
    temperature: float = quantity(
        300.0, unit="K", low=1, high=1000, remedy="Junctions work below 1000 K.",
    )  # fmt: skip

    def current(self, g: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return the currents and their derivatives."""
        live = g > 0.0
        r = 1.0 / np.where(live, g, 1.0)
        v_n = self.ideality * k * self.temperature / elementary_charge
        a = self.i_sat * r / v_n
        i = (wrightomega(a + np.log(a) + v / v_n).real - a) * (v_n / r)
        over = (v - i * r) / v_n
        slope = self.i_sat * np.exp(over) / v_n
        i -= (i - self.i_sat * np.expm1(over)) / (1.0 + slope * r)
        slope = (i + self.i_sat) / v_n
        return np.where(live, i, 0.0), np.where(live, slope / (1.0 + slope * r), 0.0)


@CONDUCTIONS.register("transistor-selector")
@dataclass(frozen=True, kw_only=True)
class TransistorSelector(Series):
    """A cell in series with the channel of a transistor, its gate at a fixed overdrive.

    The channel passes i = i_sat (2 x - x^2) up to x = v_t / (2 r_on i_sat) = 1, and i_sat beyond;
    x is a root of the quadratic that adds the voltage i / g of the cell.

    Parameters
    ----------
    r_on : [ohm]
        Resistance of the channel at small voltage.
    i_sat : [A]
        Saturation current.

    Source: Shichman and Hodges, IEEE JSSC 3(3), 285, 1968 (level 1, no channel-length modulation),
    with r_on i_sat half of the overdrive; the default values are assumed, and so is the same curve
    for both signs of the voltage. Valid for: a gate voltage that follows the source of the
    transistor.
    """

    r_on: float = quantity(
        2e3, unit="ohm", low=1e-3, high=1e15, remedy="A channel has some kiloohms.",
    )  # fmt: skip
    i_sat: float = quantity(
        1e-4, unit="A", low=1e-15, high=1, remedy="A small transistor has some 100 uA.",
    )  # fmt: skip

    def current(self, g: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return the currents and their derivatives."""
        pinch = 2.0 * self.r_on * self.i_sat
        half = 1.0 + 0.5 * g * pinch / self.i_sat  # x^2 - 2 half x + size = 0
        size = np.minimum(g * np.abs(v) / self.i_sat, 2.0 * half - 1.0)
        x = np.minimum(size / (half + np.sqrt(half * half - size)), 1.0)
        channel = 2.0 * self.i_sat * (1.0 - x) / pinch
        i = self.i_sat * x * (2.0 - x)
        both = g + channel
        slope = np.divide(g * channel, both, out=np.zeros_like(i), where=both > 0.0)
        return np.copysign(i, v), slope

    def expression(self, g: str, v: str) -> str:
        """Return the current."""
        half = f"(1+{g}*{self.r_on!r})"
        size = f"min({g}*abs({v})/{self.i_sat!r},1+2*{g}*{self.r_on!r})"
        x = f"({size}/({half}+sqrt(max({half}*{half}-{size},0))))"
        return f"{self.i_sat!r}*sgn({v})*{x}*(2-{x})"
