"""Divided differences of exponentials: how filters in a row answer an impulse.

A filter of rate a answers with e^{-a t}, one of rate b behind it with (e^{-a t} - e^{-b t}) / (b -
a), and so on. These forms lose all digits where rates are nearly equal, and those below do not.
"""

from __future__ import annotations

import math

from crossbar.kernels.compiling import jit

ROUNDING = 1e-17
SERIES = 1.0  # largest (c - a) t that it is used for


@jit
def second(t: float, a: float, b: float) -> float:
    """Return (e^{-a t} - e^{-b t}) / (b - a), which is t e^{-a t} for b = a."""
    low, y = min(a, b), abs(b - a) * t
    fall = -math.expm1(-y) / y if y > 0.0 else 1.0
    return t * math.exp(-low * t) * fall


@jit
def third(t, a, b, c):
    """Return the answer of three filters, which is t^2 e^{-a t} / 2 for a = b = c."""
    low, high = min(a, b, c), max(a, b, c)
    middle = max(min(a, b), min(max(a, b), c))
    y = (high - low) * t
    if y > SERIES:
        return (second(t, low, middle) - second(t, middle, high)) / (high - low)
    x = (middle - low) * t
    # sum over n of (-1)^n h_n(x, y) / (n + 2)!, with h_n the sum of x^i y^(n - i)
    power, h, factor, total, n = 1.0, 1.0, 0.5, 0.5, 3.0
    while abs(h * factor) > ROUNDING:
        power *= x
        h = y * h + power
        factor /= -n
        total += h * factor
        n += 1.0
    return t * t * math.exp(-low * t) * total
