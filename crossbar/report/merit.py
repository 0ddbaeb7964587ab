"""The figure of merit of a result: accuracy, or R² where values are predicted."""

from __future__ import annotations

import math
from collections.abc import Sequence

from crossbar.intervals import Interval
from crossbar.types import Record

SHARE = "%"  # unit of a metric from 0 to 1, which figures show in percent


def merit(result: Record) -> str:
    """Return the name of the figure of merit of a ``result``."""
    return str(result["merit"])


def merit_words(result: Record) -> str:
    """Return what the figure of merit of a ``result`` is called."""
    return str(result["metrics"][merit(result)]["words"])


def merit_text(result: Record) -> str:
    """Return the figure of merit and its 95 % interval, ``'0.77 [0.45, 1.00]'``."""
    name = merit(result)
    low, high = (math.nan if end is None else float(end) for end in result[f"{name}_ci95"])
    return Interval(float(result[name]), low, high).text()


def ends(metric: Record) -> tuple[float, float]:
    """Return the least and the greatest value that a noted ``metric`` can have."""
    return (0.0, 1.0) if metric["unit"] == SHARE else (metric.get("least", -math.inf), math.inf)


def bounds(ci95: Sequence[float | None]) -> str:
    """Return the ends of an interval, empty where it is not known.

    Examples
    --------
    >>> bounds([0.453, 1.0]), bounds([None, None])
    ('[0.453, 1.000]', '')
    """
    low, high = ci95
    return "" if low is None or high is None else f"[{low:.3f}, {high:.3f}]"
