"""Rank correlations of a metric with parameters, and how often chance gives as much."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from crossbar.report.sweeps.levels import levels, numeric
from crossbar.report.sweeps.records import Sweep


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
