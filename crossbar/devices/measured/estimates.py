"""Estimates with intervals: of one number, and of mean and spread over cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.types import Doubles


@dataclass(frozen=True)
class Estimate:
    """A number with its standard error and an interval; NaN where there is none."""

    value: float
    error: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]"


def normal(value: float, error: float, level: float, freedom: float = np.inf) -> Estimate:
    """Return the estimate with its interval at ``level``: Student's of some degrees of freedom."""
    from scipy import stats

    half = float(stats.t.ppf(0.5 + level / 2, max(freedom, 1))) * error
    return Estimate(value, error, value - half, value + half)


def mean_of(values: Doubles, errors: Doubles, level: float) -> Estimate:
    """Return the mean of ``values`` over cells: Student's interval, of one cell by its error."""
    n = len(values)
    if n < 2:
        return normal(float(values[0]), float(errors[0]), level)
    return normal(float(values.mean()), float(values.std(ddof=1) / np.sqrt(n)), level, n - 1)


def spread_of(values: Doubles, errors: Doubles, level: float, *, fitted: int = 1) -> Estimate:
    """Return the standard deviation of what ``values`` estimate, each with its standard error.

    Their variance less the mean square of the errors; the interval is that of chi-squared for the
    variance, less the same. ``fitted`` parameters, the mean among them, were taken from the values.

    Source: method of moments. Valid for: normal distributions.
    """
    from scipy import stats

    n = len(values) - fitted
    if n < 1:
        return Estimate(np.nan, np.nan, np.nan, np.nan)
    variance = float(np.sum((values - values.mean()) ** 2)) / n
    own = float(np.mean(errors**2))
    ends = [n / float(stats.chi2.ppf(p, n)) for p in (0.5 + level / 2, 0.5 - level / 2)]
    every = np.sqrt(np.maximum(variance * np.array([1.0, *ends]) - own, 0.0))
    value, low, high = (float(one) for one in every)
    error = variance / np.sqrt(2.0 * n) / max(value, np.finfo(float).tiny)
    return Estimate(value, float(error) if value > 0 else np.nan, low, high)
