"""95 % intervals of what is reported: over seeds, or over the test windows of one seed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval; both limits are NaN where there is none."""

    mean: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there is an interval."""
        return math.isfinite(self.low)

    def text(self, digits: int = 3, *, sign: str = "") -> str:
        """Return ``'0.769 [0.453, 1.000]'``; ``sign="+"`` writes the sign of positive numbers.

        Examples
        --------
        >>> Interval(0.5, 0.4, 0.6).text(2)
        '0.50 [0.40, 0.60]'
        """
        form = f"{sign}.{digits}f"
        if not self.known:
            return f"{self.mean:{form}}"
        return f"{self.mean:{form}} [{self.low:{form}}, {self.high:{form}}]"


def student(values: Sequence[float]) -> Interval:
    """Return the mean of ``values`` with Student's interval, one value a seed.

    mean -+ t(0.975, n - 1) s / sqrt(n). Valid for: normally spread values; it may reach beyond
    the range of the quantity. One value has no interval.

    Examples
    --------
    >>> student([1.0, 2.0, 3.0]).text()
    '2.000 [-0.484, 4.484]'
    """
    n, mean = len(values), float(np.mean(values))
    if n < 2:
        return Interval(mean, math.nan, math.nan)
    t = float(special.stdtrit(n - 1, 0.5 + CONFIDENCE / 2))
    half = t * float(np.std(values, ddof=1)) / math.sqrt(n)
    return Interval(mean, mean - half, mean + half)


def wilson(share: float, n: int) -> Interval:
    """Return a share of ``n`` independent trials with Wilson's interval.

    Examples
    --------
    >>> wilson(0.9, 120).text()
    '0.900 [0.833, 0.942]'
    """
    z = float(special.ndtri(0.5 + CONFIDENCE / 2))
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(share, centre - half, centre + half)


def accuracy(values: Sequence[float], n: int) -> Interval:
    """Return the accuracy of chips, one value a seed, each tested on ``n`` windows.

    Over seeds where there are several, and cut to [0, 1], which an accuracy cannot leave; over
    the windows of the one seed otherwise.
    """
    if len(values) == 1:
        return wilson(values[0], n)
    found = student(values)
    return Interval(found.mean, max(found.low, 0.0), min(found.high, 1.0))
