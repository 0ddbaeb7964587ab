"""Cells that are stuck at random, around any device."""

from __future__ import annotations

from dataclasses import dataclass, replace

from crossbar.checks import check_fields
from crossbar.devices.altered import Altered
from crossbar.devices.cell_checks import check_fabrication
from crossbar.devices.cells import Cells
from crossbar.errors import fail
from crossbar.types import FloatType, Rng
from crossbar.units import quantity


@dataclass(frozen=True, eq=False)
class StuckAt(Altered):
    """A device some of whose cells are stuck: programming, pulses and drift do not move them.

    A stuck cell still conducts: it is read, it has read noise and it draws energy.

    Parameters
    ----------
    device
        The healthy device.
    p_on, p_off
        Probability that a cell is stuck at the highest or the lowest conductance.

    Source: definition; measured rates: Gong, Rasch et al., IEDM 2022, 10 to 13.5 %
    corrupt cells in an HfO2 array.
    """

    p_on: float = quantity(0.0, low=0, high=1, remedy="It is a probability.")
    p_off: float = quantity(0.0, low=0, high=1, remedy="It is a probability.")

    def __post_init__(self) -> None:
        check_fields(self)
        if self.p_on + self.p_off > 1:
            fail("StuckAt.p_on + p_off", "at most 1", f"{self.p_on + self.p_off:g}", "Lower one.")

    def without_read_noise(self) -> StuckAt:
        """Return the faults around a device that reads without noise."""
        return replace(self, device=self.device.without_read_noise())

    def fabricate(self, shape: tuple[int, int], *, rng: Rng, dtype: FloatType) -> Cells:
        """Fabricate the device, then pin the stuck cells.

        The faults have a generator of their own, so that the healthy cells are the same with and
        without them, and cells stuck at a low rate stay stuck at a higher one.
        """
        check_fabrication(self, shape, rng, dtype)
        (fault_rng,) = rng.spawn(1)
        cells = super().fabricate(shape, rng=rng, dtype=dtype)
        u = fault_rng.random(shape)
        low, _, high = self.window
        cells.pin(u < self.p_on, u >= 1.0 - self.p_off, high, low)
        return cells
