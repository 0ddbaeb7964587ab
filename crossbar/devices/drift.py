"""Drift of conductances: what a cell keeps of its conductance with time."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from crossbar.checks import check_fields
from crossbar.contracts import answer, named, require_numbers
from crossbar.errors import fail, require_number
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Floats
from crossbar.units import SPREAD, quantity

TRIED = 350.0  # K, temperature at which a law from outside is tried
EXPONENT = "Published exponents reach 0.15; at 1 a conductance is gone in ten times t0."


class Drift(Specification):
    """What cells keep of their conductance, by the time since the last write of each."""

    @abstractmethod
    def factor(self, x: Floats, z: Floats, since: Floats, until: Floats) -> Floats:
        """Return g(until) / g(since) of every cell.

        Parameters
        ----------
        x : (rows, cols)
            Conductances that the cells were written to, relative to ``g_max``, above zero.
        z : (rows, cols)
            Standard normal number of each cell, drawn at fabrication.
        since, until : (rows, cols) [s]
            Times since the write, at least that of the programming read, ``t0`` of the device.
        """

    def acceleration(self, temperature: float) -> float | None:
        """Return how many times as fast cells age at ``temperature`` [K] as :meth:`factor` says.

        None, as by default, where the law has no activation energy: it then holds for one
        temperature, and cells are stored at no other. See
        :class:`~crossbar.devices.Arrhenius`.
        """
        return None

    def prove(self) -> None:
        """Raise unless it gives a factor for each cell."""
        super().prove()
        x = np.linspace(0.1, 1.0, 6).reshape(2, 3)
        factor = answer(self, "factor", x, x - 0.5, 1.0 + x, 2.0 + x)
        require_numbers(named(self, "factor"), factor, x.shape, low=0)
        if (faster := answer(self, "acceleration", TRIED)) is not None:
            require_number(named(self, "acceleration"), faster, above=0, high=1e300)


DRIFTS = Registry(
    Drift, "drifts", "what cells keep of their conductance with time", setting="device.drift"
)


class PowerLaw(Drift):
    """The power law g(t) = g0 (t/t0)^-nu with an exponent of each cell."""

    @abstractmethod
    def exponents(self, x: Floats, z: Floats) -> Floats:
        """Return the exponent of every cell, at least zero; arguments as of :meth:`factor`."""

    def prove(self) -> None:
        """Raise unless it gives an exponent for each cell."""
        x = np.linspace(0.1, 1.0, 6).reshape(2, 3)
        exponents = answer(self, "exponents", x, x - 0.5)
        require_numbers(named(self, "exponents"), exponents, x.shape, low=0)
        super().prove()

    def factor(self, x: Floats, z: Floats, since: Floats, until: Floats) -> Floats:
        """Return (until / since)^-nu."""
        nu = self.exponents(x, z).astype(np.float32)
        factor: Floats = (until / since) ** -nu
        return factor


@DRIFTS.register("constant")
@dataclass(frozen=True, kw_only=True)
class ConstantExponent(PowerLaw):
    """The same mean and spread at every conductance: nu + sigma_nu z, cut at zero.

    Parameters
    ----------
    nu
        Drift exponent.
    sigma_nu
        Spread of the drift exponent.

    Source: form of Joshi et al., Nat. Commun. 11:2473, 2020; the values are the user's.
    """

    nu: float = quantity(0.0, low=0, high=1, remedy=EXPONENT)
    sigma_nu: float = quantity(0.0, role=SPREAD, low=0, high=1, remedy=EXPONENT)

    def exponents(self, x: Floats, z: Floats) -> Floats:
        """Return nu + sigma_nu z, cut at zero."""
        nu: Floats = np.maximum(self.nu + self.sigma_nu * z, 0)
        return nu


@DRIFTS.register("pcm")
@dataclass(frozen=True, kw_only=True)
class PcmExponent(PowerLaw):
    """Mean and spread that fall with the logarithm of the conductance, between limits.

    nu = m(x) + s(x) z, cut at zero. Both m and s are clip(a ln x + b, low, high). The exponent is
    0.049 +- 0.008 above x = 0.33; it is larger, and spreads more, for small conductances, up to
    0.1 +- 0.045.

    Parameters
    ----------
    nu
        Drift exponent, as a, b, low and high of its mean.
    sigma_nu
        Spread of the drift exponent, as a, b, low and high of its standard deviation.

    Source: PCM of Nandakumar et al., ICECS 2019.
    Valid for: conductances up to 25 uS, from 20 s after programming. The defaults are those of
    ``g_max`` = 25 uS; at another one add a ln(g_max / 25 uS) to each b.
    """

    nu: tuple[float, float, float, float] = quantity(
        (-0.0155, 0.0244, 0.049, 0.1), low=-1, high=1, remedy=EXPONENT
    )
    sigma_nu: tuple[float, float, float, float] = quantity(
        (-0.0125, -0.0059, 0.008, 0.045), role=SPREAD, low=-1, high=1, remedy=EXPONENT
    )

    def __post_init__(self) -> None:
        check_fields(self)
        for name in ("nu", "sigma_nu"):
            _, _, low, high = getattr(self, name)
            if not 0 <= low <= high:
                expected = "a lower limit from 0 up to the upper limit, both last"
                remedy = "Give a, b, low and high of clip(a ln x + b, low, high)."
                fail(f"PcmExponent.{name}", expected, f"{low:g} and {high:g}", remedy)

    def exponents(self, x: Floats, z: Floats) -> Floats:
        """Return m(x) + s(x) z, cut at zero."""
        nu: Floats = np.maximum(_clipped(self.nu, x) + _clipped(self.sigma_nu, x) * z, 0)
        return nu


def _clipped(coefficients: tuple[float, float, float, float], x: Floats) -> Floats:
    """Return clip(a ln x + b, low, high)."""
    a, b, low, high = coefficients
    clipped: Floats = np.clip(a * np.log(x) + b, low, high)
    return clipped
