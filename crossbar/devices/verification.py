"""Reads that verify what was written, cell by cell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crossbar.checks import Checked
from crossbar.devices.noise import read_variance
from crossbar.devices.tally import Tally
from crossbar.errors import fail
from crossbar.types import Floats, Integers, Rng
from crossbar.units import quantity

if TYPE_CHECKING:
    from crossbar.devices.cells import Cells
    from crossbar.devices.device import Device

SECONDS = 'Times are in seconds: 50e-9, or "50 ns" in a TOML file.'


@dataclass(frozen=True, kw_only=True)
class Verification(Checked):
    """Reads of single cells, with the read noise that these have.

    Parameters
    ----------
    reads
        Reads whose mean is compared.
    v_read : [V], t_read : [s]
        One read, for energy and time.

    Source: assumed. Valid for: noise that is independent from read to read. Time counts all cells
    of a group at once.
    """

    reads: int = quantity(1, low=1, high=10_000, remedy="1 is usual.")
    v_read: float = quantity(0.2, unit="V", low=1e-6, high=10, remedy="0.1 to 0.5 V are usual.")
    t_read: float = quantity(1e-6, unit="s", low=1e-12, high=1e3, remedy=SECONDS)

    def require_within_law(self, device: Device) -> None:
        """Raise if the conduction of ``device`` says nothing of the voltage of a read."""
        if self.v_read > device.conduction.v_max:
            expected = f"at most {device.conduction.v_max:g} V, where the conduction ends"
            remedy = "Lower it, or measure the current further."
            fail(f"{type(self).__name__}.v_read", expected, f"{self.v_read:g} V", remedy)

    def require_beyond_noise(self, name: str, distance: float, device: Device) -> None:
        """Raise if the field ``name``, a ``distance`` over the range, is below the noise."""
        (low, middle, high), (absolute, relative) = device.window, device.read_noise
        noise = math.hypot(absolute, relative * middle) / (high - low)
        least = noise / math.sqrt(self.reads)
        if distance < least:
            enough = math.ceil((noise / distance) ** 2)
            expected = f"at least the noise of the mean of reads = {self.reads}, {least:.3g}"
            remedy = f"Raise it, or compare the mean of reads = {enough}."
            fail(f"{type(self).__name__}.{name}", expected, f"{distance:g}", remedy)

    def read(self, cells: Cells, at: tuple[Integers, ...], tally: Tally, *, rng: Rng) -> Floats:
        """Return the means [S] of reads of the cells ``at``, and count them in ``tally``."""
        g = cells.g[at]
        flicker = cells.flicker()
        variance = read_variance(cells.spec.read_noise, g, flicker[at] if flicker.size else flicker)
        i, _ = cells.spec.conduction.current(g, np.array(self.v_read))
        seconds = self.reads * self.t_read
        tally.reads += float(self.reads * g.size)
        tally.read_energy += self.v_read * seconds * float(i.sum(dtype=np.float64))
        tally.seconds += seconds
        read: Floats = g + np.sqrt(variance / self.reads) * rng.standard_normal(g.size)
        return read
