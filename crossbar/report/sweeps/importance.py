"""Which parameter of a sweep matters most, in a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from crossbar.intervals import CONFIDENCE, Interval
from crossbar.report.sweeps.effects import effects
from crossbar.report.sweeps.levels import Level, equal, levels, numeric, plain, same
from crossbar.report.sweeps.quantities import level_text, measured
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.statistics import changes, interval_of

if TYPE_CHECKING:
    from crossbar.report.sweeps.verdict import Verdict

TELLING = 8  # points that a rank correlation needs
FEW = 12  # values of a parameter, above which it counts as sampled


@dataclass(frozen=True)
class Importance:
    """The parameters of a sweep by what they do to its metric."""

    verdict: Verdict

    @property
    def sweep(self) -> Sweep:
        """The sweep."""
        return self.verdict.sweep

    def sentence(self) -> str:
        """Return the sentence that names the parameter with the largest effect."""
        sweep = self.sweep
        if not sweep.varied:
            return ""
        if sweep.centre is not None:
            return self._judged(list(self._departures()))
        if sweep.sampled or any(len(levels(sweep.done[name])) > FEW for name in sweep.varied):
            return self._ranked()
        return self._judged(list(self._swings()))

    def _ranked(self) -> str:
        """Return the strongest rank correlation; empty where there are too few points for one."""
        ranks = rank_correlations(self.sweep, self.sweep.metric)
        count = len(self.verdict.points)
        if not ranks or count < TELLING:
            return ""
        name = max(ranks, key=lambda n: abs(ranks[n]))
        text = f"rank correlation {ranks[name]:+.2f} over {count} points"
        if chance(ranks[name], count) * len(ranks) <= 1 - CONFIDENCE:  # strongest of so many
            return f"{self._most(name)}: {text}."
        words = self._words
        return f"No parameter has a visible effect on the {words}: {name} has the strongest {text}."

    def _departures(self) -> Iterator[tuple[str, str, Interval]]:
        """Yield the changes from the reference point by one parameter, with words for them."""
        reference = self.sweep.reference
        for one in effects(self.sweep, self.sweep.metric):
            if not one.seeds:
                continue
            new, old = (
                level_text(self.sweep, one.name, v) for v in (one.value, reference[one.name])
            )
            words = f"{new} in place of {old} changes it by {self.verdict.difference(one.change)}"
            yield one.name, f"{words}, {self.verdict.own} by {self.verdict.own}", one.change

    def _swings(self) -> Iterator[tuple[str, str, Interval]]:
        """Yield the largest change between two values of each parameter, with words for it.

        A parameter whose values no two runs of equal other parameters have, has none.
        """
        for name in self.sweep.varied:
            low, high, change = self._swing(name)
            if same(low, high):
                continue
            start, end = (level_text(self.sweep, name, value) for value in (low, high))
            words = f"from {start} to {end} it changes by {self.verdict.difference(change)}"
            yield (
                name,
                f"{words}, runs of equal {self.verdict.own} and other parameters compared",
                change,
            )

    def _swing(self, name: str) -> tuple[Level, Level, Interval]:
        """Return the two values of ``name`` between which the metric changes most, and how."""
        metric = self.sweep.done[self.sweep.metric]
        order = levels(self.sweep.done[name][metric.notna()])
        table = changes(self.sweep, [name], self.sweep.metric, {name: order[0]})
        ends = sorted((table["mean"].argmin(), table["mean"].argmax()))
        low, high = (plain(table[name].iloc[k]) for k in ends)
        table = changes(self.sweep, [name], self.sweep.metric, {name: low})
        return low, high, interval_of(table[equal(table[name], high)].iloc[0])

    def _most(self, name: str) -> str:
        return f"{name} matters most for the {self._words}"

    def _judged(self, shown: Sequence[tuple[str, str, Interval]]) -> str:
        """Return the largest change, or the largest that is beyond what repetitions differ by."""
        if not shown:
            return ""
        words = self._words
        name, text, change = max(shown, key=lambda one: _size(one[2]))
        if not change.known:
            return f"{self._most(name)}: {text}; one {self.verdict.own} gives no interval."
        if _certain(change):
            return f"{self._most(name)}: {text}."
        beyond = f"stands out from the differences between {self.verdict.own}s"
        if certain := [one for one in shown if _certain(one[2])]:
            name, text, _ = max(certain, key=lambda one: _size(one[2]))
            return f"The largest change of the {words} that {beyond} is that by {name}: {text}."
        return f"No change of the {words} {beyond}; the largest is that by {name}: {text}."

    @property
    def _words(self) -> str:
        return measured(self.sweep, self.sweep.metric, 0.0).words


def _certain(change: Interval) -> bool:
    """Return whether the interval of a change excludes zero."""
    return change.known and not change.low <= 0 <= change.high


def _size(change: Interval) -> float:
    return abs(change.mean) if math.isfinite(change.mean) else 0.0


def rank_correlations(sweep: Sweep, metric: str) -> dict[str, float]:
    """Return Spearman's rank correlation of ``metric`` with each parameter that is a number.

    There is none where one of them has a single value among the runs that have both.
    """
    ranks = {}
    for name in sweep.varied:
        if numeric(levels(sweep.done[name])):
            pairs = sweep.done[[name, metric]].dropna().rank()
            if pairs.nunique().gt(1).all():
                ranks[name] = float(np.corrcoef(pairs.to_numpy(float).T)[0, 1])
    return ranks


def chance(rank: float, count: int) -> float:
    """Return how often ``count`` points without a trend have a rank correlation so far from zero.

    Two-sided, from Student's t with ``count`` - 2 degrees of freedom.

    Examples
    --------
    >>> round(chance(0.5, 20), 3), chance(1.0, 20)
    (0.025, 0.0)
    """
    if abs(rank) >= 1 - 1e-12:
        return 0.0
    t = abs(rank) * math.sqrt((count - 2) / (1 - rank * rank))
    return 2 * float(special.stdtr(count - 2.0, -t))
