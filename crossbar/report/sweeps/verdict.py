"""What a sweep found: its points in order, the best one, and the parameter that matters most."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from crossbar.report.fields import METRICS
from crossbar.report.intervals import Interval
from crossbar.report.sweeps.levels import Level, levels, missing, plain
from crossbar.report.sweeps.quantities import level_text, measured, point_text
from crossbar.report.sweeps.records import ACCURACY, Sweep
from crossbar.report.sweeps.statistics import (
    changes,
    effects,
    means,
    rank_correlations,
    repetition,
)
from crossbar.report.wording import quantity_text

COSTS = ("J", "s", "W", "nats")  # units of what should be low
FEW = 12  # values of a parameter, above which it counts as sampled


@dataclass(frozen=True)
class Verdict:
    """The finished points of a sweep, judged by its metric."""

    sweep: Sweep

    @cached_property
    def unit(self) -> str:
        """SI unit of the metric; "%" for shares."""
        return metric_unit(self.sweep, self.sweep.metric)

    @property
    def falling(self) -> bool:
        """Whether the lowest value is the best: of what costs energy or time, and of a loss."""
        return self.unit in COSTS

    @cached_property
    def points(self) -> pd.DataFrame:
        """Every finished point with ``mean``, ``low``, ``high`` and ``seeds``, the best first."""
        table = means(self.sweep, self.sweep.parameters, self.sweep.metric)
        order = table.sort_values("mean", ascending=self.falling, kind="stable")
        return order.reset_index(drop=True)

    @property
    def best(self) -> dict[str, Level]:
        """Value of each parameter at the best point."""
        return self.point(0)

    def point(self, k: int) -> dict[str, Level]:
        """Return the value of each parameter at point number ``k``."""
        return {name: plain(self.points[name].iloc[k]) for name in self.sweep.parameters}

    def interval(self, k: int) -> Interval:
        """Return the metric at point number ``k``."""
        row = self.points.iloc[k]
        return Interval(float(row["mean"]), float(row["low"]), float(row["high"]))

    def place(self, point: dict[str, Level]) -> int | None:
        """Return the number of ``point`` among the points, or None if no run of it is finished."""
        found = np.flatnonzero(_at(self.points, point))
        return int(found[0]) if len(found) else None

    def run_at(self, point: dict[str, Level]) -> int | None:
        """Return the first finished run at ``point``, or None if there is none."""
        numbers = self.sweep.done["run"][_at(self.sweep.done, point)]
        return int(numbers.iloc[0]) if len(numbers) else None

    def basis(self, k: int | None = None) -> str:
        """Return what the interval of point number ``k`` is over, or what most intervals are."""
        own = "seeds" if repetition(self.sweep) == "seed" else "chips"
        n = int(self.points["seeds"].max() if k is None else self.points["seeds"].iloc[k])
        if n > 1:
            return f"95 % interval, Student t over {n} {own}"
        if self.sweep.metric == ACCURACY and self.points["low"].notna().any():
            return "95 % interval, Wilson over independent test windows"
        return f"one {own[:-1]}"

    def sentences(self) -> tuple[str, ...]:
        """Return the best point with its interval, and which parameter matters most."""
        words = measured(self.sweep, self.sweep.metric, 0.0).words
        superlative = "Lowest" if self.falling else "Highest"
        where = f" at {point_text(self.sweep, self.best)}" if self.best else ""
        best = f"{superlative} {words}: {self.told(self.interval(0))}{where} ({self.basis(0)})."
        if len(self.points) > 1:
            best += (
                f" Chosen as the best of {len(self.points)} points, it flatters itself a little."
            )
        return (best, *filter(None, [self._matters()]))

    def told(self, found: Interval) -> str:
        """Return a value of the metric with its interval."""
        text = amount(found.mean, self.unit)
        if not found.known:
            return text
        return f"{text} [{amount(found.low, self.unit)}, {amount(found.high, self.unit)}]"

    def _matters(self) -> str:
        """Return the sentence that names the parameter with the largest effect."""
        sweep = self.sweep
        if not sweep.varied:
            return ""
        if sweep.centre is not None:
            return self._departure()
        if any(len(levels(sweep.done[name])) > FEW for name in sweep.varied):
            ranks = {n: r for n, r in rank_correlations(sweep, sweep.metric).items() if r == r}
            if not ranks:
                return ""
            name = max(ranks, key=lambda n: abs(ranks[n]))
            return f"{self._most(name)}: rank correlation {ranks[name]:+.2f} over all runs."
        found = {name: self._swing(name) for name in sweep.varied}
        name = max(found, key=lambda n: _size(found[n][2]))
        low, high, change = found[name]
        text = (
            f"from {level_text(sweep, name, low)} to {level_text(sweep, name, high)} it changes "
            f"by {self.difference(change)}, runs of equal seed and other parameters compared"
        )
        return self._judged(name, text, change)

    def _departure(self) -> str:
        """Return the largest change from the reference point where one parameter departs a time."""
        found = effects(self.sweep, self.sweep.metric)
        if not found:
            return ""
        most = max(found, key=lambda e: abs(e.change.mean))
        text = (
            f"{level_text(self.sweep, most.name, most.value)} in place of "
            f"{level_text(self.sweep, most.name, self.sweep.reference[most.name])} changes it by "
            f"{self.difference(most.change)}, seed by seed"
        )
        return self._judged(most.name, text, most.change)

    def _swing(self, name: str) -> tuple[Level, Level, Interval]:
        """Return the two values of ``name`` between which the metric changes most, and how."""
        order = levels(self.sweep.done[name])
        table = changes(self.sweep, [name], self.sweep.metric, {name: order[0]})
        ends = sorted((table["mean"].argmin(), table["mean"].argmax()))
        low, high = (plain(table[name].iloc[k]) for k in ends)
        table = changes(self.sweep, [name], self.sweep.metric, {name: low})
        row = table[table[name].isna() if high != high else table[name] == high].iloc[0]
        return low, high, Interval(float(row["mean"]), float(row["low"]), float(row["high"]))

    def _most(self, name: str) -> str:
        words = measured(self.sweep, self.sweep.metric, 0.0).words
        return f"{name} matters most for the {words}"

    def _judged(self, name: str, text: str, change: Interval) -> str:
        if not change.known:
            return f"{self._most(name)}: {text}; one seed tells no interval."
        if change.low <= 0 <= change.high:
            return (
                f"No parameter moved the metric beyond what seeds do; {name} moved it most: {text}."
            )
        return f"{self._most(name)}: {text}."

    def difference(self, change: Interval) -> str:
        """Return a change of the metric with its interval."""
        if self.unit == "%":
            points = Interval(100 * change.mean, 100 * change.low, 100 * change.high)
            return f"{points.text(1, sign='+')} percentage points"
        text = "".join(("+" if change.mean > 0 else "", amount(change.mean, self.unit)))
        if not change.known:
            return text
        return f"{text} [{amount(change.low, self.unit)}, {amount(change.high, self.unit)}]"


def _at(table: pd.DataFrame, point: dict[str, Level]) -> pd.Series[bool]:
    """Return which rows of ``table`` belong to ``point``."""
    keep = pd.Series(True, index=table.index)
    for name, value in point.items():
        keep &= table[name].isna() if missing(value) else table[name] == value
    return keep


def _size(change: Interval) -> float:
    return abs(change.mean) if math.isfinite(change.mean) else 0.0


def metric_unit(sweep: Sweep, name: str) -> str:
    """Return the SI unit of the metric ``name``; "%" for shares."""
    units: dict[str, str] = sweep.about.get("units") or {}
    return units.get(name, METRICS.get(name, ("", ""))[1])


def amount(value: float, unit: str) -> str:
    """Return a value of a metric as the page writes it.

    Examples
    --------
    >>> amount(0.9412, "%"), amount(3.2e-9, "J"), amount(0.5, "nats"), amount(30130.0, "")
    ('94.1 %', '3.2 nJ', '0.500 nats', '30130')
    """
    if not math.isfinite(value):
        return "none"
    if unit == "%":
        return f"{100 * value:.1f} %"
    if unit == "nats":
        return f"{value:.3f} nats"
    if unit:
        return quantity_text(value, unit, 3)
    if value.is_integer() and abs(value) < 1e9:
        return f"{value:.0f}"
    return f"{value:.4g}"
