"""Retention: how conductances relax towards a rest value, the faster the hotter."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from scipy import constants

from crossbar.devices.drift import DRIFTS, Drift
from crossbar.errors import require_number
from crossbar.types import Floats
from crossbar.units import SPREAD, quantity

KELVIN = 'Temperatures are in kelvin: 358.15, or "85 degC" in a TOML file.'
BOLTZMANN = constants.k / constants.e  # eV/K


@dataclass(frozen=True, kw_only=True)
class Arrhenius(Drift):
    """A law of drift with an activation energy: hours at a high temperature are years at a low one.

    A time t at the temperature T counts as much as t exp(E_a/k (1/T_0 - 1/T)) at the temperature
    T_0 for which the other numbers of the law hold.

    Parameters
    ----------
    activation : [eV]
        Activation energy E_a; assumed unless the user's source gives it.
    reference : [K]
        Temperature T_0.

    Source: Arrhenius, Z. Phys. Chem. 4:226, 1889. Valid for: one process that limits the loss; none
    at all temperatures.
    """

    activation: float = quantity(
        1.0, unit="eV", low=0, high=5, remedy="Published ones are 0.5 to 2 eV.",
    )  # fmt: skip
    reference: float = quantity(300.0, unit="K", low=200, high=1000, remedy=KELVIN)

    def acceleration(self, temperature: float) -> float:
        """Return exp(E_a/k (1/T_0 - 1/T))."""
        return math.exp(self.activation / BOLTZMANN * (1 / self.reference - 1 / temperature))


@dataclass(frozen=True, kw_only=True)
class Relaxation(Arrhenius):
    """g(t) = g_r + (g0 - g_r) s(k t), where the rate k of every cell is k_0 exp(sigma z).

    Parameters
    ----------
    rest
        Conductance g_r that cells relax to, relative to ``g_max``.
    rate : [1/s]
        Median rate k_0 at the reference temperature; above 0, and without default.
    sigma_rate
        Spread of the logarithm of the rate from cell to cell.

    Valid for: a first read long before 1/k. A cell of no conductance stays at none.
    """

    rest: float = quantity(0.0, share=True, low=0, high=1, remedy="It is relative to g_max.")
    rate: float = quantity(
        unit="1/s", above=0, high=1e9, remedy="Of a loss within 10 years, some 3e-9 1/s.",
    )  # fmt: skip
    sigma_rate: float = quantity(
        0.0, role=SPREAD, low=0, high=20, remedy="It is that of ln k; 2.3 is a decade.",
    )  # fmt: skip

    @abstractmethod
    def left(self, kt: Floats) -> Floats:
        """Return the share s of the distance to the rest value that is left, 1 at ``kt`` = 0."""

    def factor(self, x: Floats, z: Floats, since: Floats, until: Floats) -> Floats:
        """Return g(until) / g(since); 0 where nothing was left."""
        k = self.rate * np.exp(self.sigma_rate * z.astype(np.float64))
        kept, later = (
            self.rest / x + (1 - self.rest / x) * self.left(k * t) for t in (since, until)
        )
        factor: Floats = np.divide(later, kept, out=np.zeros(x.shape), where=kept > 0)
        return factor


@DRIFTS.register("retention")
@dataclass(frozen=True, kw_only=True)
class Retention(Relaxation):
    """Stretched exponential loss towards a rest value: s = exp(-(k t)^beta).

    Parameters
    ----------
    beta
        Exponent of the time: 1 is one exponential, less is many times of decay in each cell.

    Source: form of Kohlrausch, Pogg. Ann. 91:56, 1854; the values are the user's.
    """

    beta: float = quantity(1.0, low=0.01, high=1, remedy="0.3 to 1 are usual.")

    def left(self, kt: Floats) -> Floats:
        """Return exp(-(k t)^beta)."""
        left: Floats = np.exp(-(kt**self.beta))
        return left


@DRIFTS.register("log-retention")
@dataclass(frozen=True, kw_only=True)
class LogRetention(Relaxation):
    """Loss by the logarithm of time, towards a rest value: s = 1 - loss log10(1 + k t), cut at 0.

    Parameters
    ----------
    loss
        Share of the distance to the rest value that is lost in each decade of time after 1/k; above
        0, and without default.

    Source: form of barriers of evenly spread heights, Primak, Phys. Rev. 100:1677, 1955; the values
    are the user's.
    """

    loss: float = quantity(share=True, above=0, high=1, remedy="It is a share a decade.")

    def left(self, kt: Floats) -> Floats:
        """Return 1 - loss log10(1 + k t), cut at 0."""
        left: Floats = np.maximum(1 - self.loss * np.log10(1 + kt), 0)
        return left


def as_temperature(where: str, temperature: float) -> float:
    """Return a temperature of storage [K] as a number, or raise unless it can be."""
    return require_number(where, temperature, low=200, high=1000, unit="K", remedy=KELVIN)
