"""The ideal cell: takes any conductance of its range exactly, and every change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.checks import check_fields
from crossbar.devices.base import (
    SIEMENS,
    Cells,
    Change,
    Device,
    Lines,
    Tally,
    check_fabrication,
    check_targets,
)
from crossbar.devices.periphery import QUIET, Periphery
from crossbar.errors import fail
from crossbar.kernels import exact
from crossbar.types import Floats, FloatType, Masks
from crossbar.units import quantity


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

    Source: definition. Valid for: reference calculations.
    """

    periphery: ClassVar[Periphery] = QUIET

    g_min: float = quantity(0.0, unit="S", low=0, high=1, remedy=SIEMENS)
    g_max: float = quantity(40e-6, unit="S", low=1e-15, high=1, remedy=SIEMENS)
    sigma_read: float = quantity(
        0.0, share=True,
        low=0, high=1, remedy="It is relative to the range; at 1 a read says nothing.",
    )  # fmt: skip
    sigma_read_value: float = quantity(
        0.0, share=True,
        low=0, high=1, remedy="It is relative to the conductance; at 1 a read says nothing.",
    )  # fmt: skip

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
    def quantum(self) -> float:
        """Zero: steps of any size."""
        return 0.0

    @property
    def read_noise(self) -> tuple[float, float]:
        """Standard deviation of a read: absolute [S], and relative to the value."""
        return self.sigma_read * (self.g_max - self.g_min), self.sigma_read_value

    @property
    def pulse(self) -> tuple[float, float]:
        """Zero: writing an ideal cell costs nothing."""
        return 0.0, 0.0

    @property
    def write_event(self) -> str:
        """Pulses."""
        return "pulses"

    def fabricate(
        self, shape: tuple[int, int], *, rng: np.random.Generator, dtype: FloatType
    ) -> IdealCells:
        """Return ``shape`` equal cells."""
        check_fabrication(self, shape, rng, dtype)
        return IdealCells(self, shape, dtype=dtype)


class IdealCells(Cells):
    """State of ideal cells."""

    def __init__(self, spec: IdealCell, shape: tuple[int, int], *, dtype: FloatType) -> None:
        self.spec = spec
        self.g: Floats = np.full(shape, spec.window[1], dtype, order="F")
        self.free: Masks = np.ones(shape, np.bool_, order="F")

    def program(self, target: Floats, *, rng: np.random.Generator) -> None:
        """Take ``target`` [S] exactly."""
        target = check_targets(self, target, rng)
        self.g[self.free] = target[self.free]

    def change(
        self, change: Change, lines: Lines, tally: Tally, *, rng: np.random.Generator
    ) -> None:
        """Take the offered change exactly, within the range."""
        real = self.g.dtype.type
        exact.change_exactly(
            self.g.T,
            lines.followed,
            lines.row_total,
            lines.col_total,
            self.free.T,
            real(self.spec.g_min),
            real(self.spec.g_max),
            change.x,
            change.d,
            real(change.siemens * change.sign),
            real(change.sign),
            lines.starts,
            lines.width,
            tally.totals,
        )

    def drift(self, seconds: float) -> None:
        """Do nothing: the ideal cell holds its conductance."""
