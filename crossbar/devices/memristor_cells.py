"""Fabricated memristors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from crossbar.contracts import named, outside, require_numbers
from crossbar.devices.cell_checks import check_counts
from crossbar.devices.cells import Cells
from crossbar.devices.compiled import WHOLE, Compiled, answer
from crossbar.devices.tally import Tally
from crossbar.kernels import pulses
from crossbar.types import Floats, FloatType, Integers, Masks, Rng

if TYPE_CHECKING:
    from crossbar.devices.memristor import Memristor

LEAST = 1e-30  # relative conductance in laws of drift and noise, of cells that conduct nothing
LARGEST_SHARE = 0.3  # of the distance to the bound by one pulse, for which sums are in closed form
SLIGHT = 1e-6  # slope of a step that counts as none: 1 less its share of the distance is rounded


class MemristorCells(Cells):
    """Fabricated memristors: conductance, own bounds, own step sizes, own drift exponent.

    ``up`` and ``down`` (rows, cols) say what a set and a reset pulse does to a cell, in the terms
    of the law that the compiled loop follows (see :func:`crossbar.kernels.pulses.change_pulsed`).
    ``written`` (rows, cols) [s] is when each cell got its last pulse: it drifts from there, by the
    conductance ``origin`` (relative to ``g_max``) that it was written to and by its
    ``restlessness``, a normal number of its own. ``lead`` (rows, cols) [s] is how much longer than
    the clock says it has drifted since, at a high temperature.
    """

    spec: Memristor
    low: Floats
    high: Floats

    def __init__(
        self, spec: Memristor, shape: tuple[int, int], *, rng: Rng, dtype: FloatType
    ) -> None:
        def normal() -> Floats:
            z: Floats = rng.standard_normal(shape[::-1], dtype=np.float32).astype(dtype)
            return z.T

        super().__init__(spec, shape, rng=rng, dtype=dtype)
        g_min, _, g_max = spec.window
        drawn = spec.spread_law.draw(spec.window, normal)
        self.low, self.high = drawn.low, drawn.high
        self.restlessness = normal().astype(np.float32)
        self.origin = self._relative(self.g)
        self.written: Floats = np.zeros(shape, np.float64, order="F")
        self.lead: Floats = np.zeros(shape, np.float64, order="F")
        tilt, span = spec.asymmetry + drawn.tilt, g_max - g_min
        scale = span * drawn.size
        law, self.up, self.down = _law(
            spec, scale * (1 + tilt), scale * (1 - tilt), self.high - self.low
        )
        self._constants = law, _line(spec), spec.sigma_c2c, spec.step.table(spec.sigma_c2c)

    @property
    def compiled(self) -> Compiled:
        """The law of the device, and views of the cells."""
        arrays = self.g.T, self.low.T, self.high.T, self.up.T, self.down.T
        control = self.spec.max_pulses, self.spec.rounding.stochastic
        jumps = self.spec.step.jumps or ()
        state = pulses.Pulsed(*arrays, *self._constants, *control, *jumps)
        return Compiled(pulses.change_pulsed, state, after=self._after)

    def pulse(self, counts: Integers, *, rng: Rng) -> Tally:
        """Move each cell by its pulses; a cell that gets one drifts anew from now."""
        counts = check_counts(self, counts, rng)
        compiled = self.compiled
        state = compiled.state._replace(most=WHOLE)
        return answer(compiled._replace(state=state), counts, rng=rng)

    def _after(self, given: Callable[[], Masks]) -> None:
        """Let the cells that :func:`given` returns drift from now on, if any has aged."""
        if self.elapsed.item():  # never below zero
            self.drift_anew(given())

    def drift_anew(self, written: Masks) -> None:
        """Let the ``written`` cells drift from now on."""
        self.written[written], self.lead[written] = self.elapsed, 0.0

    def pin(self, on: Masks, off: Masks, g_on: float, g_off: float) -> None:
        """Hold the cells of ``on`` at ``g_on`` and those of ``off`` at ``g_off`` [S] for good."""
        super().pin(on, off, g_on, g_off)
        for rate in (self.up, self.down):
            rate[on | off] = 0.0  # a pulse still draws its energy

    def begin(self) -> None:
        """Count time, and that since the last write of each cell, from now."""
        super().begin()
        self.written[...] = self.lead[...] = 0.0

    def age(self, seconds: float) -> None:
        """Let the free cells drift until ``seconds`` [s] after programming.

        The law counts from the last write of each cell, and until ``t0`` after it the conductance
        stands; leakage has no memory and counts time alone.
        """
        self._age(seconds, 1.0)

    def age_at(self, seconds: float, temperature: float | None) -> None:
        """Let the free cells drift until ``seconds`` [s], from now on at ``temperature`` [K].

        The time since the last write that the law of drift counts then runs as many times faster
        as it says. Read noise keeps to the clock: its growth has no activation energy.
        """
        law = self.spec.drift_law
        faster = None if temperature is None else law.acceleration(temperature)
        self._age(seconds, 1.0 if faster is None else faster)

    def _age(self, seconds: float, faster: float) -> None:
        """Let the free cells drift until ``seconds``, whose time since a write runs ``faster``."""
        now = float(self.elapsed)
        super().age(seconds)
        middle, t0 = self.spec.window[1], self.spec.t0
        before = self._drifting(now)
        fresh = before <= t0  # at the conductance that was written
        self.origin[fresh] = self._relative(self.g)[fresh]
        self.lead += (faster - 1.0) * (seconds - now)
        since, until = np.maximum(before, t0), np.maximum(self._drifting(seconds), t0)
        drifted = self.g * self._kept(since, until)
        drifted = middle + (drifted - middle) * np.exp((now - seconds) / self.spec.tau_leak)
        self.g[self.free] = drifted[self.free]

    def flicker(self) -> Floats:
        """Return the variance of a read of each cell that its law of read noise gives [S^2]."""
        law, t0 = self.spec.flicker, self.spec.t0
        if law is None:
            return super().flicker()
        now = float(self.elapsed)
        drifting = np.maximum(self._drifting(now), t0)
        kept = self._kept(np.array(t0), drifting)  # since the last write
        kept = np.where(self.free & (kept > 0), kept, 1.0)  # a cell of which nothing is left has 0
        since = np.maximum(now - self.written, t0)
        sigma = self.g * law.relative(self._relative(self.g / kept), since)
        return np.asfortranarray((sigma**2).astype(self.g.dtype))

    def _drifting(self, now: float) -> Floats:
        """Return the time since the last write of each cell that its law of drift counts [s]."""
        return now - self.written + self.lead

    def _kept(self, since: Floats, until: Floats) -> Floats:
        """Return what is left at ``until`` of the conductances at ``since`` [s]."""
        law = self.spec.drift_law
        kept = law.factor(self.origin, self.restlessness, since, until)
        if outside(type(law)):
            remedy = "A conductance is never negative: cut the factor at 0."
            require_numbers(named(law, "factor"), kept, self.g.shape, low=0, remedy=remedy)
        return kept

    def _relative(self, g: Floats) -> Floats:
        """Return ``g`` [S] relative to ``g_max``, above zero: laws take powers and logarithms."""
        x: Floats = np.maximum(g / self.spec.g_max, LEAST)
        return x


def _law(spec: Memristor, up: Floats, down: Floats, width: Floats) -> tuple[int, Floats, Floats]:
    """Return the law of the compiled loop, and what it needs of a set and a reset pulse.

    ``up`` and ``down`` (rows, cols) [S] are the steps of cells of ``width`` [S] for a relative
    step of one. A closed form needs steps that are linear in the conductance and much smaller
    than the range, and one kind of spread; other steps follow their table, or are drawn from their
    distribution.
    """
    line = spec.step.straight
    law = pulses.TRAIN if spec.pulsing.single else pulses.TABLE
    law = law if spec.step.jumps is None else pulses.JUMPS
    if law == pulses.TABLE and line is not None and not (line.spread and spec.sigma_c2c):
        slopes = abs(line.slope), abs(line.reset_slope)
        if max(slopes) < SLIGHT and not line.spread:
            law, up, down = pulses.CONSTANT, line.size * up, line.reset_size * down
        elif min(slopes) >= SLIGHT:
            set_share = 2.0 * line.slope * line.size * up / width
            reset_share = 2.0 * line.reset_slope * line.reset_size * down / width
            if max(np.abs(set_share).max(), np.abs(reset_share).max()) <= LARGEST_SHARE:
                law, up, down = pulses.LINEAR, np.log2(1.0 - set_share), np.log2(1.0 - reset_share)
    return law, np.asfortranarray(up.astype(np.float32)), np.asfortranarray(down.astype(np.float32))


def _line(spec: Memristor) -> pulses.Line:
    """Return where linear steps vanish, each way, and their spreads.

    A spread that is the same everywhere is relative to the share of the range that a step takes of
    its distance to where it vanishes, so that it is that of the cell's own step.
    """
    line = spec.step.straight
    if line is None or min(abs(line.slope), abs(line.reset_slope)) < SLIGHT:
        return pulses.Line(*np.zeros(4, np.float32))
    shares = line.slope * line.size, line.reset_slope * line.reset_size
    reach = (0.5 + 0.5 / line.slope, 0.5 + 0.5 / line.reset_slope)
    flat = (0.5 * line.spread / share for share in shares)
    return pulses.Line(*np.array([*reach, *flat], np.float32))
