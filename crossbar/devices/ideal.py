"""The ideal cell: takes any conductance of its range exactly, and every change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from crossbar.checks import check_fields
from crossbar.devices.cells import Cells
from crossbar.devices.compiled import Compiled
from crossbar.devices.conduction.law import Conduction
from crossbar.devices.conduction.ohmic import Ohmic
from crossbar.devices.device import SIEMENS, Device
from crossbar.devices.noise import relative_noise
from crossbar.devices.periphery import QUIET, Periphery
from crossbar.devices.tally import Tally
from crossbar.errors import fail
from crossbar.kernels import exact
from crossbar.types import Floats, FloatType, Integers, Rng
from crossbar.units import quantity

_OHMIC = Ohmic()


@dataclass(frozen=True, kw_only=True)
class IdealCell(Device):
    """A conductance without error, spread or drift, and with steps of any size.

    Parameters
    ----------
    g_min : [S]
        Lowest conductance; a change that would leave the range is cut and counted.
    g_max : [S]
        Highest conductance.
    sigma_read
        Read noise, standard deviation relative to the range; 0 for the ideal cell.
    sigma_read_value
        Read noise, standard deviation relative to the conductance of the cell.
    conduction
        Current against voltage.

    Source: definition. Valid for: reference calculations.
    """

    periphery: ClassVar[Periphery] = QUIET
    quantum = 0.0  # steps of any size
    write_pulse = (0.0, 0.0)  # writing costs nothing

    g_min: float = quantity(0.0, unit="S", low=0, high=1, remedy=SIEMENS)
    g_max: float = quantity(40e-6, unit="S", low=1e-15, high=1, remedy=SIEMENS)
    sigma_read: float = relative_noise("the range")
    sigma_read_value: float = relative_noise("the conductance")

    conduction: Conduction = _OHMIC

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.g_min < self.g_max:
            got = f"g_min = {self.g_min!r} S, g_max = {self.g_max!r} S"
            fail("IdealCell.g_max", "a conductance above g_min", got, "Raise g_max or lower g_min.")

    @property
    def window(self) -> tuple[float, float, float]:
        """Lowest, middle and highest conductance [S]."""
        return self.g_min, 0.5 * (self.g_min + self.g_max), self.g_max

    @property
    def read_noise(self) -> tuple[float, float]:
        """Standard deviation of a read: absolute [S], and relative to the value."""
        return self.sigma_read * (self.g_max - self.g_min), self.sigma_read_value

    def without_read_noise(self) -> IdealCell:
        """Return the device with reads free of noise."""
        return replace(self, sigma_read=0.0, sigma_read_value=0.0)

    def fabricate(self, shape: tuple[int, int], *, rng: Rng, dtype: FloatType) -> IdealCells:
        """Return ``shape`` equal cells."""
        return IdealCells(self, shape, rng=rng, dtype=dtype)


class IdealCells(Cells):
    """State of ideal cells."""

    spec: IdealCell

    def pulse(self, counts: Integers, *, rng: Rng) -> Tally:
        """Raise: there are no whole pulses."""
        fail("IdealCells", "cells that whole pulses move", "exact steps", "Use a device.")

    def write(self, g: Floats) -> Tally:
        """Take ``g`` [S] exactly, where it is a number."""
        before, moved = self.g.copy(), self.free & ~np.isnan(g)
        self.g[moved] = g[moved]
        return Tally.of(pulses=0, changed=float(np.count_nonzero(self.g != before)), saturated=0)

    @property
    def compiled(self) -> Compiled:
        """Views of the cells, and their range."""
        state = exact.Exact(self.g.T, self.free.T, self.spec.g_min, self.spec.g_max)
        return Compiled(exact.change_exactly, state)
