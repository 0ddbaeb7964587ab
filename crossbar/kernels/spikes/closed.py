"""Crossings in closed form, where there is one: no filter, and three ratios of time constants.

In all of them w obeys w' = -a w + i with i' = -b i, is below ``gap`` at first, and what is returned
is the first time at which it is not. NEVER if there is none.
"""

from __future__ import annotations

import math

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.spikes.crossing import NEVER, bracketed
from crossbar.types import Floats, Integers

BRACKETED, LOGARITHM, FAST, SLOW, EQUAL = range(5)
"""By brackets; and in closed form without a filter, for b = 2 a, a = 2 b and a = b."""
ALIKE = 1e-14  # relative difference of rates that are taken for equal
WIDEST = 8.0  # |a w / i| beyond which the closed form of equal rates loses digits
STEPS = 30


@jit
def forms_of(a: Floats, b: float, order: int) -> Integers:
    """Return how crossings are found for each of the rates ``a`` behind ``order`` filters."""
    forms = np.empty(a.size, np.int64)
    for j in range(a.size):
        forms[j] = _form(a[j], b, order)
    return forms


@jit
def _form(a, b, order):
    """Return how crossings are found for the rates ``a`` and ``b``."""
    if order == 0:
        return LOGARITHM
    if order == 1:
        if abs(b - 2.0 * a) <= ALIKE * b:
            return FAST
        if abs(a - 2.0 * b) <= ALIKE * a:
            return SLOW
        if abs(a - b) <= ALIKE * a:
            return EQUAL
    return BRACKETED


@jit
def crossing(m, gap, form):
    """Return when w first is at ``gap`` or above, from now on [s]."""
    if m.w >= gap:
        return 0.0
    if _highest(m) < gap:
        return NEVER
    if form == LOGARITHM or (form != BRACKETED and m.i == 0.0):
        return math.log(m.w / gap) / m.a if gap < 0.0 else NEVER
    if form == FAST:  # in y = e^{-a t}
        return _quadratic(-m.i / m.a, m.w + m.i / m.a, gap, m.a)
    if form == SLOW:  # in y = e^{-b t}
        return _quadratic(m.w - m.i / m.b, m.i / m.b, gap, m.b)
    if form == EQUAL and abs(m.a * m.w) <= WIDEST * abs(m.i):
        return _lambert(m, gap)
    return bracketed(m, gap)


@jit
def _highest(m):
    """Return a bound of w: an answer to i is never above i / max(a, b), to x above that / c."""
    fed = max(m.i, 0.0) + max(m.x, 0.0) / m.c
    return max(m.w, 0.0) + fed / max(m.a, m.b)


@jit
def _quadratic(p, q, gap, rate):
    """Return the first time of p y^2 + q y = gap for y = e^{-rate t}: that of the largest y."""
    square = q * q + 4.0 * p * gap
    if square < 0.0:
        return NEVER
    s = -0.5 * (q + math.copysign(math.sqrt(square), q))
    y = 0.0
    for root in (s / p, -gap / s):  # infinite and NaN ones are not between 0 and 1
        if y < root < 1.0:
            y = root
    return -math.log(y) / rate if y > 0.0 else NEVER


@jit
def _lambert(m, gap):
    """Return the first time of (w + i t) e^{-a t} = gap: u e^u = z for u = -a (t + w / i)."""
    z = -(m.a * gap / m.i) * math.exp(-m.a * m.w / m.i)
    past = m.i < 0.0 <= z or 0.0 < m.i <= m.a * m.w  # nothing to come, or the top is behind
    if past or z * math.e < -1.0:
        return NEVER
    u = lambert(z, m.i < 0.0)
    return max(-u / m.a - m.w / m.i, 0.0)


@jit
def lambert(z, lower):
    """Return W(z) of Lambert, of the branch below -1 where ``lower``: Halley's steps."""
    p = math.sqrt(max(2.0 * (math.e * z + 1.0), 0.0))
    if lower:
        u = -1.0 - p - p * p / 3.0
        if z > -0.1:
            u = math.log(-z) - math.log(-math.log(-z))
    else:
        u = math.log1p(z) if z > 1.0 else -1.0 + p - p * p / 3.0 + 0.15 * p * p * p
    for _ in range(STEPS):
        rest = u * math.exp(u) - z
        near = u + 1.0
        if rest == 0.0 or near == 0.0:
            break
        step = rest / (math.exp(u) * near - 0.5 * (u + 2.0) * rest / near)
        u -= step
        if abs(step) <= 1e-16 * abs(u):
            break
    return u
