"""When a membrane first reaches its threshold, if nothing more arrives.

The distance of the voltage from where it settles obeys w' = -a w + i, the current (over C) i' = -b
i + x, and its source x' = -c x. So w' e^{a t} grows or falls where i' > 0 or < 0, and i' e^{b t} is
monotonic: i' has one zero at the most, and before and after it w has one extremum at the most. A
search that goes from one of these pieces to the next misses no crossing, however short.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.spikes.decays import second, third

NEVER = np.inf
HALVINGS = 200
ENDLESS = 600.0
"""Time constants after which nothing is left to move."""


class Motion(NamedTuple):
    """A membrane from some time on, as far as it moves by itself."""

    w: float
    """Voltage above the one that it settles at [V]."""
    i: float
    """Synaptic current over capacitance [V/s]."""
    x: float
    """What feeds that current [V/s^2]."""
    a: float
    """1 / tau_m [1/s]."""
    b: float
    """1 / tau_s [1/s]."""
    c: float
    """1 / tau_r [1/s]."""


@jit
def height(m, t):
    """Return w at ``t``."""
    w = m.w * math.exp(-m.a * t)
    w = w + m.i * second(t, m.a, m.b) if m.i != 0.0 else w
    return w + m.x * third(t, m.a, m.b, m.c) if m.x != 0.0 else w


@jit
def inflow(m, t):
    """Return i at ``t``."""
    i = m.i * math.exp(-m.b * t)
    return i + m.x * second(t, m.b, m.c) if m.x != 0.0 else i


@jit
def later(m, t):
    """Return the motion from ``t`` on."""
    return Motion(height(m, t), inflow(m, t), m.x * math.exp(-m.c * t), m.a, m.b, m.c)


@jit
def turn(slope, fall, a, b):
    """Return when y' = 0, where y' e^{a t} is ``slope`` at first, and changes by -fall e^{(a-b)t}.

    NEVER if it does not.
    """
    if fall == 0.0 or slope / fall <= 0.0:
        return NEVER
    ratio = slope / fall
    if a == b:
        return ratio
    grown = (a - b) * ratio
    return math.log1p(grown) / (a - b) if grown > -1.0 else NEVER


@jit
def _value(m, gap, t, steep):
    """Return w - gap and its slope, or, where ``steep``, that slope and its own."""
    w, i = height(m, t), inflow(m, t)
    slope = i - m.a * w
    if steep:
        x = m.x * math.exp(-m.c * t)
        return slope, x - m.b * i - m.a * slope
    return w - gap, slope


@jit
def root(m, gap, low, high, steep):
    """Return where w - gap, or the slope of w, changes its sign between ``low`` and ``high``.

    Newton's steps, and a halving where one leaves the bracket or gains too little.
    """
    begin, _ = _value(m, gap, low, steep)
    t, size = 0.5 * (low + high), high - low
    for _ in range(HALVINGS):
        value, slope = _value(m, gap, t, steep)
        if value == 0.0:
            return t
        if (value < 0.0) == (begin < 0.0):
            low = t
        else:
            high = t
        step = -value / slope if slope != 0.0 else NEVER
        inside = low < t + step < high and abs(step) < 0.5 * size
        size = abs(step) if inside else 0.5 * (high - low)
        before = t
        t = t + step if inside else low + size
        if t == before or size <= 1e-16 * high:
            break
    return t


@jit
def _reach(m, gap, bend):
    """Return an end such that w crosses ``gap`` before it if at all, and whether w falls there.

    ``bend`` ends a piece with one extremum at the most, NEVER for all time. The end is NEVER where
    there is no crossing for sure.
    """
    slope = m.i - m.a * m.w
    if bend == NEVER and gap >= 0.0 and slope <= 0.0:
        return NEVER, False
    end = bend if bend < NEVER else 1.0 / max(m.a, m.b)
    if m.x == 0.0 and gap >= 0.0:  # the top is known
        end = turn(slope, m.b * m.i, m.a, m.b)
        if end == NEVER or height(m, end) < gap:
            return NEVER, False
        return end, False
    while gap < 0.0 or min(m.a, m.b, m.c) * end < ENDLESS:
        value, behind = _value(m, gap, end, False)
        if value >= 0.0:
            return end, False
        if slope > 0.0 >= behind:
            return end, True
        if bend < NEVER:
            break
        end *= 2.0
    return NEVER, False


@jit
def bracketed(m, gap):
    """Return the first time at which w, now below ``gap``, reaches it; NEVER if it does not."""
    start = 0.0
    bend = turn(m.x - m.b * m.i, m.c * m.x, m.b, m.c) if m.x != 0.0 else NEVER
    while True:
        end, steep = _reach(m, gap, bend)
        while end < NEVER:
            t = root(m, gap, 0.0, end, steep)
            if not steep:
                return start + t
            end, steep = t, False
            if height(m, t) < gap:
                end = NEVER
        if bend == NEVER:
            return NEVER
        m, start, bend = later(m, bend), bend, NEVER
