"""Estimates with intervals: of one number, and of mean and spread over cells."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crossbar.types import Doubles
from crossbar.units import text


class Estimate(NamedTuple):
    """A number with its interval and its standard error, NaN where there is none, and SI unit.

    Of a posterior, median, interval and standard deviation.

    Examples
    --------
    >>> str(Estimate(5e-6, 4e-6, 6e-6, 6e-7, "S")), str(Estimate(0.3, 0.25, 0.36, 0.03))
    ('5 uS [4 uS, 6 uS]', '0.3 [0.25, 0.36]')
    """

    value: float
    low: float
    high: float
    error: float
    unit: str = ""

    def __str__(self) -> str:
        value, low, high = self.texts
        return f"{value} [{low}, {high}]"

    @property
    def texts(self) -> tuple[str, str, str]:
        """Value and ends of the interval in words."""
        value, low, high = (
            text(one, self.unit, 3) if self.unit else f"{one:.3g}" for one in self[:3]
        )
        return value, low, high


def normal(value: float, error: float, level: float, freedom: float = np.inf) -> Estimate:
    """Return the estimate with its interval at ``level``: Student's of some degrees of freedom."""
    from scipy import stats

    half = float(stats.t.ppf(0.5 + level / 2, max(freedom, 1))) * error
    return Estimate(value, value - half, value + half, error)


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
    return Estimate(value, low, high, float(error) if value > 0 else np.nan)
