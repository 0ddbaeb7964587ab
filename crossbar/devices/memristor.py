"""The memristor: a conductance moved by pulses, with error, noise, spread and drift."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import InitVar, dataclass, field, replace
from typing import Any

import numpy as np

from crossbar.checks import check_fields, require_part
from crossbar.devices.conduction.law import Conduction
from crossbar.devices.conduction.ohmic import Ohmic
from crossbar.devices.device import MOST, SIEMENS, Device
from crossbar.devices.drift import EXPONENT, TRIED, ConstantExponent, Drift
from crossbar.devices.laws.linear import SoftBounds
from crossbar.devices.laws.pulsing import Pulsing, Summed
from crossbar.devices.laws.rounding import Rounding, Stochastic
from crossbar.devices.laws.steps import Step
from crossbar.devices.measured.pulse_table import PulseTable
from crossbar.devices.memristor_cells import MemristorCells
from crossbar.devices.noise import ReadNoise, relative_noise
from crossbar.devices.programming import (
    POLYNOMIAL,
    Programming,
    SingleShot,
    require_positive,
)
from crossbar.devices.spread import BOUNDS, SIGN, STEP, LogNormal, Spread
from crossbar.devices.verification import SECONDS
from crossbar.errors import fail
from crossbar.types import FloatType, Rng
from crossbar.units import NOISE, SPREAD, quantity

_ROUNDING, _OHMIC = Stochastic(), Ohmic()


@dataclass(frozen=True, kw_only=True)
class Memristor(Device):
    """A two-terminal analog memory cell.

    Every pulse moves the conductance by ``step`` (mean) with the cycle-to-cycle spread
    ``sigma_c2c``; each cell has its own step size and bounds, drawn at fabrication.

    Parameters
    ----------
    g_min : [S]
        Lowest conductance, nominally.
    g_max : [S]
        Highest conductance, nominally.
    step
        Law of the step of a pulse: Constant, Linear, SoftBounds, Exponential, PulseTable or one's
        own.
    table
        Measured or simulated pulse response: another way to give ``step``, which it becomes. A
        table in siemens brings its range, either way: where ``g_min`` and ``g_max`` are both left
        at their defaults, the range is that of the table.
    asymmetry
        Asymmetry of set and reset steps. Set steps are larger by the factor 1 + asymmetry, reset
        steps smaller by 1 - asymmetry.
    sigma_d2d
        Spread of the step from cell to cell, relative (log-normal).
    sigma_asymmetry_d2d
        Spread of the asymmetry from cell to cell (absolute, same unit as ``asymmetry``).
    sigma_bounds_d2d
        Spread of the bounds from cell to cell, relative to the range; see
        :class:`~crossbar.devices.spread.LogNormal`.
    spread
        Law of what differs from cell to cell in place of the three numbers.
    sigma_c2c
        Spread of the step from pulse to pulse, relative.
    max_pulses
        Most pulses for one change of a cell, by its control; more count as saturated.
    rounding
        How a change becomes a whole number of pulses.
    pulsing
        How several pulses of one change act: summed in closed form, or one by one.
    sigma_program : polynomial coefficients
        Programming error relative to the range, polynomial in the conductance: of
        u = (g - g_min)/(g_max - g_min): sigma = c0 + c1 u + c2 u^2 + ...
    programming
        Way to write in place of one shot with ``sigma_program``, such as WriteVerify.
    sigma_read
        Read noise, standard deviation relative to the range ``g_max - g_min``.
    sigma_read_value
        Read noise, standard deviation relative to the conductance of the cell.
    flicker
        Law of read noise against conductance and age, beside the two numbers, such as PcmFlicker.
    nu
        Drift exponent, g(t) = g0 (t/t0)^-nu.
    sigma_nu
        Spread of the drift exponent from cell to cell (absolute).
    drift
        Law of drift in place of ``nu`` and ``sigma_nu``, such as PcmExponent.
    t0 : [s]
        Time of the programming read, from which drift counts.
    tau_leak : [s]
        Time constant of leakage, of the charge that sets the conductance: g -> middle of the
        range; infinite for non-volatile cells.
    conduction
        Current against voltage.
    v_write : [V]
        Voltage of a write pulse, for energy.
    t_write : [s]
        Time of a write pulse, for energy.

    Raises
    ------
    ConfigError
        If a value is out of its range, ``g_min >= g_max``, ``step`` stands beside ``table``, or
        numbers beside the law that takes their place.
    """

    g_min: float = quantity(1e-6, unit="S", low=1e-15, high=1, remedy=SIEMENS)
    g_max: float = quantity(40e-6, unit="S", low=1e-15, high=1, remedy=SIEMENS)
    step: Step = field(default_factory=SoftBounds)
    asymmetry: float = quantity(0.0, above=-1, below=1, remedy=SIGN)
    sigma_d2d: float = quantity(0.0, role=SPREAD, share=True, low=0, high=10, remedy=STEP)
    sigma_asymmetry_d2d: float = quantity(0.0, role=SPREAD, low=0, high=1, remedy=SIGN)
    sigma_bounds_d2d: float = quantity(
        0.0, role=SPREAD, share=True, low=0, below=0.3, remedy=BOUNDS
    )
    spread: Spread | None = None
    sigma_c2c: float = quantity(0.0, role=NOISE, share=True, low=0, high=100, remedy=STEP)
    max_pulses: int = quantity(MOST, low=1, high=1_000_000, remedy="127 is usual.")
    rounding: Rounding = _ROUNDING
    pulsing: Pulsing = field(default_factory=Summed)
    sigma_program: tuple[float, ...] = quantity(
        (0.0,), role=SPREAD, low=-10, high=10, remedy=POLYNOMIAL
    )
    programming: Programming | None = None
    sigma_read: float = relative_noise("the range")
    sigma_read_value: float = relative_noise("the conductance")
    flicker: ReadNoise | None = None
    nu: float = quantity(0.0, low=0, high=1, remedy=EXPONENT)
    sigma_nu: float = quantity(0.0, role=SPREAD, low=0, high=1, remedy=EXPONENT)
    drift: Drift | None = None
    t0: float = quantity(1.0, unit="s", low=1e-9, high=1e9, remedy=SECONDS)
    tau_leak: float = quantity(
        math.inf, unit="s", low=1e-9, high=math.inf, remedy="Infinite for none.",
    )  # fmt: skip
    conduction: Conduction = _OHMIC
    v_write: float = quantity(
        1.5, unit="V", low=1e-3, high=100, remedy="No cell is written below 1 mV or over 100 V.",
    )  # fmt: skip
    t_write: float = quantity(50e-9, unit="s", low=1e-12, high=1e3, remedy=SECONDS)
    table: InitVar[PulseTable | None] = None

    def __post_init__(self, table: PulseTable | None) -> None:
        check_fields(self)
        if table is not None:
            require_part("Memristor.table", table, PulseTable)
        self._follow(table)
        if not self.g_min < self.g_max:
            got = f"g_min = {self.g_min!r} S, g_max = {self.g_max!r} S"
            fail("Memristor.g_max", "a conductance above g_min", got, "Raise g_max or lower g_min.")
        require_positive("Memristor.sigma_program", self.sigma_program)
        self._settle("drift", "nu", "sigma_nu")
        self._settle("spread", "sigma_d2d", "sigma_asymmetry_d2d", "sigma_bounds_d2d")
        self._settle("programming", "sigma_program")

    def _settle(self, part: str, *names: str) -> None:
        """Raise if numbers are given beside the part that takes their place."""
        given = [n for n in names if np.any(getattr(self, n))]
        if getattr(self, part) is not None and given:
            got = ", ".join(f"{n} = {getattr(self, n)}" for n in names) + " beside it"
            remedy = f"Set {part} = none for those numbers, or the numbers to 0."
            fail(f"Memristor.{part}", f"a law without {' and '.join(names)}", got, remedy)

    def _follow(self, table: PulseTable | None) -> None:
        """Take the step from ``table``, and the range from a measured step if it is the default."""
        if table is not None and self.step != SoftBounds():
            got = f"step = {type(self.step).__name__} beside it"
            fail("Memristor.table", "a table without a step", got, "Give one of the two.")
        if table is not None:
            object.__setattr__(self, "step", table)
        untouched = (self.g_min, self.g_max) == (Memristor.g_min, Memristor.g_max)
        measured = self.step.measured_range
        if untouched and measured is not None:
            object.__setattr__(self, "g_min", measured[0])
            object.__setattr__(self, "g_max", measured[1])

    @property
    def window(self) -> tuple[float, float, float]:
        """Lowest, middle and highest nominal conductance [S]."""
        return self.g_min, 0.5 * (self.g_min + self.g_max), self.g_max

    @property
    def quantum(self) -> float:
        """Mean change by one set pulse of the nominal cell at mid-range [S].

        Control counts changes both ways in it. Cells move by other amounts where reset steps
        differ from set steps, or where the bounds of cells lie elsewhere than the nominal ones.
        """
        return self.step.size * (self.g_max - self.g_min)

    @property
    def read_noise(self) -> tuple[float, float]:
        """Standard deviation of a read: absolute [S], and relative to the value."""
        return self.sigma_read * (self.g_max - self.g_min), self.sigma_read_value

    def without_read_noise(self) -> Memristor:
        """Return the device with reads free of noise."""
        return replace(self, sigma_read=0.0, sigma_read_value=0.0, flicker=None)

    def over_measured_range(self, given: Collection[str]) -> Memristor:
        """Return the device over the range that its step was measured over, if it brings one."""
        measured = zip(("g_min", "g_max"), self.step.measured_range or (), strict=False)
        unset: dict[str, Any] = {name: end for name, end in measured if name not in given}
        return replace(self, **unset) if unset else self

    @property
    def drift_law(self) -> Drift:
        """Law of drift."""
        return self.drift or ConstantExponent(nu=self.nu, sigma_nu=self.sigma_nu)

    @property
    def activated(self) -> bool:
        """Whether the law of drift has an activation energy, and nothing leaks beside it."""
        return self.drift_law.acceleration(TRIED) is not None and math.isinf(self.tau_leak)

    @property
    def programming_law(self) -> Programming:
        """How targets are written."""
        return self.programming or SingleShot(sigma=self.sigma_program)

    @property
    def spread_law(self) -> Spread:
        """What differs from cell to cell."""
        return self.spread or LogNormal(
            sigma=self.sigma_d2d,
            sigma_asymmetry=self.sigma_asymmetry_d2d,
            sigma_bounds=self.sigma_bounds_d2d,
        )

    @property
    def write_pulse(self) -> tuple[float, float]:
        """Amplitude [V] and width [s] of a write pulse."""
        return self.v_write, self.t_write

    def fabricate(self, shape: tuple[int, int], *, rng: Rng, dtype: FloatType) -> MemristorCells:
        """Draw step sizes, bounds and drift exponents of ``shape`` new cells."""
        return MemristorCells(self, shape, rng=rng, dtype=dtype)
