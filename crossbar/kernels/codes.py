"""Codes: cells whose conductance is switched by a digital code."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crossbar.kernels.bound import Bound
from crossbar.kernels.compiling import inline, jit
from crossbar.kernels.draws import f32, halves, i32, u32
from crossbar.kernels.offers import (
    CHANGED,
    CONDUCTANCE,
    PULSES,
    SATURATED,
    follow,
)
from crossbar.kernels.visits import asked, count_visits, span
from crossbar.types import Floats, Integers, Masks


@inline
def _on(conductance, code, bit):
    """Return the conductance of a branch if ``code`` switches it on."""
    return conductance if u32(code & bit) != u32(0) else f32(0)


@jit
def _branches(branches, j, start, code, g):
    """Fill ``g`` with the conductances of the branches that ``code`` (n,) switches on."""
    bits, four = branches.shape[0], branches.shape[0] - branches.shape[0] % 4
    stop = start + g.size
    for i in range(g.size):
        g[i] = 0
    for b in range(0, four, 4):  # four at a time: less traffic than one by one
        p, q = branches[b, j, start:stop], branches[b + 1, j, start:stop]
        r, t = branches[b + 2, j, start:stop], branches[b + 3, j, start:stop]
        one = u32(u32(1) << u32(b))
        two, three, last = u32(one * u32(2)), u32(one * u32(4)), u32(one * u32(8))
        for i in range(g.size):
            k, first, second, third, fourth = code[i], p[i], q[i], r[i], t[i]
            low = _on(first, k, one) + _on(second, k, two)
            g[i] += low + (_on(third, k, three) + _on(fourth, k, last))
    for b in range(four, bits):
        p, one = branches[b, j, start:stop], u32(u32(1) << u32(b))
        for i in range(g.size):
            first = p[i]
            g[i] += _on(first, code[i], one)


@jit
def switch(code: Integers, branches: Floats, g: Floats) -> None:
    """Fill ``g`` (cols, lines) [S] with the conductances of cells at ``code`` (cols, lines).

    ``branches`` (bits, cols, lines) [S] are the conductances of the binary-weighted branches.
    """
    wanted = np.empty(g.shape[1], np.uint32)
    for j in range(g.shape[0]):
        for i in range(wanted.size):
            wanted[i] = u32(code[j, i])
        _branches(branches, j, 0, wanted, g[j])


@jit
def _switch(steps, code, g, branches, j, start, top, free, change, row_total):
    """Move codes by whole steps within [0, top] and switch their branches."""
    moved, met, changed, cut = f32(0), f32(0), f32(0), f32(0)
    wanted = np.empty(g.size, np.uint32)
    for i in range(g.size):
        old = f32(code[i])
        may = f32(1) if free[i] else f32(0)
        asked = old + may * steps[i]
        new = min(max(asked, f32(0)), top)
        by = f32(abs(new - old))
        cut += f32(1) if new != asked else f32(0)
        changed += f32(1) if by != f32(0) else f32(0)
        moved += by
        met += by * f32(g[i])
        wanted[i] = u32(i32(new))
        change[i] = -g[i]
    for i in range(g.size):
        code[i] = wanted[i]
    _branches(branches, j, start, wanted, g)
    total = g[0] * f32(0)
    for i in range(g.size):
        change[i] += g[i]
        row_total[i] += change[i]
        total += change[i]
    return moved, met, changed, cut, total


class Coded(NamedTuple):
    """Cells whose conductance is switched by a code, (cols, lines)."""

    code: Integers
    g: Floats
    """Conductances [S]."""
    free: Masks
    """False where a cell takes no step."""
    branches: Floats
    """(bits, cols, lines) [S] conductances of the binary-weighted branches."""
    stochastic: bool
    """Whether offers are rounded at random."""


@jit
def change_codes(
    bound: Bound,
    x: Floats,
    d: Floats,
    per: float,
    sign: float,
    key: np.uint64,
    totals: Floats,
    visits: Integers,
) -> None:
    """Move codes by whole steps that saturate at their ends; ``totals`` counts code steps.

    ``bound`` has :class:`Coded` and :class:`Sums`, and ``visits`` are those of
    :func:`crossbar.kernels.rare.planned`; the rest is an :class:`Offer`.
    """
    cells, sums = bound.entries
    code, g, free, branches, stochastic = cells
    seen, row_total, col_total, starts, width = sums
    key0, key1 = halves(key)
    rows = max(x.shape[1], d.shape[2])  # x has none where d is given in full
    top = f32((1 << branches.shape[0]) - 1)
    steps, change = np.empty(rows, np.float32), np.empty(rows, g.dtype)
    for k in range(count_visits(visits, x, d)):
        j, first, last, _, pulses, _ = asked(
            visits, k, x, d, per, f32(2) * top, stochastic, key0, key1, steps
        )
        if pulses == 0:
            continue
        for p in range(starts.size - 1):
            a, b = span(starts, p, rows, first, last)
            if a >= b:
                continue
            moved = change[: b - a]
            by, met, changed, cut, total = _switch(
                steps[a % rows : a % rows + b - a], code[j, a:b], g[j, a:b],
                branches, j, a, top, free[j, a:b], moved, row_total[j // width, a:b],
            )  # fmt: skip
            totals[PULSES] += float(by)
            totals[CONDUCTANCE] += float(met)
            totals[CHANGED] += float(changed)
            totals[SATURATED] += float(cut)
            col_total[p, j] += total
            if seen.size:
                follow(seen[j, a:b], f32(sign), moved)
