"""Choppers: signs of the lines of a fast tile that turn over again and again."""

from __future__ import annotations

import numpy as np

from crossbar.types import Floats


def begun(lines: int) -> dict[str, Floats]:
    """Return the sign of every line, plus, and the reads since it turned."""
    return {"signs": np.ones(lines), "reads": np.zeros(lines)}


def turned(kept: dict[str, Floats], line: int, period: int) -> bool:
    """Count a read of ``line``, turn its sign after every ``period`` and return whether it did."""
    kept["reads"][line] += 1
    if kept["reads"][line] < period:
        return False
    kept["reads"][line] = 0
    kept["signs"][line] *= -1
    return True
