"""Amplifiers and converters of a read, with the way back through each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from crossbar.types import Doubles, Floats, Integers

Back = Callable[[Doubles, Doubles], tuple[Doubles, float]]
"""From the derivative by the output to those by the input and by the full scale.

The second argument is what derivatives by the settings are added to.
"""


def amplified(
    u: Doubles, full: float, settings: Doubles, first: int, z: Doubles
) -> tuple[Doubles, Back]:
    """Return what an amplifier makes of ``u``, and the way back.

    y = clip(gain u + (offset + noise z) full, -limit full, limit full), with gain, offset, noise
    and limit the ``settings`` from ``first`` on.
    """
    gain, offset, noise, limit = settings[first : first + 4]
    if not noise and np.isinf(limit):
        return _linear(u, full, settings, first)
    added = offset + noise * z
    raw = gain * u + added * full
    inside = np.abs(raw) < limit * full
    y = np.where(inside, raw, np.sign(raw) * min(limit, 1e300) * full)

    def back(d: Doubles, by: Doubles) -> tuple[Doubles, float]:
        own = np.where(inside, d, 0.0)
        by[first : first + 3] += (own * u).sum(), full * own.sum(), full * (own * z).sum()
        by_full = float((own * added).sum())
        if np.isfinite(limit):
            cut = float((np.where(inside, 0.0, d) * np.sign(raw)).sum())
            by[first + 3] += full * cut
            by_full += limit * cut
        return gain * own, by_full

    return y, back


def _linear(u: Doubles, full: float, settings: Doubles, first: int) -> tuple[Doubles, Back]:
    """Return what an amplifier without noise and limit makes of ``u``, and the way back."""
    gain, offset = settings[first : first + 2]

    def back(d: Doubles, by: Doubles) -> tuple[Doubles, float]:
        total = float(d.sum())
        by[first : first + 2] += float(np.vdot(d, u)), full * total
        return (d if gain == 1 else gain * d), offset * total

    return (u if (gain, offset) == (1, 0) else gain * u + offset * full), back


def scattered(
    u: Doubles, full: float, settings: Doubles, at: int, z: Doubles
) -> tuple[Doubles, Back]:
    """Return ``u`` with the noise of a converter, and the way back; ``settings[at]`` is its part.

    y = u + noise full z.
    """
    noise = settings[at]
    if not noise:
        return u, lambda d, by: (d, 0.0)

    def back(d: Doubles, by: Doubles) -> tuple[Doubles, float]:
        total = float((d * z).sum())
        by[at] += full * total
        return d, noise * total

    return u + noise * full * z, back


def rounded(y: Doubles, full: float, settings: Doubles, at: int) -> tuple[Doubles, Back]:
    """Return ``y`` rounded to whole steps of ``full / settings[at]``, and the way back.

    What rounding adds is held, in steps; beyond the range the output is the end of it.
    """
    top = settings[at]
    whole = np.rint(y * (top / full))
    inside = np.abs(whole) <= top
    v = np.clip(whole, -top, top) * (full / top)

    def back(d: Doubles, by: Doubles) -> tuple[Doubles, float]:
        own = np.where(inside, d, 0.0)
        added = float((own * (v - y)).sum())
        by[at] -= added / top
        return own, (added + float(((d - own) * v).sum())) / full

    return v, back


def tabulated(y: Doubles, full: float, table: Floats, rows: Integers) -> tuple[Doubles, Back]:
    """Return the levels of the codes of ``y`` (n, lines), and the way back; the table is held.

    Line j of vector p has the row ``rows[p] + j`` of ``table``, or the only one; see
    :func:`crossbar.kernels.conversion.tabulate`.
    """
    last = table.shape[1] // 2
    thresholds, levels = table[:, :last], table[:, last:]
    place = rows[:, None] + np.arange(y.shape[1]) if len(table) > 1 else np.zeros(y.shape, int)
    value, code = y / full, np.empty(y.shape, int)
    for row in np.unique(place):
        here = place == row
        code[here] = np.searchsorted(thresholds[row], value[here], side="right")
    level = levels[place, code]
    ends = [levels[place, k] for k in (0, 1, last - 1, last)]
    low, high = 1.5 * ends[0] - 0.5 * ends[1], 1.5 * ends[3] - 0.5 * ends[2]
    inside = (value >= low) & (value <= high)

    def back(d: Doubles, by: Doubles) -> tuple[Doubles, float]:
        own = np.where(inside, d, 0.0)
        return own, float((d * level).sum() - (own * value).sum())

    return level * full, back


def converted(
    y: Doubles, full: float, settings: Doubles, at: int, table: Floats, rows: Any
) -> tuple[Doubles, Back]:
    """Return ``y`` (n, lines) as converters give it, uniform, by a table or none; and the way back.

    ``rows`` gives the first row of the table for every vector.
    """
    if table.size:
        return tabulated(y, full, table.astype(np.float64), rows())
    if settings[at] > 0:
        return rounded(y, full, settings, at)
    return y, lambda d, by: (d, 0.0)
