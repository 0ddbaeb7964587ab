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


def normal(value: float, error: float, level: float) -> Estimate:
    """Return the estimate with the interval of a normal distribution at ``level``."""
    from scipy import stats

    half = float(stats.norm.ppf(0.5 + level / 2)) * error
    return Estimate(value, error, value - half, value + half)


def mean_of(values: Doubles, errors: Doubles, level: float) -> Estimate:
    """Return the mean of ``values`` over cells: Student's interval, of one cell by its error."""
    from scipy import stats

    n = len(values)
    if n < 2:
        return normal(float(values[0]), float(errors[0]), level)
    mean, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(n))
    half = float(stats.t.ppf(0.5 + level / 2, n - 1)) * error
    return Estimate(mean, error, mean - half, mean + half)


def spread_of(values: Doubles, errors: Doubles, level: float) -> Estimate:
    """Return the standard deviation of what ``values`` estimate, each with its standard error.

    Their variance less the mean square of the errors; the interval is that of chi-squared for the
    variance, less the same. Source: method of moments. Valid for: normal distributions.
    """
    from scipy import stats

    n = len(values)
    if n < 2:
        return Estimate(np.nan, np.nan, np.nan, np.nan)
    variance, own = float(values.var(ddof=1)), float(np.mean(errors**2))
    ends = [(n - 1) / float(stats.chi2.ppf(p, n - 1)) for p in (0.5 + level / 2, 0.5 - level / 2)]
    every = np.sqrt(np.maximum(variance * np.array([1.0, *ends]) - own, 0.0))
    value, low, high = (float(one) for one in every)
    error = variance / np.sqrt(2.0 * (n - 1)) / max(value, np.finfo(float).tiny)
    return Estimate(value, float(error) if value > 0 else np.nan, low, high)
