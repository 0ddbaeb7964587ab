"""Pulses: cells whose conductance a pulse moves by a step."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from crossbar.kernels.bound import Bound
from crossbar.kernels.compiling import inline, jit
from crossbar.kernels.draws import as_float, derived, f32, fitted, halves, i32, normals, u32
from crossbar.kernels.offers import (
    CHANGED,
    CONDUCTANCE,
    PULSES,
    SATURATED,
    follow,
)
from crossbar.kernels.tables import NO_JUMPS, Jumps, Tables, tabled, within
from crossbar.kernels.visits import asked, count_visits, span
from crossbar.types import Floats, Integers

# How a cell answers several pulses: by the closed form of a constant or of a linear step, by a few
# strides along a table, pulse by pulse, or pulse by pulse with changes of any distribution.
CONSTANT, LINEAR, TABLE, TRAIN, JUMPS = range(5)

_E = fitted(lambda r: np.expm1(r * math.log(2)) / r, -0.5, 0.5, 5)  # (2^r - 1) / r, to 1e-6


@inline
def _exp2m1(x):
    """Return 2^x - 1, to 1e-6 of itself, for x up to 127."""
    x = max(x, f32(-126))  # below, 2^x is nothing beside 1, and no exponent has room for it
    n = np.rint(x)
    r = x - n
    p = f32(_E[5]) * r + f32(_E[4])
    p = p * r + f32(_E[3])
    p = p * r + f32(_E[2])
    p = p * r + f32(_E[1])
    p = p * r + f32(_E[0])
    power: np.float32 = as_float(u32((i32(n) + i32(127)) << i32(23)))
    less = max(power - f32(1), f32(-1))  # the limit only keeps the sums in this order
    return power * (p * r) + less


@inline
def _directed(n):
    """Return how many pulses ``n`` are, and 1 and 0 if they set, 0 and 1 if they reset."""
    rising = f32(1) if n > f32(0) else f32(0)  # a choice of loads would become a slow gather
    return f32(abs(n)), rising, f32(1) - rising


@jit
def _met_constant(steps, z, g, change, up, down, sigma):
    """Return what the pulses of :func:`_constant` met: a ramp, and from its end on the bound."""
    met = f32(0)
    for i in range(g.size):
        pulses, rising, falling = _directed(steps[i])
        moved, was = f32(change[i]), f32(g[i] - change[i])
        step = rising * up[i] - falling * down[i]
        asked = step * (pulses + sigma * f32(math.sqrt(pulses)) * z[i])
        until = pulses * moved / (asked if asked != f32(0) else f32(1))
        inside = min(f32(np.ceil(until)), pulses)  # pulses before the bound
        part = inside - until
        met += pulses * was + (pulses - f32(0.5) * until - f32(0.5)) * moved
        met -= f32(0.5) * step * part * (f32(1) - part)
    return met


@jit
def _constant(steps, z, g, low, high, up, down, sigma, change, row_total):
    """Apply n steps of constant size: n s + sqrt(n) sigma s z, within the bounds."""
    met, changed, cut, total = f32(0), f32(0), f32(0), g[0] * f32(0)
    for i in range(g.size):
        n, was, bottom, top = steps[i], g[i], low[i], high[i]
        pulses, rising, falling = _directed(n)
        step = rising * up[i] - falling * down[i]
        free = was + step * (pulses + sigma * f32(math.sqrt(pulses)) * z[i])
        new = within(free, was, bottom, top)
        cut += f32(1) if new != free else f32(0)
        g[i] = new
        moved = new - was
        change[i] = moved
        row_total[i] += moved
        total += moved
        met += pulses * f32(was) + f32(0.5) * max(pulses - f32(1), f32(0)) * f32(moved)
        changed += f32(1) if moved != f32(0) else f32(0)
    return met, changed, cut, total


@jit
def _met_line(steps, g, change, low, high, up, down, line):
    """Return what the pulses of :func:`_linear` met: the mean path, and from its end on the bound.

    It takes ln(a / b) = (a - b) / m pulses in units of -ln(1 - beta) to come from the distance a
    to b, with m the logarithmic mean of both, (a + b) / 6 + 2 sqrt(a b) / 3 to 2 % up to a = 19 b.
    """
    met = f32(0)
    for i in range(g.size):
        pulses, rising, falling = _directed(steps[i])
        was, bottom, top = f32(g[i] - change[i]), f32(low[i]), f32(high[i])
        rate = rising * up[i] + falling * down[i]
        log = f32(math.log(2)) * rate
        width = top - bottom
        end = rising * (bottom + line.reach_up * width) + falling * (top - line.reach_down * width)
        away = end - was
        mean = was - away * _exp2m1(pulses * rate)
        held = within(mean, was, bottom, top)
        way, near = held - was, end - held
        middle = f32(abs(away + near)) + f32(4) * f32(math.sqrt(max(away * near, f32(0))))
        until = f32(6) * f32(abs(way)) / max(middle * f32(abs(log)), f32(1e-30))
        inside = pulses if held == mean else min(until, pulses)  # before the bound
        beta = -log * (f32(1) + log * (f32(0.5) + log * (f32(1 / 6) + log * f32(1 / 24))))
        moves = f32(1) if beta != f32(0) else f32(0)
        part = f32(np.ceil(inside)) - inside
        met += pulses * was + moves * away * inside - way / (beta if beta != f32(0) else f32(1))
        met += (pulses - inside) * way - f32(0.5) * beta * near * (part - part * part)
    return met


@jit
def _linear(steps, z, g, low, high, up, down, line, sigma, change, row_total):
    """Apply n steps that are linear in the conductance: an exact sum of their geometric series.

    A step takes the share beta of the distance to the point where the steps vanish (``reach``
    times the range of the cell away from the other bound), with the cycle-to-cycle spread
    sigma beta. After n of them the share (1 - beta)^n is left, with the relative variance
    (1 + b^2)^n - 1, b = sigma beta / (1 - beta). ``up`` and ``down`` hold log2(1 - beta).
    A spread that is the same everywhere, ``flat`` beta times the range, grows with n as the square
    root of (1 - (1 - beta)^2n) / (1 - (1 - beta)^2).
    """
    met, changed, cut, total = f32(0), f32(0), f32(0), g[0] * f32(0)
    for i in range(g.size):
        n, was, bottom, top = steps[i], g[i], low[i], high[i]
        pulses, rising, falling = _directed(n)
        rate = rising * up[i] + falling * down[i]
        width = top - bottom
        end = rising * (bottom + line.reach_up * width) + falling * (top - line.reach_down * width)
        log = f32(math.log(2)) * rate
        b = sigma * log * (log * (f32(0.5) - log * f32(1 / 6)) - f32(1))
        spread = b * f32(math.sqrt(pulses * (f32(1) + f32(0.5) * b * b * (pulses - f32(1)))))
        gone = _exp2m1(pulses * rate)
        beta = -log * (f32(1) + log * (f32(0.5) + log * (f32(1 / 6) + log * f32(1 / 24))))
        left = max(-beta * gone * (f32(2) + gone), f32(0)) / (f32(2) - beta)
        flat = (rising * line.flat_up + falling * line.flat_down) * f32(math.sqrt(left)) * width
        free = was + (end - was) * ((f32(1) + gone) * spread * z[i] - gone) + flat * z[i]
        new = within(free, was, bottom, top)
        cut += f32(1) if new != free else f32(0)
        g[i] = new
        moved = new - was
        change[i] = moved
        row_total[i] += moved
        total += moved
        safe = beta if beta != f32(0) else f32(1)
        moves = f32(1) if beta != f32(0) else f32(0)
        lag = moves * (pulses + gone / safe)  # the sum of 1 - q^k over k < n
        met += pulses * f32(was) + f32(end - was) * lag
        met += f32(0.5) * max(pulses - f32(1), f32(0)) * f32(moved + (end - was) * gone)
        changed += f32(1) if moved != f32(0) else f32(0)
    return met, changed, cut, total


@jit
def _several(steps):
    """Return whether any of ``steps`` is of more than one pulse."""
    more = f32(0)
    for i in range(steps.size):
        more += f32(abs(steps[i])) * (f32(abs(steps[i])) - f32(1))
    return more > f32(0)


@jit
def _linear_single(steps, z, g, low, high, up, down, line, sigma, change, row_total):
    """Apply at most one step a cell: :func:`_linear` without its series, for small gradients."""
    met, changed, cut, total = f32(0), f32(0), f32(0), g[0] * f32(0)
    for i in range(g.size):
        n, was, bottom, top = steps[i], g[i], low[i], high[i]
        pulses, rising, falling = _directed(n)
        log = f32(math.log(2)) * (rising * up[i] + falling * down[i])
        beta = -log * (f32(1) + log * (f32(0.5) + log * (f32(1 / 6) + log * f32(1 / 24))))
        width = top - bottom
        end = rising * (bottom + line.reach_up * width) + falling * (top - line.reach_down * width)
        flat = (rising * line.flat_up + falling * line.flat_down) * pulses * beta * width
        free = was + (end - was) * (pulses * beta * (f32(1) + sigma * z[i])) + flat * z[i]
        new = within(free, was, bottom, top)
        cut += f32(1) if new != free else f32(0)
        g[i] = new
        moved = new - was
        change[i] = moved
        row_total[i] += moved
        total += moved
        met += pulses * f32(was)
        changed += f32(1) if moved != f32(0) else f32(0)
    return met, changed, cut, total


class Line(NamedTuple):
    """Where linear set and reset steps vanish, and their ``flat`` spreads: see :func:`_linear`."""

    reach_up: np.float32
    reach_down: np.float32
    flat_up: np.float32
    flat_down: np.float32


class Pulsed(NamedTuple):
    """Cells that pulses move by steps, (cols, lines)."""

    g: Floats
    """Conductances [S]."""
    low: Floats
    """Lower bound of every cell [S]."""
    high: Floats
    """Upper bound of every cell [S]."""
    up: Floats
    """What a set pulse does: the size of the step for CONSTANT, log2(1 - beta) for LINEAR, the
    factor of the table for the others."""
    down: Floats
    """What a reset pulse does."""
    law: int
    """CONSTANT, LINEAR, TABLE or TRAIN."""
    line: Line
    sigma: float
    """Spread of a step from pulse to pulse, relative to it, of the closed forms."""
    table: Floats
    """(4, points) mean and standard deviation of the step of a set and of a reset pulse over the
    normalised conductance, in units of ``up`` and ``down``."""
    most: int
    """Most pulses for one change of a cell."""
    stochastic: bool
    """Whether offers are rounded at random."""
    rises: Jumps = NO_JUMPS
    """Changes by a set pulse in units of ``up``, for JUMPS."""
    falls: Jumps = NO_JUMPS
    """Changes by a reset pulse in units of ``down``, below zero where it lowers a conductance."""


# One long function with a view of the cells for every call: with the inner loop or the choice of
# the law in a function of its own, or with views that have names (Numba counts references to them),
# large updates lose a tenth to a third of their speed (measured).
@jit
def change_pulsed(
    bound: Bound, x: Floats, d: Floats, per: float, sign: float, key: np.uint64, totals: Floats,
    visits: Integers,
) -> None:  # fmt: skip
    """Apply an :class:`Offer` to bound :class:`Pulsed` cells, with their :class:`Sums`."""
    cells, sums = bound.entries
    g, low, high, up, down, law, line, sigma, table, most, stochastic, rises, falls = cells
    seen, row_total, col_total, starts, width = sums
    key0, key1 = halves(key)
    lines = g.shape[1]
    rows = max(x.shape[1], d.shape[2])  # x has none where d is given in full
    steps, z = np.empty(rows, np.float32), np.zeros(rows, np.float32)
    change = np.empty(rows, g.dtype)
    tables = Tables(table, rises, falls, sigma, law == TRAIN, law == JUMPS)
    noisy = sigma > 0 or line.flat_up != 0 or line.flat_down != 0
    sigma, most = f32(sigma), f32(most)
    for k in range(count_visits(visits, x, d)):
        j, first, last, (own0, own1), pulses, cut = asked(
            visits, k, x, d, per, most, stochastic, key0, key1, steps
        )
        if pulses == 0:
            continue
        totals[PULSES] += float(pulses) * (lines // rows)
        totals[SATURATED] += float(cut) * (lines // rows)
        for p in range(starts.size - 1):
            a, b = span(starts, p, rows, first, last)
            if a >= b:
                continue
            at, n = (j, slice(a, b)), steps[a % rows : a % rows + b - a]
            part = derived(own0, own1, p + 1)
            moved, own = change[: b - a], row_total[j // width, a:b]
            if law <= LINEAR and noisy:
                normals(z[: b - a], *part)
            if law == CONSTANT:
                met, changed, held, total = _constant(
                    n, z, g[at], low[at], high[at], up[at], down[at], sigma, moved, own
                )
                if held > 0:
                    met = _met_constant(n, z, g[at], moved, up[at], down[at], sigma)
            elif law == LINEAR and not _several(steps[first:last]):
                met, changed, held, total = _linear_single(
                    n, z, g[at], low[at], high[at], up[at], down[at], line, sigma, moved, own
                )
            elif law == LINEAR:
                met, changed, held, total = _linear(
                    n, z, g[at], low[at], high[at], up[at], down[at], line, sigma, moved, own
                )
                if held > 0:
                    met = _met_line(n, g[at], moved, low[at], high[at], up[at], down[at], line)
            else:
                met, changed, held, total = tabled(
                    n, g[at], low[at], high[at], up[at], down[at], tables, moved, own, part
                )
            totals[CONDUCTANCE] += float(met)
            totals[CHANGED] += float(changed)
            totals[SATURATED] += float(held)
            col_total[p, j] += total
            if seen.size:
                follow(seen[at], f32(sign), moved)
