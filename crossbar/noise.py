"""Noise of line currents, drawn once a line: exact for independent Gaussian cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import constants

from crossbar.errors import require_number
from crossbar.types import Floats
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How an array is read, and the noise that physics adds.

    Parameters
    ----------
    v_read : [V]
        Largest line voltage of a read.
    t_read : [s]
        Time of one read; its bandwidth is 1/(2 t_read).
    temperature : [K]
        Johnson-Nyquist current noise of every cell, variance 4 k T G / (2 t_read); 0 for none.
    fano
        Shot noise of every cell, variance fano 2 q |I| / (2 t_read): 0 for an ohmic, 1 for a
        tunnelling conductor.

    Source: Nyquist, Phys. Rev. 32:110, 1928; Schottky, Ann. Phys. 362:541, 1918.
    """

    v_read: float = quantity(0.2, unit="V")
    t_read: float = quantity(10e-9, unit="s")
    temperature: float = quantity(300.0, unit="K")
    fano: float = 0.0

    def __post_init__(self) -> None:
        remedy = 'Voltages are in volts: 0.35, or "350 mV" in a TOML file.'
        require_number("Reading.v_read", self.v_read, above=0, high=10, unit="V", remedy=remedy)
        require_number("Reading.t_read", self.t_read, above=0, unit="s")
        require_number("Reading.temperature", self.temperature, low=0, below=1e4, unit="K")
        require_number("Reading.fano", self.fano, low=0, high=1)


def product(v: Floats, g: Floats) -> Floats:
    """Return v (n, copies, inputs) times g (copies, inputs, outputs), copy by copy."""
    if len(g) == 1:
        single: Floats = (v[:, 0] @ g[0])[:, None]
        return single
    product: Floats = np.matmul(v.transpose(1, 0, 2), g).transpose(1, 0, 2)
    return product


@dataclass(frozen=True)
class CellNoise:
    """Variance of line currents from the noise of every cell on the line.

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

    def variance(self, v: Floats, planes: Sequence[Floats], total: Floats | None = None) -> Floats:
        """Return the variance [A^2] of line currents, broadcastable to (n, copies, outputs).

        The sum over the cells of a line of v_i^2 sigma_ij^2, of 4 k T g_ij / (2 t) and of
        fano 2 q |v_i| g_ij / (2 t).

        Parameters
        ----------
        v : (n, copies, inputs) [V]
            Line voltages.
        planes : (copies, inputs, outputs) [S] each
            Conductances that the voltages drive.
        total : (copies, outputs) [S]
            Sum of the conductances on each output line, if it is known.
        """
        variance = np.einsum("nci,nci->nc", v, v)[..., None]
        variance = len(planes) * self.absolute**2 * variance
        band = 0.5 / self.reading.t_read
        if self.relative:
            for g in planes:
                variance = variance + self.relative**2 * product(v * v, g * g)
        if self.reading.fano:
            for g in planes:
                shot = 2 * constants.e * self.reading.fano * band
                variance = variance + shot * product(np.abs(v), g)
        if self.reading.temperature:
            if total is None:
                total = np.sum([g.sum(axis=1) for g in planes], axis=0)
            variance = variance + 4 * constants.k * self.reading.temperature * band * total
        spread: Floats = variance
        return spread


def draw(variance: Floats, shape: tuple[int, ...], *, rng: np.random.Generator) -> Floats:
    """Return Gaussian noise of ``shape`` in float32 with ``variance`` (broadcastable)."""
    scale: Floats = np.sqrt(variance).astype(np.float32)
    noise: Floats = scale * rng.standard_normal(shape, np.float32)
    return noise
