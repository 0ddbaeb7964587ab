"""Columns that race: which membrane reaches its threshold first, exactly.

A spike is a pulse of some width on a word line. While it lasts, the cell of the line charges the
membrane of every column: Q' = -Q / tau + v sum of g over the lines that are on. Between the edges
of pulses a membrane moves towards one value, so that its crossing of the threshold has a closed
form: a straight line without a leak, a logarithm with one.
"""

from __future__ import annotations

import math

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.spikes.crossing import NEVER
from crossbar.types import Doubles


@jit
def _advance(
    charges: Doubles, currents: Doubles, thresholds: Doubles, leaks: Doubles, now: float,
    step: float, crossed: Doubles,
) -> int:  # fmt: skip
    """Let membranes charge for a ``step``; enter who crosses when, and return how many do."""
    count = 0
    for j in range(charges.size):
        if crossed[j] < NEVER:
            continue
        before, leak = charges[j], leaks[j]
        if leak == 0.0:
            after = before + currents[j] * step
        else:
            rest = currents[j] / leak
            after = rest + (before - rest) * math.exp(-leak * step)
        if after >= thresholds[j] and after > before:
            if leak == 0.0:
                late = (thresholds[j] - before) / currents[j]
            else:
                late = -math.log((rest - thresholds[j]) / (rest - before)) / leak
            crossed[j] = now + min(max(late, 0.0), step)
            count += 1
        charges[j] = after
    return count


@jit
def race(
    waves: Doubles, width: float, g: Doubles, v: float, thresholds: Doubles, leaks: Doubles,
    first: int, crossed: Doubles,
) -> None:  # fmt: skip
    """Fill in when columns reach their thresholds in every wave; each starts from rest.

    Parameters
    ----------
    waves : (n, lines) [s]
        When each line spikes; infinity for never.
    width : [s]
        Of the pulse of a spike.
    g : (lines, columns) [S]
        Conductances.
    v : [V]
        Of a pulse.
    thresholds : (columns,) [C]
        Charges at which columns fire.
    leaks : (columns,) [1/s]
        Rates at which membranes lose their charge; 0 for none.
    first
        After how many crossings a wave ends. Those of the same interval are all entered.
    crossed : (n, columns) [s]
        When; infinity for never.
    """
    charges, currents = np.empty(g.shape[1]), np.empty(g.shape[1])
    for s in range(waves.shape[0]):
        order = np.argsort(waves[s], kind="mergesort")
        count = 0
        while count < order.size and waves[s, order[count]] < NEVER:
            count += 1
        charges[:], currents[:], crossed[s] = 0.0, 0.0, NEVER
        on, off, fired, now = 0, 0, 0, 0.0
        while off < count and fired < first:
            rises = on < count and waves[s, order[on]] < waves[s, order[off]] + width
            line = order[on] if rises else order[off]
            t = waves[s, line] if rises else waves[s, line] + width
            if t > now:
                fired += _advance(charges, currents, thresholds, leaks, now, t - now, crossed[s])
                now = t
            sign = v if rises else -v
            for j in range(g.shape[1]):
                currents[j] += sign * g[line, j]
            if rises:
                on += 1
            else:
                off += 1
