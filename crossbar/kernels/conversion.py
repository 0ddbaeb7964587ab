"""Conversion by tables: any transfer that is no uniform quantiser."""

from __future__ import annotations

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import f32
from crossbar.types import Floats, FloatType


@jit
def tabulate(
    y: Floats, full: float, transfer: Floats, first: int, period: int, copies: int
) -> float:
    """Replace ``y`` (n, lines) by the levels of its codes, in place; return how many were cut.

    Parameters
    ----------
    y, full
        Signals, and the full scale that the table is relative to.
    transfer
        (m, 2 codes - 1) thresholds in rising order and then levels: one row for all lines, or one
        for each. A value on a threshold has the code above it.
    first, period, copies
        Line j of row p has row ``first + (p mod period mod copies) lines + j`` of a table with a
        row for each.

    The range ends half a step of the levels beyond the last of them.
    """
    lines, shared, last = y.shape[1], transfer.shape[0] == 1, transfer.shape[1] // 2
    half, cut = f32(0.5), 0.0
    for p in range(y.shape[0]):
        row = first + p % period % copies * lines
        for j in range(lines):
            table = transfer[0 if shared else row + j]
            thresholds, levels = table[:last], table[last:]
            value, code, size = y[p, j] / full, 0, last
            while size > 1:
                middle = size // 2
                code += middle if thresholds[code + middle - 1] <= value else 0
                size -= middle
            code += 1 if thresholds[code] <= value else 0
            below = levels[0] - half * (levels[1] - levels[0])
            above = levels[last] + half * (levels[last] - levels[last - 1])
            cut += 1.0 if value < below or value > above else 0.0
            y[p, j] = levels[code] * full
    return cut


def unused(dtype: FloatType) -> Floats:
    """Return the table of a converter that needs none."""
    none: Floats = np.empty((0, 0), dtype)
    return none
