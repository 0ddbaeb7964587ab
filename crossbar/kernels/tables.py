"""Steps in tables: their mean and spread, or all of their distribution, over the conductance."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from crossbar.kernels.compiling import inline, jit
from crossbar.kernels.draws import derived, f32, pair, u32, word
from crossbar.types import Floats

STRIDES = 8  # of a table at most in one change


class Jumps(NamedTuple):
    """Distribution of the change by one pulse, over the normalised conductance."""

    u: Floats
    """(levels,) normalised conductances, rising."""
    change: Floats
    """(changes,) relative to the range, rising."""
    cdf: Floats
    """(levels, changes) probability of a change up to each of ``change``."""


class Tables(NamedTuple):
    """What a cell that follows tables goes by."""

    moments: Floats
    """(4, points) mean and standard deviation of set and of reset steps."""
    rises: Jumps
    falls: Jumps
    sigma: float
    """Spread of a drawn change from pulse to pulse, relative to its mean."""
    single: bool
    """Whether every pulse is simulated."""
    drawn: bool
    """Whether every pulse is drawn from ``rises`` and ``falls``."""


NO_JUMPS = Jumps(np.empty(0), np.empty(0), np.empty((0, 0)))


@inline
def within(free, was, low, high):
    """Return ``free`` cut at the bounds of a cell, or at where it was if it stood beyond them."""
    return min(max(free, min(low, was)), max(high, was))


@jit
def _interpolate(table, u):
    """Return the piecewise linear ``table`` over [0, 1] at ``u``, and its slope there."""
    last = table.size - 1
    position = min(max(u, 0.0), 1.0) * last
    k = min(int(position), last - 1)
    rise = table[k + 1] - table[k]
    return table[k] + rise * (position - k), rise * last


@jit
def _met_held(g, n, first, beta, held):
    """Return what ``n`` pulses (real) meet whose steps shrink by ``beta`` until ``held`` is met."""
    until = (held - g) / first  # in steps of the first size
    if abs(beta) * until < 1e-6:
        inside = min(math.ceil(until), n)
        lag = 0.5 * inside * (inside - 1.0)
    else:
        inside = min(math.ceil(math.log1p(-beta * until) / math.log1p(-beta)), n)
        lag = (inside - (1.0 - (1.0 - beta) ** inside) / beta) / beta
    return inside * g + first * lag + (n - inside) * held


@jit
def _stride(g, n, up, low, high, scale, mean, spread, z):
    """Return where ``n`` pulses (real) of a table lead, what they meet, and whether a bound cut it.

    The mean is taken as linear about ``g`` and the spread from half way; there is one draw.
    """
    width = high - low
    u = (g - low) / width
    step, slope = _interpolate(mean, u)
    beta = -scale * slope / width if up else scale * slope / width
    beta = min(beta, 0.9)
    if abs(beta) * n < 1e-6:
        reach, grown, lag = n, n, 0.5 * n * (n - 1.0)
    else:
        reach = (1.0 - (1.0 - beta) ** n) / beta
        grown = (1.0 - (1.0 - beta) ** (2 * n)) / (beta * (2.0 - beta))
        lag = (n - reach) / beta
    mean_move = scale * step * reach
    half = 0.5 * mean_move / width
    sd, _ = _interpolate(spread, u if n <= 1 else (u + half if up else u - half))
    met = n * g + (scale * step * lag if up else -scale * step * lag)
    end = g + mean_move if up else g - mean_move
    held = within(end, g, low, high)
    if held != end:
        met = _met_held(g, n, (end - g) / reach, beta, held)
    move = mean_move + scale * sd * math.sqrt(grown) * z
    free = g + move if up else g - move
    new = within(free, g, low, high)
    return new, met, new != free


@jit
def _table_steps(steps, g, low, high, up, down, tables, change, row_total, key0, key1):
    """Apply n steps along a table: in at most ``STRIDES`` strides, or each on its own."""
    table, single = tables.moments, tables.single
    met, changed, cut, total = 0.0, 0.0, 0.0, g[0] * f32(0)
    for i in range(g.size):
        n, was = abs(steps[i]), float(g[i])
        change[i] = 0
        if n == 0:
            continue
        rising = steps[i] > 0
        new, strides = was, int(n) if single else min(int(n), STRIDES)
        mean, spread = (table[0], table[1]) if rising else (table[2], table[3])
        scale = up[i] if rising else down[i]
        cell0, cell1 = derived(key0, key1, i)
        for k in range(strides):
            z, _ = pair(word(u32(2 * k), cell0, cell1), word(u32(2 * k + 1), cell0, cell1))
            new, conductances, held = _stride(
                new, n / strides, rising, low[i], high[i], scale, mean, spread, z
            )
            cut += 1.0 if held else 0.0
            met += conductances
        g[i] = new
        moved = g[i] - was
        change[i] = moved
        row_total[i] += moved
        total += moved
        changed += 1.0 if moved != 0 else 0.0
    return met, changed, cut, total


@inline
def place(values, x):
    """Return k, between 0 and the last but one, such that values[k] <= x < values[k + 1]."""
    low, high = 0, values.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        if values[middle] <= x:
            low = middle
        else:
            high = middle
    return low


@jit
def _quantile(change, cdf, p):
    """Return the change that ``cdf``, straight between its points, reaches at ``p``."""
    if p < cdf[0]:
        return change[0]
    if p >= cdf[-1]:
        return change[-1]
    k = place(cdf, p)
    return change[k] + (change[k + 1] - change[k]) * (p - cdf[k]) / (cdf[k + 1] - cdf[k])


@jit
def _jump(jumps, u, p):
    """Return the change at ``u`` and probability ``p``, straight in u between the levels."""
    levels, change, cdf = jumps
    k = place(levels, u)
    f = min(max((u - levels[k]) / (levels[k + 1] - levels[k]), 0.0), 1.0)
    return (1.0 - f) * _quantile(change, cdf[k], p) + f * _quantile(change, cdf[k + 1], p)


@jit
def _jump_steps(steps, g, low, high, up, down, tables, change, row_total, key0, key1):
    """Apply n steps one by one, each drawn from its distribution where the cell then is."""
    table, rises, falls, sigma, _, _ = tables
    met, changed, cut, total = 0.0, 0.0, 0.0, g[0] * f32(0)
    for i in range(g.size):
        n, was = int(abs(steps[i])), float(g[i])
        change[i] = 0
        if n == 0:
            continue
        rising = steps[i] > 0
        scale, mean = (up[i], table[0]) if rising else (down[i], table[2])
        new, bottom, width = was, low[i], high[i] - low[i]
        cell0, cell1 = derived(key0, key1, i)
        for k in range(n):
            u = (new - bottom) / width
            p = (float(word(u32(3 * k), cell0, cell1)) + 0.5) * 2.0**-32
            step = _jump(rises, u, p) if rising else _jump(falls, u, p)
            if sigma > 0:
                z, _ = pair(word(u32(3 * k + 1), cell0, cell1), word(u32(3 * k + 2), cell0, cell1))
                size, _ = _interpolate(mean, u)
                step += sigma * size * z
            met += new
            free = new + scale * step
            new = within(free, new, bottom, high[i])
            cut += 1.0 if new != free else 0.0
        g[i] = new
        moved = g[i] - was
        change[i] = moved
        row_total[i] += moved
        total += moved
        changed += 1.0 if moved != 0 else 0.0
    return met, changed, cut, total


@jit
def tabled(steps, g, low, high, up, down, tables, change, row_total, key):
    """Apply n steps along tables; return what they met, how many cells changed and were cut."""
    if tables.drawn:
        return _jump_steps(steps, g, low, high, up, down, tables, change, row_total, *key)
    return _table_steps(steps, g, low, high, up, down, tables, change, row_total, *key)
