"""A measured jump table: the full distribution of the change by a pulse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from crossbar.checks import check_fields
from crossbar.devices.device import SIEMENS
from crossbar.devices.laws.steps import POINTS, Step
from crossbar.devices.measured import jump_files
from crossbar.devices.measured.jump_fit import CHANGES, LEVELS, jumps_of
from crossbar.devices.measured.jumps import Jumps
from crossbar.devices.measured.pulse_table import PulseTable
from crossbar.devices.measured.pulse_trains import PulseTrains
from crossbar.devices.measured.traces import Columns
from crossbar.errors import ConfigError, DataError, fail, message
from crossbar.kernels import tables
from crossbar.types import Floats, Rng
from crossbar.units import quantity, text

TOLD = 1e-3  # probability of changes beyond the table that is worth a word


@dataclass(frozen=True, kw_only=True, repr=False)
class JumpTable(Step):
    """A step drawn from a measured distribution, conductance x change x probability.

    With u = (g - g_min)/(g_max - g_min), a pulse changes u by Q(P; u), P uniform on (0, 1) and new
    for each pulse, Q the quantile function of :class:`Jumps` of its polarity; bounds cut the
    change. Cells of a :class:`Memristor` draw every pulse so, one after the other: exact whatever
    ``pulsing`` says. Sums of many pulses in closed form take mean and spread alone, as Gaussian:
    :meth:`moments` is the step for that.

    Parameters
    ----------
    set, reset
        Changes of u by a set and by a reset pulse. Those of reset pulses are below zero where they
        lower the conductance.
    g_min, g_max : [S]
        Conductances at u = 0 and u = 1, if known.
    note
        What records and reports say of the table, in words; it follows from the others.

    Raises
    ------
    ConfigError
        If the range is none, or no set pulse raises, or no reset pulse lowers a cell at mid-range
        on average.

    Source: the user's measurement. Valid for: pulses of the amplitude and width of the measurement;
    pulses that depend on the conductance alone, not on those before.
    """

    set: Jumps
    reset: Jumps
    g_min: float | None = quantity(None, unit="S", above=0, high=1, remedy=SIEMENS)
    g_max: float | None = quantity(None, unit="S", above=0, high=1, remedy=SIEMENS)

    note: str = field(init=False)

    def __post_init__(self) -> None:
        beyond = max(self.set.outside, self.reset.outside)
        words = "every pulse is drawn from a measured table"
        if beyond >= TOLD:
            words += f"; up to {100 * beyond:.2g} % of changes lie beyond it and stand at its ends"
        object.__setattr__(self, "note", words)
        check_fields(self)
        known = self.g_min is not None and self.g_max is not None
        if (self.g_min is None) != (self.g_max is None) or (known and not self.g_min < self.g_max):  # type: ignore[operator]
            got = f"g_min = {self.g_min!r}, g_max = {self.g_max!r}"
            fail("JumpTable.g_max", "none, or g_min < g_max [S]", got, "Give both or none.")
        middle = np.array([0.5])
        for name, mean in (("set", self.set_mean(middle)), ("reset", self.reset_mean(middle))):
            if not mean[0] > 0:
                way = "raises" if name == "set" else "lowers"
                expected = f"a mean {name} pulse that {way} a cell at mid-range"
                got, remedy = f"{mean[0]:.3g} of the range", "Check the signs of the changes."
                fail(f"JumpTable.{name}", expected, got, remedy)

    def __repr__(self) -> str:
        sides = f"set {len(self.set.u)} x {len(self.set.change)}, reset "
        sides += f"{len(self.reset.u)} x {len(self.reset.change)} levels x changes"
        if self.g_min is None or self.g_max is None:
            return f"<JumpTable: {sides}>"
        return f"<JumpTable: {text(self.g_min, 'S', 3)} to {text(self.g_max, 'S', 3)}, {sides}>"

    def set_mean(self, u: Floats) -> Floats:
        """Return the mean set step; below zero where set pulses lower the conductance."""
        return self.set.mean(u)

    def set_spread(self, u: Floats) -> Floats:
        """Return the standard deviation of the set step."""
        return self.set.spread(u)

    def reset_mean(self, u: Floats) -> Floats:
        """Return the mean reset step; below zero where reset pulses raise the conductance."""
        return -self.reset.mean(u)

    def reset_spread(self, u: Floats) -> Floats:
        """Return the standard deviation of the reset step."""
        return self.reset.spread(u)

    @property
    def measured_range(self) -> tuple[float, float] | None:
        """``g_min`` and ``g_max`` [S], if known."""
        return None if self.g_min is None or self.g_max is None else (self.g_min, self.g_max)

    @property
    def jumps(self) -> tuple[tables.Jumps, tables.Jumps]:
        """Distributions of set and reset changes, as the compiled loop takes them."""
        first, second = (tables.Jumps(j.u, j.change, j.cdf) for j in (self.set, self.reset))
        return first, second

    def table(self, sigma_c2c: float) -> Floats:
        """Return mean and spread as :meth:`Step.table` does; means may be below zero here."""
        u = np.linspace(0.0, 1.0, POINTS)
        rows = self.set_mean(u), self.set_spread(u), self.reset_mean(u), self.reset_spread(u)
        table = np.stack(rows)
        table[[1, 3]] = np.hypot(table[[1, 3]], sigma_c2c * table[[0, 2]])
        return table

    def draw(self, u: Floats, rising: bool, *, rng: Rng) -> Floats:
        """Return a change of u by one pulse for every ``u``, before bounds cut it."""
        return (self.set if rising else self.reset).quantile(u, rng.random(np.shape(u)))

    def moments(self) -> PulseTable:
        """Return mean and spread of the steps alone, at the levels of both polarities.

        Means below zero, where pulses go back on average, are 0 there, and said so in its note.
        """
        u = np.unique(np.concatenate([[0.0, 1.0], self.set.u, self.reset.u]).clip(0.0, 1.0))
        steps = np.stack([self.set_mean(u), self.set_spread(u),
                          self.reset_mean(u), self.reset_spread(u)])  # fmt: skip
        back = -steps[[0, 2]].min()
        note = "mean and spread of a jump table"
        if back > 0:
            note += f"; means that go back, by {100 * back:.2g} % of the range at most, are 0"
            steps[[0, 2]] = np.maximum(steps[[0, 2]], 0.0)
        return PulseTable.of(Columns(u, steps, self.g_min, self.g_max, note=note))

    @classmethod
    def of(cls, sides: Mapping[str, jump_files.Side]) -> JumpTable:
        """Return the table of conductances, changes [S] and probabilities of ``set``, ``reset``."""
        every = np.concatenate([np.ravel(sides[name][0]) for name in jump_files.SIDES])
        low, span = float(every.min()), float(np.ptp(every))
        first, second = (
            Jumps(u=(g - low) / (span or 1.0), change=change / (span or 1.0), cdf=cdf)
            for g, change, cdf in (sides[name] for name in jump_files.SIDES)
        )
        return cls(set=first, reset=second, g_min=low, g_max=float(every.max()))

    @classmethod
    def of_trains(
        cls, trains: PulseTrains, *, levels: int = LEVELS, changes: int = CHANGES
    ) -> JumpTable:
        """Return the table of measured pulses over their range.

        Mean and spread against conductance are smoothed; pulses that begin near a level tell the
        shape of its distribution, as (change - mean) / spread where each begins. Noise of reads
        before and after a pulse is in the changes.

        Raises
        ------
        DataError
            If a polarity has fewer than 50 pulses.
        """
        low, high = trains.range
        return cls(**jumps_of(trains, levels, changes), g_min=low, g_max=high)

    def write(self, path: str | Path, comments: Sequence[str] = ()) -> None:
        """Write the table as CSV in siemens, under ``comments``.

        Raises
        ------
        DataError
            If its range in siemens is not known.
        """
        if self.g_min is None or self.g_max is None:
            remedy = "Give g_min and g_max."
            raise DataError(message(str(path), "a table with a range", "none", remedy))
        low, span = self.g_min, self.g_max - self.g_min
        sides = {"set": self.set, "reset": self.reset}
        scaled = {n: (low + span * j.u, span * j.change, j.cdf) for n, j in sides.items()}
        jump_files.write(Path(path), scaled, comments)

    @classmethod
    def from_file(cls, path: str | Path) -> JumpTable:
        """Read a jump table, see :mod:`crossbar.devices.measured.jump_files`.

        Raises
        ------
        DataError
            If it cannot be read, lacks an array or a column, or is no table of distributions.
        """
        sides = jump_files.read(Path(path))
        try:
            return cls.of(sides)
        except ConfigError as error:
            raise DataError(error.message.within(str(path))) from None
