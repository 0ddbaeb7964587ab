"""How the points of a sweep lie: far from a grid, or around one that others depart from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossbar.report.sweeps.levels import Level, plain

if TYPE_CHECKING:
    from crossbar.report.sweeps.records import Sweep

SAMPLED = 4  # a grid of so many times the points that were run is no grid


def sampled(sweep: Sweep) -> bool:
    """Return whether the points are far from a grid: few of its places, or no value comes twice."""
    points = sweep.frame[list(sweep.varied)].drop_duplicates()
    numbers = [points[name].nunique(dropna=False) for name in sweep.varied]
    places = math.prod(numbers)
    alone = len(points) > 2 and min(numbers, default=0) == len(points)
    return len(numbers) > 1 and (alone or places > SAMPLED * len(points))


def centre(sweep: Sweep) -> dict[str, Level] | None:
    """Return the point that all others depart from in one parameter; None in any other design."""
    if len(sweep.parameters) < 2:
        return None
    points = sweep.frame[list(sweep.parameters)].drop_duplicates()
    codes = np.stack(
        [pd.factorize(points[name], use_na_sentinel=False)[0] for name in sweep.parameters]
    )
    middle = np.array([np.bincount(row).argmax() for row in codes])
    departs = codes != middle[:, None]
    if len(points) < 3 or departs.sum(axis=0).max() > 1:
        return None
    rows = (~departs).argmax(axis=1)  # a point with the value of the centre
    return {n: plain(points[n].iloc[k]) for n, k in zip(sweep.parameters, rows, strict=True)}
