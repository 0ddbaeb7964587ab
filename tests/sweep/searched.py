"""Functions whose best points are known: at the top of a module, where workers find them."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

EDGE = 0.0371  # of threshold()


def threshold(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Return an accuracy that falls through 0.9 at EDGE, alike for every seed."""
    return {"accuracy": 0.9 - 0.3 * math.log10(point["sigma"] / EDGE)}


def ramp(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Return a margin that reaches 0 at x = 0.7."""
    return {"margin": point["x"] - 0.7}


def grid(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Return a cost that rises and an accuracy that falls with fewer bits a and b.

    On the grid 1 to 8 the least cost with 2^-a + 2^-b <= 0.1 is 2^5 + 3 * 2^4 = 80.
    """
    time.sleep(point.get("time", 0.0))
    a, b = point["a"], point["b"]
    noise = 0.002 * np.random.default_rng(seed).standard_normal()  # common to all points
    return {"cost": float(2**a + 3 * 2**b), "accuracy": 1 - 2.0**-a - 2.0**-b + noise}


def hyperbola(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Return sum and product: the least sum with a product of 1 is 2."""
    return {"total": point["x"] + point["y"], "product": point["x"] * point["y"]}


def noisy(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Return seeds -1, 0 and 1 as deviations around x."""
    return {"accuracy": point["x"] + 0.01 * (seed - 1), "cost": point["x"], "nothing": math.nan}


def broken(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Fail where x is above 2."""
    if point["x"] > 2:
        raise ZeroDivisionError("an error of the user")
    return {"cost": -point["x"], "accuracy": 1.0}
