"""Write-verify: rounds of reads and pulses until every cell is read near its target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crossbar.devices.programming import PROGRAMMINGS, Programming
from crossbar.devices.tally import Tally
from crossbar.devices.verification import Verification
from crossbar.errors import fail
from crossbar.types import Floats, Rng
from crossbar.units import quantity

if TYPE_CHECKING:
    from crossbar.devices.cells import Cells
    from crossbar.devices.device import Device

RANGE = "It is relative to the range; 0.01 is usual."


@PROGRAMMINGS.register("write-verify")
@dataclass(frozen=True, kw_only=True)
class WriteVerify(Verification, Programming):
    """Read, compare, and give the pulses that are missing, until every cell is near its target.

    Cells begin where they stand. A read has the read noise of the cells; a cell that is read
    within the tolerance is left alone. A round gives the pulses that are missing at the nominal
    step, rounded, one at least and :attr:`Device.max_pulses` at most; half as many to a cell from
    each time on that it overshoots, since its own step may be larger. Every round ends with a
    read. Which cells are stuck is not known: they get their pulses too.

    The true error e of a cell that is left alone has a density in proportion to v(e) a(e): how
    often cells stand at e when they are read, times the probability that a read accepts them,
    a(e) = Phi((tol - e) / s) - Phi((-tol - e) / s), with s the noise of a read. Where cells come to
    all e about the target alike, its variance is tol^2 / 3 + s^2.

    Parameters
    ----------
    tolerance
        Largest distance from the target that is accepted, relative to the range.
    tries
        Most rounds of pulses.
    budget
        Most pulses of one cell, over all rounds.

    Raises
    ------
    ConfigError
        If the tolerance is below the noise of what is compared, or the device has no pulses.

    Source: the usual scheme, as in Alibart et al., Nanotechnology 23:075201, 2012; the numbers are
    assumed.
    Valid for: cells that pulses move gradually. Time counts all cells at once: a round takes the
    longest train of pulses and its reads.
    """

    tolerance: float = quantity(0.01, low=1e-6, high=1, remedy=RANGE)
    tries: int = quantity(20, low=1, high=100_000, remedy="10 to 100 are usual.")
    budget: int = quantity(1_000_000, low=1, high=10**9, remedy="Some thousands are usual.")

    def check(self, device: Device) -> None:
        """Raise unless pulses can bring cells of ``device`` within the tolerance."""
        if not device.quantum:
            got, remedy = type(device).__name__, "Use exact programming."
            fail("WriteVerify", "a device that whole pulses move", got, remedy)
        self.require_within_law(device)
        self.require_beyond_noise("tolerance", self.tolerance, device)

    def program(self, cells: Cells, target: Floats, *, rng: Rng) -> Tally:
        """Write ``target`` by rounds of pulses and reads."""
        self.check(cells.spec)
        spec, tally = cells.spec, Tally()
        low, _, high = spec.window
        near, (_, t_write) = self.tolerance * (high - low), spec.write_pulse
        at = np.nonzero(~np.isnan(target))  # the cells that still wait
        share, way = np.ones(at[0].size), np.zeros(at[0].size)
        left = np.full(at[0].size, float(self.budget))
        for k in range(self.tries + 1):
            missing = target[at] - self.read(cells, at, tally, rng=rng)
            far = np.abs(missing) > near
            more = far & (left >= 1) & (k < self.tries)
            tally.missed += float(np.count_nonzero(far & ~more))
            if not more.any():
                break
            at = at[0][more], at[1][more]
            missing, share, way, left = missing[more], share[more], way[more], left[more]
            share[way * missing < 0] *= 0.5
            way = np.sign(missing)
            pulses = np.maximum(np.rint(share * np.abs(missing) / spec.quantum), 1)
            pulses = np.minimum(pulses, np.minimum(left, spec.max_pulses))
            left -= pulses
            counts = np.zeros(target.shape, np.int32, order="F")
            counts[at] = way * pulses
            tally.add(cells.pulse(counts, rng=rng))
            tally.seconds += float(pulses.max()) * t_write
        return tally
