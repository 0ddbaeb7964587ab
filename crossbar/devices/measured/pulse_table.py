"""A measured pulse response: steps in a table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crossbar.checks import check_fields
from crossbar.devices.device import SIEMENS
from crossbar.devices.laws.steps import Step
from crossbar.devices.measured import pulse_csv
from crossbar.devices.measured.traces import WHOLE, Columns
from crossbar.errors import fail
from crossbar.types import Floats
from crossbar.units import quantity, text


def _column() -> Any:
    remedy = "Steps and spreads are positive numbers relative to the range."
    return quantity(low=0, high=10, remedy=remedy)


@dataclass(frozen=True, kw_only=True, repr=False)
class PulseTable(Step):
    """A measured pulse response: mean and spread of the steps at given conductances.

    Parameters
    ----------
    u : (points,)
        Normalised conductances, rising from 0 to 1.
    up, up_std, down, down_std : (points,)
        Mean and standard deviation of the set and the reset step, relative to the range, both
        given as positive numbers.
    g_min, g_max : [S]
        Conductances at u = 0 and u = 1 in the measurement, if known.
    set_measured, reset_measured
        Interval of u in which the set or the reset steps were measured. Outside it they are
        extrapolated: mean and spread are those of the nearer end.
    note
        Other origin of the steps, such as a fitted law, in words.

    Raises
    ------
    ConfigError
        If the lengths differ, a value is negative or not finite, u does not rise from 0 to 1, or
        the set step at mid-range is zero.
    """

    u: tuple[float, ...] = quantity(low=0, high=1, remedy="Sort and scale u.")
    up: tuple[float, ...] = _column()
    up_std: tuple[float, ...] = _column()
    down: tuple[float, ...] = _column()
    down_std: tuple[float, ...] = _column()
    g_min: float | None = quantity(None, unit="S", above=0, high=1, remedy=SIEMENS)
    g_max: float | None = quantity(None, unit="S", above=0, high=1, remedy=SIEMENS)
    set_measured: tuple[float, float] = quantity(WHOLE, low=0, high=1)
    reset_measured: tuple[float, float] = quantity(WHOLE, low=0, high=1)
    note: str = ""

    def __post_init__(self) -> None:
        check_fields(self)
        columns = (self.u, self.up, self.up_std, self.down, self.down_std)
        if len({len(c) for c in columns}) != 1 or len(self.u) < 2:
            lengths = [len(c) for c in columns]
            fail("PulseTable", "five columns of one length >= 2", str(lengths), "Fill every row.")
        if self.u[0] != 0 or self.u[-1] != 1 or np.any(np.diff(self.u) <= 0):
            fail("PulseTable.u", "values that rise from 0 to 1", str(self.u), "Sort and scale u.")
        if self.size == 0:
            remedy = "The step there is the unit in which weight changes are counted."
            fail("PulseTable.up", "a set step above 0 at u = 0.5", "0", remedy)
        if (self.g_min is None) != (self.g_max is None) or (
            self.g_min is not None and self.g_max is not None and not 0 < self.g_min < self.g_max
        ):
            got = f"g_min = {self.g_min!r}, g_max = {self.g_max!r}"
            fail("PulseTable.g_max", "none, or 0 < g_min < g_max [S]", got, "Give both or none.")
        for name in ("set_measured", "reset_measured"):
            low, high = getattr(self, name)
            if not 0 <= low < high <= 1:
                got = str(getattr(self, name))
                fail(f"PulseTable.{name}", "0 <= low < high <= 1", got, "They are values of u.")

    def __repr__(self) -> str:
        """Return the range and its measured part, without the numbers of the table."""
        words = "; ".join(filter(None, (self._span(WHOLE), *self.extrapolated, self.note)))
        return f"<PulseTable: {len(self.u)} points, {words}>"

    @property
    def extrapolated(self) -> tuple[str, ...]:
        """The unmeasured parts of the table, one clause each for set and reset."""
        spans = {"set": self.set_measured, "reset": self.reset_measured}
        return tuple(
            f"{kind} steps are measured at {self._span(span)} and extrapolated outside "
            "(constant, from the nearer end)"
            for kind, span in spans.items()
            if span != WHOLE
        )

    def _span(self, span: tuple[float, float]) -> str:
        """Return a part of the range in words, in siemens if the range is known."""
        if self.g_min is None or self.g_max is None:
            return f"u = {span[0]:.3g} to {span[1]:.3g}"
        low, high = (self.g_min + u * (self.g_max - self.g_min) for u in span)
        return f"{text(low, 'S', 3)} to {text(high, 'S', 3)}"

    def set_mean(self, u: Floats) -> Floats:
        """Return the mean set step, between the points of the table."""
        return self._at(u, self.up)

    def set_spread(self, u: Floats) -> Floats:
        """Return the measured spread of the set step, between the points of the table."""
        return self._at(u, self.up_std)

    def reset_mean(self, u: Floats) -> Floats:
        """Return the mean reset step, between the points of the table."""
        return self._at(u, self.down)

    def reset_spread(self, u: Floats) -> Floats:
        """Return the measured spread of the reset step, between the points of the table."""
        return self._at(u, self.down_std)

    def _at(self, u: Floats, column: tuple[float, ...]) -> Floats:
        """Return ``column`` at u."""
        values: Floats = np.interp(u, self.u, column)
        return values

    @property
    def measured_range(self) -> tuple[float, float] | None:
        """``g_min`` and ``g_max`` [S], if known."""
        return None if self.g_min is None or self.g_max is None else (self.g_min, self.g_max)

    @classmethod
    def of(cls, columns: Columns) -> PulseTable:
        """Return the table of ``columns``."""
        up, up_std, down, down_std = (tuple(row.tolist()) for row in columns.steps)
        return cls(
            u=tuple(columns.u.tolist()),
            up=up,
            up_std=up_std,
            down=down,
            down_std=down_std,
            g_min=columns.g_min,
            g_max=columns.g_max,
            set_measured=columns.measured[0],
            reset_measured=columns.measured[1],
            note=columns.note,
        )

    @classmethod
    def from_csv(cls, path: str | Path) -> PulseTable:
        """Read a CSV file of any form that :mod:`crossbar.devices.measured.pulse_csv` knows."""
        return cls.of(pulse_csv.read(Path(path)).columns)
