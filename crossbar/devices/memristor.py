"""The memristor: a conductance moved by pulses, with error, noise, spread and drift."""

from __future__ import annotations

import math
from dataclasses import InitVar, dataclass, field

import numpy as np

from crossbar.checks import check_fields
from crossbar.devices.base import (
    OLDEST,
    SIEMENS,
    Cells,
    Change,
    Device,
    Lines,
    Tally,
    check_fabrication,
    check_targets,
)
from crossbar.devices.drift import ConstantExponent, Drift
from crossbar.devices.flicker import Flicker
from crossbar.devices.pulse_table import PulseTable
from crossbar.devices.pulsing import Pulsing, Summed
from crossbar.devices.rounding import Rounding, Stochastic
from crossbar.devices.steps import SoftBounds, Step
from crossbar.errors import fail, require_number
from crossbar.kernels import pulses, writes
from crossbar.random import key
from crossbar.types import Floats, FloatType, Integers, Masks
from crossbar.units import quantity

_STEP = "It is relative to a step; measured ones reach 4."
_SIGN = "From 1 on pulses move a cell the wrong way."
_POLYNOMIAL = "Give the coefficients c0, c1, ... of sigma(u), relative to the range."
_DRIFT = "Published exponents reach 0.15; at 1 a conductance is gone in ten times t0."
_TIME = 'Times are in seconds: 50e-9, or "50 ns" in a TOML file.'


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
        Law of the step of a pulse: Constant, Linear, SoftBounds, Exponential or PulseTable.
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
        Spread of the bounds from cell to cell, relative to the range. A lower bound is at
        least a tenth of ``g_min``, and each bound stays a tenth of the range off the middle.
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
    sigma_read
        Read noise, standard deviation relative to the range ``g_max - g_min``.
    sigma_read_value
        Read noise, standard deviation relative to the conductance of the cell.
    flicker
        Law of 1/f read noise, which depends on conductance and age, such as PcmFlicker.
    nu
        Drift exponent, g(t) = g0 (t/t0)^-nu.
    sigma_nu
        Spread of the drift exponent from cell to cell (absolute).
    drift
        Law of the drift exponent in place of ``nu`` and ``sigma_nu``, such as PcmExponent.
    t0 : [s]
        Time of the programming read, from which drift counts.
    tau_leak : [s]
        Time constant of leakage, of the charge that sets the conductance: g -> middle of the
        range; infinite for non-volatile cells.
    v_write : [V]
        Voltage of a write pulse, for energy.
    t_write : [s]
        Time of a write pulse, for energy.

    Raises
    ------
    ConfigError
        If a value is out of its range, ``g_min >= g_max``, ``step`` stands beside ``table``, or
        ``nu`` beside ``drift``.
    """

    g_min: float = quantity(1e-6, unit="S", low=1e-15, high=1, remedy=SIEMENS)
    g_max: float = quantity(40e-6, unit="S", low=1e-15, high=1, remedy=SIEMENS)
    step: Step = field(default_factory=SoftBounds)
    asymmetry: float = quantity(0.0, above=-1, below=1, remedy=_SIGN)
    sigma_d2d: float = quantity(0.0, share=True, low=0, high=10, remedy=_STEP)
    sigma_asymmetry_d2d: float = quantity(0.0, low=0, high=1, remedy=_SIGN)
    sigma_bounds_d2d: float = quantity(
        0.0, share=True,
        low=0, below=0.3, remedy="It is relative to the range; wider bounds pass the middle.",
    )  # fmt: skip
    sigma_c2c: float = quantity(0.0, share=True, low=0, high=100, remedy=_STEP)
    max_pulses: int = quantity(127, low=1, high=1_000_000, remedy="127 is usual.")
    rounding: Rounding = field(default_factory=Stochastic)
    pulsing: Pulsing = field(default_factory=Summed)
    sigma_program: tuple[float, ...] = quantity((0.0,), low=-10, high=10, remedy=_POLYNOMIAL)
    sigma_read: float = quantity(
        0.0, share=True,
        low=0, high=1, remedy="It is relative to the range; at 1 a read says nothing.",
    )  # fmt: skip
    sigma_read_value: float = quantity(
        0.0, share=True,
        low=0, high=1, remedy="It is relative to the conductance; at 1 a read says nothing.",
    )  # fmt: skip
    flicker: Flicker | None = None
    nu: float = quantity(0.0, low=0, high=1, remedy=_DRIFT)
    sigma_nu: float = quantity(0.0, low=0, high=1, remedy=_DRIFT)
    drift: Drift | None = None
    t0: float = quantity(1.0, unit="s", low=1e-9, high=1e9, remedy=_TIME)
    tau_leak: float = quantity(
        math.inf, unit="s", low=1e-9, high=math.inf, remedy="Infinite for none.",
    )  # fmt: skip
    v_write: float = quantity(
        1.5, unit="V", low=1e-3, high=100, remedy="No cell is written below 1 mV or over 100 V.",
    )  # fmt: skip
    t_write: float = quantity(50e-9, unit="s", low=1e-12, high=1e3, remedy=_TIME)
    table: InitVar[PulseTable | None] = None

    def __post_init__(self, table: PulseTable | None) -> None:
        self._follow(table)
        check_fields(self)
        if not self.g_min < self.g_max:
            got = f"g_min = {self.g_min!r} S, g_max = {self.g_max!r} S"
            fail("Memristor.g_max", "a conductance above g_min", got, "Raise g_max or lower g_min.")
        if self.drift is not None and (self.nu or self.sigma_nu):
            got = f"nu = {self.nu:g}, sigma_nu = {self.sigma_nu:g} beside it"
            remedy = "Set drift = none for a constant exponent."
            fail("Memristor.drift", "a law without nu and sigma_nu", got, remedy)
        u = np.linspace(0.0, 1.0, 101)
        if not np.all(np.polynomial.polynomial.polyval(u, self.sigma_program) >= 0):
            got = str(self.sigma_program)
            fail("Memristor.sigma_program", "a polynomial >= 0 on [0, 1]", got, _POLYNOMIAL)

    def _follow(self, table: PulseTable | None) -> None:
        """Take the step from ``table``, and the range from a measured step if it is the default."""
        if table is not None and self.step != SoftBounds():
            got = f"step = {type(self.step).__name__} beside it"
            fail("Memristor.table", "a table without a step", got, "Give one of the two.")
        if table is not None:
            object.__setattr__(self, "step", table)
        untouched = (self.g_min, self.g_max) == (Memristor.g_min, Memristor.g_max)
        if untouched and isinstance(self.step, PulseTable) and self.step.g_min is not None:
            object.__setattr__(self, "g_min", self.step.g_min)
            object.__setattr__(self, "g_max", self.step.g_max)

    @property
    def window(self) -> tuple[float, float, float]:
        """Lowest, middle and highest nominal conductance [S]."""
        return self.g_min, 0.5 * (self.g_min + self.g_max), self.g_max

    @property
    def quantum(self) -> float:
        """Mean change by one set pulse at mid-range [S]."""
        return self.step.size * (self.g_max - self.g_min)

    @property
    def read_noise(self) -> tuple[float, float]:
        """Standard deviation of a read: absolute [S], and relative to the value."""
        return self.sigma_read * (self.g_max - self.g_min), self.sigma_read_value

    @property
    def drift_law(self) -> Drift:
        """Law of the drift exponents."""
        return self.drift or ConstantExponent(nu=self.nu, sigma_nu=self.sigma_nu)

    @property
    def pulse(self) -> tuple[float, float]:
        """Amplitude [V] and width [s] of a write pulse."""
        return self.v_write, self.t_write

    @property
    def write_event(self) -> str:
        """Pulses."""
        return "pulses"

    def fabricate(
        self, shape: tuple[int, int], *, rng: np.random.Generator, dtype: FloatType
    ) -> MemristorCells:
        """Draw step sizes, bounds and drift exponents of ``shape`` new cells."""
        check_fabrication(self, shape, rng, dtype)
        return MemristorCells(self, shape, rng=rng, dtype=dtype)


LEAST = 1e-30  # relative conductance in laws of drift and noise, of cells that conduct nothing
LARGEST_SHARE = 0.3  # of the distance to the bound by one pulse, for which sums are in closed form


class MemristorCells(Cells):
    """Fabricated memristors: conductance, own bounds, own step sizes, own drift exponent.

    ``up`` and ``down`` (rows, cols) say what a set and a reset pulse does to a cell, in the terms
    of the law that the compiled loop follows (see :func:`crossbar.kernels.pulses.change_pulsed`).
    ``age`` [s] is the time since the cells were programmed, and ``written`` (rows, cols) [s] the
    age at which each got its last pulse: it drifts from there, with the exponent ``nu`` of the
    conductance that it was written to and of its ``restlessness``, a normal number of its own.
    """

    def __init__(
        self,
        spec: Memristor,
        shape: tuple[int, int],
        *,
        rng: np.random.Generator,
        dtype: FloatType,
    ) -> None:
        def normal() -> Floats:
            z: Floats = rng.standard_normal(shape[::-1], dtype=np.float32).astype(dtype)
            return z.T

        self.spec = spec
        self.table = spec.step.table(spec.sigma_c2c)
        g_min, g_mid, g_max = spec.window
        span = g_max - g_min
        self.g: Floats = np.full(shape, g_mid, dtype, order="F")
        self.free: Masks = np.ones(shape, np.bool_, order="F")
        # Log-normal of mean 1: exp(s z - s^2/2) with s^2 = ln(1 + sigma^2).
        s = math.sqrt(math.log1p(spec.sigma_d2d**2))
        size = np.exp(s * normal() - s * s / 2)
        tilt = spec.asymmetry + spec.sigma_asymmetry_d2d * normal()
        edge = spec.sigma_bounds_d2d * span
        self.low = np.clip(g_min + edge * normal(), 0.1 * g_min, g_mid - 0.1 * span)
        self.high = np.maximum(g_max + edge * normal(), g_mid + 0.1 * span)
        self.restlessness = normal().astype(np.float32)
        self.nu = self._exponents()
        self.age = np.array(0.0)
        self.written: Floats = np.zeros(shape, np.float64, order="F")
        law, self.up, self.down = _law(
            spec, span * size * (1 + tilt), span * size * (1 - tilt), self.high - self.low
        )
        slope, stochastic = spec.step.slope, spec.rounding.stochastic
        reach = 0.5 + 0.5 / slope if slope else 0.0
        self.law = (law, reach, spec.sigma_c2c, self.table, spec.max_pulses, stochastic)
        self.quantum = spec.quantum

    def pin(self, on: Masks, off: Masks, g_on: float, g_off: float) -> None:
        """Hold the cells of ``on`` at ``g_on`` and those of ``off`` at ``g_off`` [S] for good."""
        super().pin(on, off, g_on, g_off)
        for rate in (self.up, self.down):
            rate[on | off] = 0.0  # a pulse still draws its energy

    def program(self, target: Floats, *, rng: np.random.Generator) -> None:
        """Write ``target`` [S] with the programming error, within each cell's own bounds."""
        target = check_targets(self, target, rng)
        g_min, _, g_max = self.spec.window
        u = (target - g_min) / (g_max - g_min)
        sigma = np.polynomial.polynomial.polyval(u, self.spec.sigma_program)
        error = sigma * (g_max - g_min) * rng.standard_normal(target.shape)
        written = np.clip(target + error, self.low, self.high)
        self.g[self.free] = written[self.free]
        self.age[...] = 0.0
        self.written[...] = 0.0

    def change(
        self, change: Change, lines: Lines, tally: Tally, *, rng: np.random.Generator
    ) -> None:
        """Round the offers to pulses and apply them; a cell that gets one drifts anew from now."""
        drawn, per = key(rng), change.siemens * change.sign / self.quantum
        pulses.change_pulsed(
            self.g.T,
            lines.followed,
            lines.row_total,
            lines.col_total,
            self.low.T,
            self.high.T,
            self.up.T,
            self.down.T,
            change.x,
            change.d,
            per,
            change.sign,
            lines.starts,
            lines.width,
            *self.law,
            drawn,
            tally.totals,
        )
        if self.age > 0:
            given = self._count(change.x, change.d, per, lines.starts, drawn)
            self.written[given.any(axis=0)] = self.age

    def pulses(self, change: Change, starts: Integers, *, rng: np.random.Generator) -> Integers:
        """Return the set and the reset pulses of a change; see :class:`Cells`."""
        per = change.siemens * change.sign / self.quantum
        return self._count(change.x, change.d, per, starts, key(rng))

    def _count(
        self, x: Floats, d: Floats, per: float, starts: Integers, key: np.uint64
    ) -> Integers:
        """Return the set and reset pulses (2, rows, cols) that offers of ``x d per`` become."""
        counts = np.zeros((2, *self.g.shape[::-1]), np.int32)
        most, stochastic = self.spec.max_pulses, self.spec.rounding.stochastic
        writes.count(counts, x, d, per, starts, most, stochastic, key)
        return counts.transpose(0, 2, 1)

    def load(self, g: Floats) -> None:
        """Take measured conductances [S]; they drift from now on."""
        super().load(g)
        self.age[...] = 0.0
        self.written[...] = 0.0

    def drift(self, seconds: float) -> None:
        """Let the free cells drift until ``seconds`` [s] after programming.

        The power law counts from the last write of each cell, and until ``t0`` after it the
        conductance stands; leakage has no memory and counts time alone.
        """
        now = float(self.age)
        remedy = "Time runs on."
        require_number(
            "MemristorCells.drift", seconds, low=now, high=OLDEST, unit="s", remedy=remedy
        )
        middle, t0 = self.spec.window[1], self.spec.t0
        fresh = now - self.written <= t0  # at the conductance that was written
        self.nu[fresh] = self._exponents()[fresh]
        since, until = (np.maximum(t - self.written, t0) for t in (now, seconds))
        drifted = self.g * (until / since) ** -self.nu
        drifted = middle + (drifted - middle) * np.exp((now - seconds) / self.spec.tau_leak)
        self.g[self.free] = drifted[self.free]
        self.age[...] = seconds

    def flicker(self) -> Floats:
        """Return the variance of a read of each cell that its law of flicker noise gives [S^2]."""
        law, t0 = self.spec.flicker, self.spec.t0
        if law is None:
            return super().flicker()
        since = np.maximum(float(self.age) - self.written, t0)
        lost = np.where(self.free, (since / t0) ** -self.nu, 1.0)  # by drift since the last write
        sigma = self.g * law.relative(self._relative(self.g / lost), since)
        return np.asfortranarray((sigma**2).astype(self.g.dtype))

    def _exponents(self) -> Floats:
        """Return the drift exponents of cells that were just written to their conductances."""
        x = self._relative(self.g)
        return self.spec.drift_law.exponents(x, self.restlessness).astype(np.float32)

    def _relative(self, g: Floats) -> Floats:
        """Return ``g`` [S] relative to ``g_max``, above zero: laws take powers and logarithms."""
        x: Floats = np.maximum(g / self.spec.g_max, LEAST)
        return x


def _law(spec: Memristor, up: Floats, down: Floats, width: Floats) -> tuple[int, Floats, Floats]:
    """Return the law of the compiled loop, and what it needs of a set and a reset pulse.

    ``up`` and ``down`` (rows, cols) [S] are the steps of cells of ``width`` [S] for a relative
    step of one. A closed form needs steps that are linear in the conductance and much smaller
    than the range; other steps follow their table.
    """
    step, slope = spec.step, spec.step.slope
    law = pulses.TRAIN if spec.pulsing.single else pulses.TABLE
    if law == pulses.TABLE and slope == 0.0:
        law, up, down = pulses.CONSTANT, step.size * up, step.size * down
    elif law == pulses.TABLE and slope is not None:
        set_share, reset_share = (2.0 * slope * step.size * rate / width for rate in (up, down))
        if max(np.abs(set_share).max(), np.abs(reset_share).max()) <= LARGEST_SHARE:
            law, up, down = pulses.LINEAR, np.log2(1.0 - set_share), np.log2(1.0 - reset_share)
    return law, np.asfortranarray(up.astype(np.float32)), np.asfortranarray(down.astype(np.float32))
