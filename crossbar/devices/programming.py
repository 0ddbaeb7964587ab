"""Programming: how target conductances are written."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.polynomial.polynomial import polyval

from crossbar.checks import check_fields
from crossbar.devices.tally import Tally
from crossbar.errors import fail
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Floats, Rng
from crossbar.units import SPREAD, quantity

if TYPE_CHECKING:
    from crossbar.devices.cells import Cells
    from crossbar.devices.device import Device

POLYNOMIAL = "Give the coefficients c0, c1, ... of sigma(u), relative to the range."


class Programming(Specification):
    """A way to write."""

    @abstractmethod
    def program(self, cells: Cells, target: Floats, *, rng: Rng) -> Tally:
        """Bring ``cells`` towards ``target`` (rows, cols) [S], and return what it took.

        Cells are written by :meth:`Cells.write`, at once, or by :meth:`Cells.pulse`. Those whose
        target is not a number (NaN) are left alone.
        """

    def check(self, device: Device) -> None:
        """Raise unless cells of ``device`` can be written in this way."""


PROGRAMMINGS = Registry(
    Programming, "programmings", "how target conductances are written", setting="tile.programming"
)


@PROGRAMMINGS.register("exact")
@dataclass(frozen=True)
class Exact(Programming):
    """Targets themselves, as far as the cells can take them."""

    def program(self, cells: Cells, target: Floats, *, rng: Rng) -> Tally:
        """Write ``target``; nothing is drawn."""
        return cells.write(target)


@PROGRAMMINGS.register("single-shot")
@dataclass(frozen=True, kw_only=True)
class SingleShot(Programming):
    """One write a cell, with a normal error.

    Parameters
    ----------
    sigma : polynomial coefficients
        Programming error relative to the range, as a polynomial in the normalised conductance
        u = (g - g_min)/(g_max - g_min): sigma = c0 + c1 u + c2 u^2 + ...

    Raises
    ------
    ConfigError
        If the polynomial falls below zero.

    It counts as one write pulse of the device for each cell, at the conductance that it writes, and
    its time as that of one pulse, all cells at once: assumed, and least where a write takes more.

    Source: the form of published errors; the values are the user's.
    """

    sigma: tuple[float, ...] = quantity((0.0,), role=SPREAD, low=-10, high=10, remedy=POLYNOMIAL)

    def __post_init__(self) -> None:
        check_fields(self)
        require_positive("SingleShot.sigma", self.sigma)

    def program(self, cells: Cells, target: Floats, *, rng: Rng) -> Tally:
        """Write ``target`` with the error."""
        low, _, high = cells.spec.window
        sigma = polyval((target - low) / (high - low), self.sigma)
        return shot(cells, target + sigma * (high - low) * rng.standard_normal(target.shape))


@PROGRAMMINGS.register("saturating")
@dataclass(frozen=True, kw_only=True)
class SaturatingError(Programming):
    """One write a cell, with a normal error whose deviation saturates with the target.

    sigma / g_max = amplitude (1 - exp(-x / scale)), x = target / g_max. It counts as a single shot.

    Parameters
    ----------
    amplitude
        Largest programming error, relative to ``g_max``.
    scale
        Target at which it is 63 % of that, relative to ``g_max``.

    Source: form of the SONOS cells of Agrawal et al., IEDM 2022, as fitted in CrossSim; the
    defaults are theirs at 16 uS.
    """

    amplitude: float = quantity(
        19.88665 / 1600, role=SPREAD, low=0, high=1, remedy="Published: 0.0124."
    )
    scale: float = quantity(176.3115 / 1600, above=0, high=10, remedy="Published: 0.11.")

    def program(self, cells: Cells, target: Floats, *, rng: Rng) -> Tally:
        """Write ``target`` with the error."""
        top = cells.spec.window[2]
        sigma = -self.amplitude * top * np.expm1(-target / top / self.scale)
        return shot(cells, target + sigma * rng.standard_normal(target.shape))


def shot(cells: Cells, wanted: Floats) -> Tally:
    """Write ``wanted`` [S] by one pulse for each cell where it is a number, and count them."""
    tally = cells.write(wanted)
    written = cells.g[~np.isnan(wanted)]
    met = float(written.sum(dtype=np.float64))
    tally.add(Tally.of(pulses=written.size, changed=0, saturated=0, conductance=met))
    tally.seconds += cells.spec.write_pulse[1]
    return tally


def require_positive(where: str, sigma: tuple[float, ...]) -> None:
    """Raise unless the polynomial ``sigma`` is a standard deviation on the whole range."""
    if not np.all(polyval(np.linspace(0.0, 1.0, 101), sigma) >= 0):
        fail(where, "a polynomial >= 0 on [0, 1]", str(sigma), POLYNOMIAL)
