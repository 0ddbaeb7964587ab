"""What a sweep shows: its points in order, and the best one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from crossbar.intervals import Interval
from crossbar.report.amounts import amounts, each
from crossbar.report.sweeps import splits
from crossbar.report.sweeps.importance import Importance
from crossbar.report.sweeps.levels import Level, matching, plain, same
from crossbar.report.sweeps.losses import losses
from crossbar.report.sweeps.quantities import measured, point_text
from crossbar.report.sweeps.records import ACCURACY, Sweep
from crossbar.report.sweeps.replicates import drawn, own, repeated
from crossbar.report.sweeps.statistics import (
    changes,
    compared,
    direction,
    interval_of,
    means,
    student_kind,
)
from crossbar.report.wording import listing


@dataclass(frozen=True)
class Verdict:
    """The finished points of a sweep, judged by its metric."""

    sweep: Sweep

    @cached_property
    def unit(self) -> str:
        """SI unit of the metric; "%" for shares."""
        return self.sweep.unit(self.sweep.metric)

    @property
    def falling(self) -> bool:
        """Whether the lowest value comes first."""
        return direction(self.sweep, self.sweep.metric) < 0

    @property
    def first(self) -> str:
        """What the first point is: the best, or of a metric without direction the highest."""
        return "best" if direction(self.sweep, self.sweep.metric) else "highest"

    @cached_property
    def points(self) -> pd.DataFrame:
        """Every finished point with ``mean``, ``low``, ``high`` and ``seeds``, the best first."""
        table = means(self.sweep, self.sweep.parameters, self.sweep.metric)
        order = table.sort_values("mean", ascending=self.falling, kind="stable")
        return order.reset_index(drop=True)

    @cached_property
    def compared(self) -> pd.DataFrame:
        """The points with their paired change from the reference, and how many pairs it is over.

        A single point has none, nor have trainings of different samples.
        """
        sweep, names = self.sweep, list(self.sweep.parameters)
        if len(self.points) < 2 or not sweep.paired:
            return self.points
        change = changes(sweep, names, sweep.metric, sweep.reference)
        table = compared(self.points, change, names)
        pairs = table["change pairs"].fillna(0).astype(int)
        return table.assign(**{"change pairs": pairs})

    @property
    def best(self) -> dict[str, Level]:
        """Value of each parameter at the best point."""
        return self.point(0)

    def point(self, k: int) -> dict[str, Level]:
        """Return the value of each parameter at point number ``k``."""
        return {name: plain(self.points[name].iloc[k]) for name in self.sweep.parameters}

    def interval(self, k: int) -> Interval:
        """Return the metric at point number ``k``."""
        return interval_of(self.points.iloc[k])

    def place(self, point: Mapping[str, Level]) -> int | None:
        """Return the number of ``point`` among the points, or None if no run of it is finished."""
        rows = np.flatnonzero(matching(self.points, point))
        return int(rows[0]) if len(rows) else None

    def run_at(self, point: dict[str, Level]) -> int | None:
        """Return the first finished run at ``point``, or None if there is none."""
        numbers = self.sweep.done["run"][matching(self.sweep.done, point)]
        return int(numbers.iloc[0]) if len(numbers) else None

    @property
    def own(self) -> str:
        """What the repetitions are: "seed", or "chip" of the one seed."""
        return own(self.sweep)

    def basis(self, k: int | None = None) -> str:
        """Return what the interval of point number ``k`` is over, or what most intervals are."""
        points = self.points if k is None else self.points.iloc[[k]]
        over = repeated(self.sweep, n := int(points["seeds"].max()))
        if draws := drawn(points):
            return f"95 % interval, over {draws} and {over}"
        if n > 1 and not self.sweep.draw:
            return f"95 % interval, {student_kind(self.sweep)} over {over}"
        if self.sweep.metric == ACCURACY and points["low"].notna().any():
            return "95 % interval, Wilson over independent test samples"
        return over

    def sentences(self) -> tuple[str, ...]:
        """Return the best point with its interval, and which parameter matters most."""
        words = measured(self.sweep, self.sweep.metric, 0.0).words
        superlative = "Lowest" if self.falling else "Highest"
        where = f" at {point_text(self.sweep, self.best)}" if self.best else ""
        best = f"{superlative} {words}: {self.text(self.interval(0))}{where} ({self.basis(0)})."
        if len(self.points) > 1:
            high, low = ("high", "low")[:: -1 if self.falling else 1]
            best += self._lost()
            best += (
                f" Chosen as the {self.first} of {len(self.points)} points by these same runs, it "
                f"is more likely too {high} than too {low}."
            )
            best += self._gain()
        return (best, *filter(None, [self._split(), Importance(self).sentence()]))

    def _split(self) -> str:
        """Return the interval of one more chip and its causes, over draws of a device; or empty."""
        known = splits.points(self.sweep) if self.sweep.draw else []
        here = [one for one in known if all(same(v, self.best[n]) for n, v in one.point.items())]
        if not here:
            return ""
        (one,) = here
        several = one.y.shape[1] > 1
        trained = "another chip and another seed" if several else "another chip of this seed"
        words = measured(self.sweep, self.sweep.metric, 0.0).words
        text = (
            f"With a device that fits the measurement as well, {trained}, the {words} is "
            f"{self.text(one.one)} (95 % interval of one more chip). Shares of its variance: "
            f"{one.text}."
        )
        zero = listing(list(one.unresolved))
        return f"{text} Not resolved, the variance may be zero: {zero}." if zero else text

    def _lost(self) -> str:
        """Return how many runs at the best point failed; empty for none."""
        lost = losses(self.sweep)
        here = lost[matching(lost, self.best)]
        if here.empty:
            return ""
        failed, runs = (int(here[name].iloc[0]) for name in ("failed", "runs"))
        kept = "draws of the device that have all results" if self.sweep.draw else "others"
        return f" {failed} of {runs} runs at this point failed: the mean is over the {kept}."

    def _gain(self) -> str:
        """Return how the best point compares with the reference; empty if it is the reference."""
        change = "" if self.sweep.sampled else self.departure(0)
        reference = point_text(self.sweep, self.sweep.reference)
        return f" From the reference point, {reference}, it differs by {change}." if change else ""

    def departure(self, k: int) -> str:
        """Return how much point number ``k`` differs from the reference; empty if it cannot."""
        row = self.compared.iloc[k]
        if "change mean" not in row or self.is_reference(self.point(k)):
            return ""
        change = interval_of(row, "change ")
        if not math.isfinite(change.mean):
            return ""
        own = self.own
        pairs = f"{own} by {own}" if change.known else f"in the one {own} that both have"
        return f"{self.difference(change)}, {pairs}"

    def text(self, value: Interval) -> str:
        """Return a value of the metric with its interval."""
        mean, low, high = amounts(value, self.unit)
        return f"{mean} [{low}, {high}]" if value.known else mean

    def difference(self, change: Interval) -> str:
        """Return a change of the metric with its interval."""
        mean, low, high = self.signed(change)
        span = f" [{low}, {high}]" if change.known else ""
        return f"{mean}{span}{' percentage points' if self.unit == '%' else ''}"

    def signed(self, change: Interval) -> tuple[str, str, str]:
        """Return a change of the metric and its ends, with signs; shares in percentage points."""
        if self.unit == "%":
            points = change.times(100)
            digits = points.decimals if points.tells else 1
            return each(points, lambda value: f"{value:+.{digits}f}")
        texts = amounts(change, self.unit)
        ends = (change.mean, change.low, change.high)
        mean, low, high = (f"{'+' if v > 0 else ''}{t}" for v, t in zip(ends, texts, strict=True))
        return mean, low, high

    def is_reference(self, point: dict[str, Level]) -> bool:
        """Return whether the others are compared with ``point``."""
        wanted = self.sweep.reference
        return all(same(v, wanted[n]) for n, v in point.items())
