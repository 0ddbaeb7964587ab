"""Current of a cell against its voltage: ohmic, sinh, and cells in series with a selector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from scipy.constants import elementary_charge, k
from scipy.special import wrightomega

from crossbar.checks import check_fields
from crossbar.units import quantity

Matrix = NDArray[np.float64]


@runtime_checkable
class CellLaw(Protocol):
    """Current of a cell with conductance g at voltage v: i(0) = 0, never falling."""

    def current(self, g: Matrix, v: Matrix) -> tuple[Matrix, Matrix]:
        """Return the currents [A] and their derivatives di/dv [S].

        Parameters
        ----------
        g
            (rows, cols) Conductances of the cells at small voltage, without a selector [S].
        v
            (rows, cols) Voltages of the word-line nodes above those of the bit-line nodes [V].
        """


@dataclass(frozen=True, kw_only=True)
class Ohmic:
    """Ohm's law, i = g v."""

    def current(self, g: Matrix, v: Matrix) -> tuple[Matrix, Matrix]:
        """Return the currents and their derivatives; see :class:`CellLaw`."""
        return g * v, g


@dataclass(frozen=True, kw_only=True)
class Sinh:
    """Thermally assisted hopping or tunnelling, i = g v0 sinh(v / v0).

    Parameters
    ----------
    v0
        Voltage that bends the curve: at v0 the current is 1.175 times the ohmic one [V].

    Notes
    -----
    **Source**: Jiang et al., IEEE TED 63(5), 1884, 2016 (Stanford-PKU model), v0 = 0.25 V.
    **Valid for** any voltage; :meth:`crossbar.wires.Wires.solve` raises where sinh overflows.
    """

    v0: float = quantity(
        0.25, unit="V", low=1e-3, high=100, remedy="It is 0.25 V in the model of Jiang et al.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_fields(self)

    def current(self, g: Matrix, v: Matrix) -> tuple[Matrix, Matrix]:
        """Return the currents and their derivatives; see :class:`CellLaw`."""
        return g * (self.v0 * np.sinh(v / self.v0)), g * np.cosh(v / self.v0)


@dataclass(frozen=True, kw_only=True)
class DiodeSelector:
    """A cell in series with a diode: v = i / g + n V_T log(1 + i / i_sat), V_T = k T / q.

    Forward is from word line to bit line. The solution is i = g n V_T (omega(a + log a + v / n V_T)
    - a), a = i_sat / (g n V_T), omega the Wright omega function; one Newton step in i restores the
    digits that the difference loses at small and at reverse voltages.

    Parameters
    ----------
    i_sat
        Saturation current of the diode [A].
    ideality
        Ideality factor n.
    temperature
        Temperature of the junction [K].

    Notes
    -----
    **Source**: Shockley, Bell Syst. Tech. J. 28(3), 435, 1949; the default saturation current is
    assumed. **Valid for** a diode without breakdown or leakage.
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

    def __post_init__(self) -> None:
        check_fields(self)

    def current(self, g: Matrix, v: Matrix) -> tuple[Matrix, Matrix]:
        """Return the currents and their derivatives; see :class:`CellLaw`."""
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


@dataclass(frozen=True, kw_only=True)
class TransistorSelector:
    """A cell in series with the channel of a transistor, its gate at a fixed overdrive.

    The channel passes i = i_sat (2 x - x^2) up to x = v_t / (2 r_on i_sat) = 1, and i_sat beyond;
    x is a root of the quadratic that adds the voltage i / g of the cell.

    Parameters
    ----------
    r_on
        Resistance of the channel at small voltage [ohm].
    i_sat
        Saturation current [A].

    Notes
    -----
    **Source**: Shichman and Hodges, IEEE JSSC 3(3), 285, 1968 (level 1, no channel-length
    modulation), with r_on i_sat half of the overdrive; the default values are assumed, and so is
    the same curve for both signs of the voltage. **Valid for** a gate voltage that follows the
    source of the transistor.
    """

    r_on: float = quantity(
        2e3, unit="ohm", low=1e-3, high=1e15, remedy="A channel has some kiloohms.",
    )  # fmt: skip
    i_sat: float = quantity(
        1e-4, unit="A", low=1e-15, high=1, remedy="A small transistor has some 100 uA.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_fields(self)

    def current(self, g: Matrix, v: Matrix) -> tuple[Matrix, Matrix]:
        """Return the currents and their derivatives; see :class:`CellLaw`."""
        pinch = 2.0 * self.r_on * self.i_sat
        half = 1.0 + 0.5 * g * pinch / self.i_sat  # x^2 - 2 half x + size = 0
        size = np.minimum(g * np.abs(v) / self.i_sat, 2.0 * half - 1.0)
        x = size / (half + np.sqrt(half * half - size))
        channel = 2.0 * self.i_sat * (1.0 - x) / pinch
        i = self.i_sat * x * (2.0 - x)
        return np.copysign(i, v), g * channel / (g + channel)
