"""Noise of line currents, drawn once a line: exact for independent Gaussian cells."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import constants

from crossbar.checks import Checked
from crossbar.devices.noise import read_variance
from crossbar.displayed import Displayed
from crossbar.kernels import settings as at
from crossbar.types import Floats
from crossbar.units import quantity

REST = 1e-8
"""Voltage relative to 2 k T / e below which a cell rests: i / v would be rounding, and is di/dv."""


@dataclass(frozen=True, kw_only=True)
class Reading(Checked, Displayed):
    """How an array is read, and the noise that physics adds.

    Parameters
    ----------
    v_read : [V]
        Largest voltage of a read.
    t_read : [s]
        Time of a read; its bandwidth is 1/(2 t_read).
    temperature : [K]
        Temperature, of thermal noise. Without shot noise, the cells have Johnson-Nyquist noise
        alone: a variance of 4 k T G / (2 t_read) for the current of each; 0 for none.
    fano
        Shot noise of the cells, their Fano factor F: 0 for an ohmic, 1 for a tunnelling conductor.
        At the voltage V the current I has the variance (2 e |I| coth(e |V| / (2 k T)) F + 4 k T G
        (1 - F)) / (2 t_read), which is thermal noise alone for e V << k T, and shot noise 2 e F |I|
        for T = 0.

    Source: Blanter and Buettiker, Phys. Rep. 336:1, 2000.
    Valid for: 2 t_read well above h / (k T) and h / (e V), some 0.1 ps.
    """

    v_read: float = quantity(
        0.2, unit="V", above=0, high=10,
        remedy='Voltages are in volts: 0.35, or "350 mV" in a TOML file.',
    )  # fmt: skip
    t_read: float = quantity(
        10e-9, unit="s", low=1e-12, high=1e3,
        remedy='Times are in seconds: 10e-9, or "10 ns"; no read takes under 1 ps.',
    )  # fmt: skip
    temperature: float = quantity(
        300.0, unit="K", low=0, high=1000,
        remedy="Give 0 for no thermal noise; circuits fail well below 1000 K.",
    )  # fmt: skip
    fano: float = quantity(
        0.0, low=0, high=1, remedy="0 is an ohmic, 1 a tunnelling conductor.",
    )  # fmt: skip

    def over(self, steps: float) -> Reading:
        """Return the reading whose white noise averages over so many ``steps``."""
        return replace(self, t_read=self.t_read * steps)


@dataclass(frozen=True)
class CellNoise:
    """Variance of line currents from the noise of every cell on the line.

    The sum over the cells of a line of v_i^2 sigma_ij^2, of 4 k T g_ij / (2 t), and of
    fano 2 q |v_i| L(x_i) g_ij / (2 t), with x_i = q |v_i| / (2 k T) and the Langevin function
    L(x) = coth x - 1 / x: what shot noise adds to thermal noise.

    Attributes
    ----------
    absolute : [S]
        Standard deviation of the conductance seen by a read, the same for every cell.
    relative
        Standard deviation of the conductance seen by a read, relative to the cell's own.
    reading
        Bandwidth, temperature and Fano factor.
    """

    absolute: float
    relative: float
    reading: Reading

    @property
    def silent(self) -> bool:
        """Whether there is no noise at all."""
        r = self.reading
        return not (self.absolute or self.relative or r.temperature or r.fano)

    @property
    def uniform(self) -> bool:
        """Whether no term depends on the conductance of each single cell."""
        return not (self.relative or self.reading.fano)

    @property
    def steepness(self) -> float:
        """Power with which shot noise beyond thermal noise grows at the read voltage, 1 to 2."""
        thermal = 2 * constants.k * self.reading.temperature / constants.e
        if self.reading.v_read > 300 * thermal:
            return 1.0
        x = max(self.reading.v_read / thermal, 1e-2)
        langevin = 1 / math.tanh(x) - 1 / x
        return 1 + x * (1 / x**2 - 1 / math.sinh(x) ** 2) / langevin

    def spread(self, g: Floats, flicker: Floats) -> Floats:
        """Return the variance [S^2] of a read of cells ``g``, with that by their age, if any."""
        return read_variance((self.absolute, self.relative), g, flicker)

    @property
    def thermal(self) -> float:
        """Variance of the current of one siemens at rest, 4 k T / (2 t) [A^2/S]."""
        return 2 * constants.k * self.reading.temperature / self.reading.t_read

    def density(self, i: Floats, slope: Floats, v: Floats) -> Floats:
        """Return the variance of the current of cells that need not be ohmic [A^2].

        (2 e F |i| coth(e |v| / (2 k T)) + (1 - F) 4 k T di/dv) / (2 t): of all tunnelling
        conductors exact (Rogovin and Scalapino, Ann. Phys. 86:1, 1974), and at rest of every
        conductor; in between, thermal noise by the differential conductance is an approximation.
        Both are the thermal and shot noise of an ohmic cell where i = g v.

        Parameters
        ----------
        i, slope, v
            Currents [A], their derivatives di/dv [S] and voltages [V], of shapes that broadcast.
        """
        r = self.reading
        if not r.temperature:
            shot: Floats = constants.e * r.fano / r.t_read * np.abs(i)
            return shot
        x = np.abs(v) * (constants.e / (2 * constants.k * r.temperature))
        chord = np.divide(i, v, out=np.array(slope * np.ones_like(v)), where=x > REST)
        bent = np.where(x < 1e-4, 1.0, x / np.tanh(np.maximum(x, 1e-4)))  # x coth x
        variance: Floats = self.thermal * (r.fano * chord * bent + (1 - r.fano) * slope)
        return variance

    def fill(self, settings: Floats) -> None:
        """Enter the noise into the settings of a read (see :mod:`crossbar.kernels.reads`)."""
        r, band = self.reading, 0.5 / self.reading.t_read
        settings[at.PER_CELL] = self.absolute**2
        settings[at.RELATIVE] = self.relative**2
        settings[at.THERMAL] = 4 * constants.k * r.temperature * band
        settings[at.SHOT] = 2 * constants.e * r.fano * band
        settings[at.BIAS] = constants.e / (2 * constants.k * max(r.temperature, 1e-20))
