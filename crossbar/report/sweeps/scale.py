"""Where the values of a parameter stand along an axis, and what is written there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator

from crossbar.report.figures.canvas import GREY
from crossbar.report.sweeps.levels import Level, levels, missing, numeric
from crossbar.report.sweeps.quantities import AGE, Quantity, level_text, parameter
from crossbar.report.sweeps.records import Sweep
from crossbar.types import Floats, Masks

SPAN = 8.0  # from this ratio of the largest to the least value on, an axis may be logarithmic
WRITTEN = 14  # levels that are written out one by one, where they find room


@dataclass(frozen=True)
class Scale:
    """The axis of a parameter.

    Attributes
    ----------
    name, quantity
        What it shows.
    values
        The levels, rising, none first; texts in the order in which they came.
    places
        Where they stand, in the shown unit; texts and truth values at 0, 1, 2 ...
    labels
        What is written there.
    numbers
        How many at the end of ``values`` stand at their value; those before, zero on a logarithmic
        axis and none, have a place of their own left of a break. 0 for texts and truth values.
    logarithmic
        Whether distances are ratios.
    """

    name: str
    quantity: Quantity
    values: list[Level]
    places: list[float]
    labels: list[str]
    numbers: int
    logarithmic: bool

    @property
    def numeric(self) -> bool:
        """Whether the axis has a scale."""
        return self.numbers > 0

    def place(self, column: pd.Series[Any]) -> Floats:
        """Return where the values of ``column`` stand."""
        known = {v: p for v, p in zip(self.values, self.places, strict=True) if not missing(v)}
        return np.asarray(column.map(known).fillna(self.places[0]), dtype=np.float64)

    def apart(self, column: pd.Series[Any]) -> Masks:
        """Return which values of ``column`` have a place of their own, without neighbours."""
        own = self.values[: len(self.values) - self.numbers]
        apart: Masks = (column.isna() | column.isin(own)).to_numpy(bool)
        return apart

    def draw(self, ax: Axes) -> None:
        """Set up the x axis of ``ax``."""
        axis = ax.xaxis
        if self.logarithmic:
            ax.set_xscale("log")
        low, high = self._limits()
        ax.set_xlim(low, high)
        axis.set_ticks([], minor=True)
        if len(self.values) <= WRITTEN or not self.numeric or self.name == AGE:
            axis.set_ticks(self.places, labels=self.labels)
        else:
            own = len(self.values) - self.numbers
            first = self.places[own]
            few = (1.0, 3.0) if high < 3e3 * first else (1.0,)
            locator: Any = LogLocator(subs=few, numticks=9) if self.logarithmic else MaxNLocator(5)
            ticks = [t for t in locator.tick_values(first, high) if first * 0.999 <= t <= high]
            places = [*self.places[:own], *ticks]
            axis.set_ticks(places, labels=[*self.labels[:own], *(f"{t:g}" for t in ticks)])
        if self.numeric and len(self.values) > self.numbers:
            left, right = self.places[len(self.values) - self.numbers - 1 :][:2]
            gap = math.sqrt(left * right) if self.logarithmic else (left + right) / 2
            ax.axvline(gap, color=GREY, lw=3, ls=(0, (0.4, 0.9)), alpha=0.5)
        ax.grid(visible=False, axis="x")

    def _limits(self) -> tuple[float, float]:
        """Return the ends of the axis, a little beyond the outermost places."""
        low, high = self.places[0], self.places[-1]
        if not self.numeric:
            return low - 0.5, high + 0.5
        if self.logarithmic:
            margin = (high / low) ** 0.06
            return low / margin, high * margin
        margin = 0.06 * (high - low) or 0.5
        return low - margin, high + margin


def scale(sweep: Sweep, name: str) -> Scale:
    """Return the axis of the parameter ``name`` for the runs of ``sweep`` that ended.

    Logarithmic where the values spread over a decade or so and lie more evenly there.
    """
    values = levels(sweep.ended[name])
    if not numeric(values):
        labels = [level_text(sweep, name, v) for v in values]
        quantity = Quantity(parameter(sweep, name, 0.0).words, "", 1.0)
        return Scale(name, quantity, values, [*map(float, range(len(values)))], labels, 0, False)
    numbers = [float(v) for v in values if not missing(v)]
    log = spread(numbers)
    positive = [v for v in numbers if v > 0]
    middle = math.sqrt(positive[0] * positive[-1]) if log else max(map(abs, numbers))
    quantity = parameter(sweep, name, middle)
    own = [v for v in values if missing(v) or (log and v == 0)]
    shown = [quantity.factor * v for v in (positive if log else numbers)]
    if log:
        step = (shown[-1] / shown[0]) ** (0.3 if missing(own[0]) else 0.22) if own else 1.0
        places = [shown[0] / step ** (len(own) - k) for k in range(len(own))]
    else:
        step = 0.15 * (shown[-1] - shown[0]) or 1.0
        places = [shown[0] - step * (len(own) - k) for k in range(len(own))]
    if name == AGE:  # each label has its own unit
        quantity = replace(quantity, unit="")
        labels = [level_text(sweep, name, v) for v in values]
    else:
        labels = ["none" if missing(v) else f"{quantity.factor * float(v):g}" for v in values]
    return Scale(name, quantity, values, places + shown, labels, len(shown), log)


def spread(numbers: Sequence[float]) -> bool:
    """Return whether rising ``numbers``, none negative, lie more evenly on a logarithmic axis.

    Examples
    --------
    >>> spread([0.0, 0.001, 0.01, 0.1]), spread([0.0, 0.01, 0.02, 0.05]), spread([1.0, 50.0, 100.0])
    (True, False, False)
    """
    positive = [v for v in numbers if v > 0]
    if numbers[0] < 0 or len(positive) < 3 or positive[-1] < SPAN * positive[0]:
        return False
    low, middle, high = np.quantile(positive, [0.0, 0.5, 1.0])
    even = abs((middle - low) / (high - low) - 0.5)
    ratio = abs(math.log(middle / low) / math.log(high / low) - 0.5)
    return bool(ratio < even)
