"""Exact changes: cells that take any change within their range."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crossbar.kernels.bound import Bound
from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import f32
from crossbar.kernels.offers import CHANGED, SATURATED, follow
from crossbar.types import Floats, Integers, Masks


@jit
def _moved(row, factor, g, low, high, free, change, row_total):
    """Add ``row * factor`` to free cells within their range."""
    changed, cut, total = f32(0), f32(0), g[0] * f32(0)
    for i in range(g.size):
        asked = g[i] + row[i] * factor
        new = min(max(asked, low), high)
        moved = (new - g[i]) * (f32(1) if free[i] else f32(0))
        cut += f32(1) if (new != asked) & free[i] else f32(0)
        changed += f32(1) if moved != f32(0) else f32(0)
        g[i] += moved
        change[i] = moved
        row_total[i] += moved
        total += moved
    return changed, cut, total


class Exact(NamedTuple):
    """Cells that take any change, (cols, lines)."""

    g: Floats
    """Conductances [S]."""
    free: Masks
    """False where a cell takes no change."""
    low: float
    """Lowest conductance of all [S]."""
    high: float
    """Highest conductance of all [S]."""


@jit
def change_exactly(
    bound: Bound,
    x: Floats,
    d: Floats,
    per: float,
    sign: float,
    key: np.uint64,
    totals: Floats,
    visits: Integers,
) -> None:
    """Add offers in siemens without rounding, within the range, to all cells.

    Nothing is drawn from ``key``, and ``visits`` are ``EVERY``.

    ``bound`` has :class:`Exact` and :class:`Sums`; the rest is an :class:`Offer`.
    """
    cells, sums = bound.entries
    g, free, least, most = cells
    seen, row_total, col_total, starts, width = sums
    real = g.dtype.type
    low, high, unit, factor_seen = real(least), real(most), real(per), real(sign)
    cols = g.shape[0]
    rows = max(x.shape[1], d.shape[2])  # x has none where d is given in full
    change = np.empty(rows, g.dtype)
    for j in range(cols):
        for s in range(x.shape[0]):
            row, factor = (x[s], d[s, j, 0] * unit) if x.shape[1] > 0 else (d[s, j], unit)
            if factor == 0:
                continue
            for p in range(starts.size - 1):
                a, b = starts[p], starts[p + 1]
                moved = change[: b - a]
                changed, cut, total = _moved(
                    row[a % rows : a % rows + b - a], factor, g[j, a:b], low,
                    high, free[j, a:b], moved, row_total[j // width, a:b],
                )  # fmt: skip
                totals[CHANGED] += float(changed)
                totals[SATURATED] += float(cut)
                col_total[p, j] += total
                if seen.size:
                    follow(seen[j, a:b], factor_seen, moved)
