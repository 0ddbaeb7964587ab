"""Rate codes: the larger a number, the more spikes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.errors import fail
from crossbar.spiking.codes.code import CODES, Code
from crossbar.spiking.spikes import Spikes
from crossbar.types import Doubles, Floats, Rng
from crossbar.units import quantity

WHOLE = 1e-9  # relative rounding of a number of steps
MOST = 1e9  # spikes or steps of a line


@CODES.register("rate")
@dataclass(frozen=True, kw_only=True)
class PeriodicRate(Code):
    """f = x f_max: spikes at equal intervals 1 / f, the first after half of one.

    A line has x f_max duration spikes, rounded, so that a rate is told to within 1 / (2 duration).

    Parameters
    ----------
    f_max : [Hz]
        Rate of 1.
    duration : [s]
        How long spikes are sent.

    Raises
    ------
    ConfigError
        If 1 is more than 1e9 spikes.

    Source: Alymova 2025, eq 3; the phase is assumed.
    """

    f_max: float = quantity(100.0, unit="Hz", above=0, high=1e15)
    duration: float = quantity(0.1, unit="s", above=0, high=1e15)

    def __post_init__(self) -> None:
        super().__post_init__()
        require_few(self, self.f_max * self.duration)

    def spikes(self, x: Floats, *, rng: Rng) -> Spikes:
        """Return spikes at (k + 1/2) / f before ``duration``, k from 0; nothing is drawn."""
        f = x * self.f_max
        counts = np.floor(f * self.duration + 0.5).astype(np.int64)
        lines = np.repeat(np.arange(x.size), counts)
        numbers = np.arange(lines.size) - np.repeat(np.cumsum(counts) - counts, counts)
        times = (numbers + 0.5) / f[lines]
        kept = times < self.duration  # the last one may be at the end
        return Spikes.in_order(times[kept], lines[kept], x.size)


@CODES.register("bernoulli")
@dataclass(frozen=True, kw_only=True)
class BernoulliRate(Code):
    """A spike with probability x in every step of 1 / f_max, so that the mean rate is x f_max.

    The number of spikes of a line is binomial: its mean is x f_max duration, its variance 1 - x
    times that.

    Parameters
    ----------
    f_max : [Hz]
        Rate of 1.
    duration : [s]
        How long spikes are sent: a whole number of steps.

    Raises
    ------
    ConfigError
        If it is not, or there are more than 1e9 steps.

    Source: Alymova 2025, eq 4.
    """

    f_max: float = quantity(100.0, unit="Hz", above=0, high=1e15)
    duration: float = quantity(0.1, unit="s", above=0, high=1e15)

    def __post_init__(self) -> None:
        super().__post_init__()
        steps = self.f_max * self.duration
        require_few(self, steps)
        if steps < 0.5 or abs(steps - round(steps)) > WHOLE * steps:
            got = f"{steps:g} steps"
            remedy = "Let duration be a multiple of 1 / f_max."
            fail("BernoulliRate.duration", "a whole number of steps", got, remedy)

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return round(self.f_max * self.duration)

    def spikes(self, x: Floats, *, rng: Rng) -> Spikes:
        """Return spikes at the beginnings of steps."""
        steps, lines = np.nonzero(rng.random((self.steps, x.size)) < x)
        times: Doubles = steps / self.f_max
        return Spikes(times, lines, x.size)


def require_few(code: Code, most: float) -> None:
    """Raise unless a line of ``code`` has at most 1e9 spikes or steps."""
    if most > MOST:
        where, got = f"{type(code).__name__}.duration", f"{most:g}"
        fail(where, f"at most {MOST:g} spikes a line", got, "Shorten it, or lower f_max.")
