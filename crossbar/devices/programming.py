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

POLYNOMIAL = "Give the coefficients c0, c1, ... of sigma(u), relative to the range."
SECONDS = 'Times are in seconds: 50e-9, or "50 ns" in a TOML file.'


class Programming(Specification):
    """A way to write."""

    @abstractmethod
    def program(self, cells: Cells, target: Floats, *, rng: Rng) -> Tally:
        """Bring ``cells`` towards ``target`` (rows, cols) [S], and return what it took.

        Cells are written by :meth:`Cells.write`, at once, or by :meth:`Cells.pulse`.
        """


PROGRAMMINGS = Registry(
    Programming, "programmings", "how target conductances are written", setting="device.programming"
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
        return cells.write(target + sigma * (high - low) * rng.standard_normal(target.shape))


@PROGRAMMINGS.register("write-verify")
@dataclass(frozen=True, kw_only=True)
class WriteVerify(Programming):
    """Read, compare, and give the pulses that are missing, until every cell is near its target.

    Cells begin where they stand. A read has the read noise of the cells; a cell that is read
    within the tolerance is left alone. A round gives the pulses that are missing at the nominal
    step, rounded, one at least and :attr:`Device.max_pulses` at most; half as many to a cell from
    each time on that it overshoots, since its own step may be larger.

    Parameters
    ----------
    tolerance
        Largest distance from the target that is accepted, relative to the range.
    tries
        Most rounds of reads and pulses.
    v_read : [V], t_read : [s]
        Read that verifies, for energy and time.

    Source: the usual scheme, as in Alibart et al., Nanotechnology 23:075201, 2012; the numbers are
    assumed.
    Valid for: cells that pulses move gradually. Time counts all cells at once: a round takes the
    longest train of pulses and one read.
    """

    tolerance: float = quantity(
        0.01, low=1e-6, high=1, remedy="It is relative to the range; 0.01 is usual.",
    )  # fmt: skip
    tries: int = quantity(20, low=1, high=100_000, remedy="10 to 100 are usual.")
    v_read: float = quantity(0.2, unit="V", low=1e-6, high=10, remedy="0.1 to 0.5 V are usual.")
    t_read: float = quantity(1e-6, unit="s", low=1e-12, high=1e3, remedy=SECONDS)

    def program(self, cells: Cells, target: Floats, *, rng: Rng) -> Tally:
        """Write ``target`` by rounds of reads and pulses."""
        spec, tally = cells.spec, Tally()
        if not spec.quantum:
            got, remedy = type(spec).__name__, "Use exact programming."
            fail("WriteVerify", "a device that whole pulses move", got, remedy)
        if self.v_read > spec.conduction.v_max:
            expected = f"at most {spec.conduction.v_max:g} V, where the conduction ends"
            remedy = "Lower it, or measure the current further."
            fail("WriteVerify.v_read", expected, f"{self.v_read:g} V", remedy)
        low, _, high = spec.window
        _, t_write = spec.write_pulse
        waiting, share, way = cells.free.copy(), np.ones(target.shape), np.zeros(target.shape)
        for _ in range(self.tries):
            missing = target - _read(cells, rng)
            tally.reads += float(waiting.sum())
            i, _ = spec.conduction.current(cells.g[waiting], np.array(self.v_read))
            tally.read_energy += self.v_read * self.t_read * float(i.sum())
            tally.seconds += self.t_read
            waiting &= np.abs(missing) > self.tolerance * (high - low)
            if not waiting.any():
                break
            share[way * missing < 0] *= 0.5
            way = np.sign(missing)
            pulses = np.maximum(np.rint(share * np.abs(missing) / spec.quantum), 1)
            pulses = np.minimum(pulses, spec.max_pulses) * waiting
            tally.add(cells.pulse((way * pulses).astype(np.int32), rng=rng))
            tally.seconds += float(pulses.max()) * t_write
        return tally


def require_positive(where: str, sigma: tuple[float, ...]) -> None:
    """Raise unless the polynomial ``sigma`` is a standard deviation on the whole range."""
    if not np.all(polyval(np.linspace(0.0, 1.0, 101), sigma) >= 0):
        fail(where, "a polynomial >= 0 on [0, 1]", str(sigma), POLYNOMIAL)


def _read(cells: Cells, rng: Rng) -> Floats:
    """Return the conductances [S] that one read of every cell gives."""
    absolute, relative = cells.spec.read_noise
    variance = absolute**2 + (relative * cells.g) ** 2
    flicker = cells.flicker()
    if flicker.size:
        variance = variance + flicker
    read: Floats = cells.g + np.sqrt(variance) * rng.standard_normal(cells.g.shape)
    return read
