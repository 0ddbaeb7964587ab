"""Cells followed through pulses by noisy reads: the likelihood of laws of a step.

The conductance of a cell is known as a normal distribution. A pulse moves and widens it (a Kalman
filter), a bound cuts it, so that part of the probability stands at the bound, and a read tells how
probable each part is. The parts together are then taken as one normal distribution again.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from crossbar.kernels.compiling import jit
from crossbar.types import Doubles, Integers

RARE = 1e-3  # share of reads that tell nothing of the cell, or of pulses that follow no law
SURE = 12.0  # squared standard deviations below which a read is never one of those
FAR = 25.0  # squared standard deviations from a bound at which it cuts nothing
LEAST = 1e-14  # variance that is kept where a bound cuts all of it
LOGS = 16  # variances that are multiplied before one logarithm of all
ROOT, NORMAL = math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)


class Reads(NamedTuple):
    """Reads of all cells in a row, relative to the range that was measured."""

    starts: Integers
    """(cells + 1,) first read of every cell."""
    kinds: Integers
    """(reads,) 0 for the first of a train; 1 after a set pulse, -1 after a reset pulse."""
    values: Doubles
    """(reads,) conductances."""


class Lanes(NamedTuple):
    """Cells with parameters, (lanes,) each: what is followed side by side."""

    cell: Integers
    """Whose reads."""
    up: Doubles
    """Size of a set step, in the units of the reads."""
    down: Doubles
    """Size of a reset step."""
    low: Doubles
    """Lower bound."""
    high: Doubles
    """Upper bound."""
    sigma: Doubles
    """Spread from pulse to pulse, relative to the step."""
    noise: Doubles
    """Variance of a read."""
    table: Integers
    """Which table of steps."""


@jit
def _share(z):
    """Return the probability of a standard normal number below ``z``."""
    return 0.5 * math.erfc(-z * ROOT)


@jit
def _density(z):
    """Return the density of a standard normal number at ``z``."""
    return NORMAL * math.exp(-0.5 * z * z)


@jit
def _above(mean, variance, low):
    """Return mean and variance of the larger of a normal number and ``low``."""
    away = mean - low
    if away > 0.0 and away * away > FAR * variance:
        return mean, variance
    sd = math.sqrt(variance)
    z = away / sd
    if z < -8.0:
        return low, LEAST
    share, density = _share(z), _density(z)
    first = z * share + density
    second = (z * z + 1.0) * share + z * density - first * first
    return low + sd * first, variance * max(second, 0.0) + LEAST


@jit
def _cut(mean, variance, low, high):
    """Return mean and variance of a normal number that bounds cut."""
    moved, after = _above(mean, variance, low)
    moved, after = _above(-moved, after, -high)
    return -moved, after


@jit
def _pulsed(mean, variance, steps, spreads, size, low, high, sigma):
    """Return mean and variance after a pulse whose step follows ``steps`` over (0, 1), uncut."""
    last, inverse = steps.size - 1, 1.0 / (high - low)
    u = min(max((mean - low) * inverse, 0.0), 1.0) * last
    k = min(int(u), last - 1)
    rise = steps[k + 1] - steps[k]
    step = steps[k] + rise * (u - k)
    spread = spreads[k] + (spreads[k + 1] - spreads[k]) * (u - k)
    slope = rise * last * inverse
    grown = 1.0 + size * slope
    own = sigma * sigma * (step * step + slope * slope * variance) + spread * spread
    return mean + size * step, grown * grown * variance + size * size * own + LEAST


@jit
def _free(mean, variance, low, high):
    """Return whether a cell is too far from its bounds to meet one."""
    down, up = mean - low, high - mean
    reach = FAR * variance
    return down > 0.0 and up > 0.0 and down * down > reach and up * up > reach


@jit
def _read(mean, variance, value, noise, low, high):
    """Return the density of a regular read, and mean and variance after it.

    Uncut, the cell would be normal. What is beyond a bound stands at the bound.
    """
    total, rest = variance + noise, value - mean
    gain = variance / total
    near, left = mean + gain * rest, gain * noise
    within = _density(rest / math.sqrt(total)) / math.sqrt(total)
    if _free(mean, variance, low, high):
        return within, near, left
    sd, read, now = math.sqrt(variance), math.sqrt(noise), math.sqrt(left)
    a, b = (low - near) / now, (high - near) / now
    inside = _share(b) - _share(a)
    bottom = _share((low - mean) / sd) * _density((value - low) / read) / read
    top = _share((mean - high) / sd) * _density((value - high) / read) / read
    middle = within * inside
    density = middle + bottom + top
    if not density > 0.0:
        cut, after = _cut(mean, variance, low, high)
        return 0.0, cut, after
    first, second = near, left
    if inside > 1e-12:
        at, to = _density(a), _density(b)
        slope = (at - to) / inside
        first = near + now * slope
        second = left * max(1.0 + (a * at - b * to) / inside - slope * slope, 0.0)
    after = (middle * first + bottom * low + top * high) / density
    spread = middle * (second + (first - after) ** 2)
    spread += bottom * (low - after) ** 2 + top * (high - after) ** 2
    return density, after, spread / density + LEAST


@jit
def _weighed(mean, variance, value, noise, low, high, rare):
    """Return the logarithm of the density of a read, and mean and variance after it.

    A read is regular; or, of a density ``rare`` over the range, it tells nothing of the cell, or
    the cell has jumped to it. The three are put together as one normal distribution.
    """
    regular, near, left = _read(mean, variance, value, noise, low, high)
    cut, wide = _cut(mean, variance, low, high)
    regular *= 1.0 - rare
    density = regular + rare
    sure, other = regular / density, 0.5 * rare / density
    after = sure * near + other * (cut + value)
    spread = sure * (left + (near - after) ** 2)
    spread += other * (wide + (cut - after) ** 2 + noise + (value - after) ** 2)
    return math.log(density), after, spread


@jit
def evidence(reads: Reads, lanes: Lanes, tables: Doubles, rare: float, log: Doubles) -> None:
    """Write the log-likelihood of every lane into ``log`` (lanes,).

    ``tables`` (tables, 4, points) are mean and spread of set, mean and spread of reset steps of a
    size of 1. Far from the bounds, reads within ``SURE`` are taken as regular, to 1e-2 of a unit
    each.
    """
    regular = 0.5 * math.log(2 * math.pi) - math.log(1.0 - rare)
    for i in range(lanes.cell.size):
        low, high, sigma, noise = lanes.low[i], lanes.high[i], lanes.sigma[i], lanes.noise[i]
        table, cell = tables[lanes.table[i]], lanes.cell[i]
        mean, variance, total, product, count = 0.0, noise, 0.0, 1.0, 0
        for n in range(reads.starts[cell], reads.starts[cell + 1]):
            value, kind = reads.values[n], reads.kinds[n]
            if kind == 0:
                mean, variance = value, noise
                continue
            row, size = (0, lanes.up[i]) if kind > 0 else (2, -lanes.down[i])
            mean, variance = _pulsed(
                mean, variance, table[row], table[row + 1], size, low, high, sigma
            )
            inverse, rest = 1.0 / (variance + noise), value - mean
            squared = rest * rest * inverse
            if squared < SURE and _free(mean, variance, low, high):
                total -= 0.5 * squared + regular
                product *= variance + noise
                count += 1
                if count % LOGS == 0:
                    total -= 0.5 * math.log(product)
                    product = 1.0
                mean += variance * inverse * rest
                variance *= inverse * noise
            else:
                added, mean, variance = _weighed(mean, variance, value, noise, low, high, rare)
                total += added
        log[i] = total - 0.5 * math.log(product)


@jit
def predictions(
    reads: Reads, lanes: Lanes, tables: Doubles, rare: float, ahead: Doubles, log: Doubles
) -> None:
    """Write mean and variance of every read before it is known, and the log-likelihoods.

    ``ahead`` (lanes, 2, most reads of a cell) has an infinite variance at the first read of a
    train; ``log`` is that of :func:`evidence`, smooth in all parameters.
    """
    for i in range(lanes.cell.size):
        low, high, sigma, noise = lanes.low[i], lanes.high[i], lanes.sigma[i], lanes.noise[i]
        table, cell = tables[lanes.table[i]], lanes.cell[i]
        mean, variance, total, first = 0.0, noise, 0.0, reads.starts[cell]
        for n in range(first, reads.starts[cell + 1]):
            value, kind = reads.values[n], reads.kinds[n]
            if kind == 0:
                mean, variance = value, noise
                ahead[i, 0, n - first], ahead[i, 1, n - first] = value, math.inf
                continue
            row, size = (0, lanes.up[i]) if kind > 0 else (2, -lanes.down[i])
            mean, variance = _pulsed(
                mean, variance, table[row], table[row + 1], size, low, high, sigma
            )
            cut, wide = _cut(mean, variance, low, high)
            ahead[i, 0, n - first], ahead[i, 1, n - first] = cut, wide + noise
            added, mean, variance = _weighed(mean, variance, value, noise, low, high, rare)
            total += added
        log[i] = total
