"""What a wave of spikes looks like to columns that race, and how their thresholds learn."""

from __future__ import annotations

import math
from dataclasses import dataclass

from crossbar.specification import Specification
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Race(Specification):
    """Every line spikes at most once in a wave; the first column at its threshold wins.

    A spike is a read pulse. Bit lines are held at ground and their currents charge the membranes,
    which start from rest; the winner stops the wave. Then the lines repeat their spikes as the
    waveforms that move cells, with that of the winner on its bit line.

    Charges here are those of the bit line. A current mirror of the ratio r charges a membrane with
    r times as much: 0.3 nC are 0.5 V on 1 pF behind a mirror of 1/600.

    Parameters
    ----------
    width : [s]
        Of a read pulse.
    v_read : [V]
        Of a read pulse.
    tau : [s]
        Time constant of the leak of a membrane; None for no leak.

    Source: assumed.
    """

    width: float = quantity(2e-6, unit="s", above=0, high=1e3)
    v_read: float = quantity(0.1, unit="V", above=0, high=10)
    tau: float | None = quantity(None, unit="s", above=0, high=1e6)

    @property
    def leak(self) -> float:
        """1 / tau [1/s], 0 for none."""
        return 0.0 if self.tau is None else 1.0 / self.tau


@dataclass(frozen=True, kw_only=True)
class Homeostasis(Specification):
    """Thresholds that learn, so that all columns win about equally often.

    After a wave, every threshold is multiplied by exp(pace (goal - t) / goal), where t is when the
    winner fired, and at most twice the goal: all together fire about at the goal. That of the
    winner is multiplied by exp(rate) and all by exp(-rate / columns): who wins gets harder to
    excite. Rate and pace fall by a factor from one pass over the samples to the next.

    Parameters
    ----------
    rate
        How much a win raises a threshold, relative.
    pace
        How much thresholds follow the goal, relative.
    goal : [s]
        When winners are to fire.
    fall
        Factor of rate and pace from pass to pass.

    Source: thresholds that rise with activity are those of Querlioz et al., IEEE Trans.
    Nanotechnol. 12:288, 2013; this form and its numbers are assumed.
    """

    rate: float = quantity(0.05, low=0, high=1)
    pace: float = quantity(0.003, low=0, high=1)
    goal: float = quantity(3e-6, unit="s", above=0, high=1e3)
    fall: float = quantity(0.7, above=0, high=1)

    def following(self, passed: int, fired: float) -> float:
        """Return the factor of all thresholds after a wave whose winner ``fired`` [s]."""
        late = min(fired, 2 * self.goal)
        return math.exp(self.fall**passed * self.pace * (self.goal - late) / self.goal)

    def winning(self, passed: int, columns: int) -> tuple[float, float]:
        """Return the factors of all thresholds and of that of the winner after a win."""
        rate = self.fall**passed * self.rate
        return math.exp(-rate / columns), math.exp(rate)
