"""Reads: from the numbers at the inputs of a layer to those at its outputs, in one call.

Matrices of cells are (cols, lines): bit line by bit line. With copies of an array the vectors of a
sample are dealt out, vector k to copy k mod copies, and the word lines of the copies are stacked.
"""

from __future__ import annotations

import math

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import derived, f32, halves
from crossbar.kernels.noise import add_noise
from crossbar.kernels.signals import (
    add,
    amplify,
    deal,
    drawn,
    hanging_on,
    normalise,
    quantise,
    subtract,
    to_numbers,
)
from crossbar.types import Floats, Integers

# Positions in ``settings``, which are of the floating-point type of the signals.
FULL, DAC_TOP, SCALE, PER_CELL, THERMAL, RELATIVE, SHOT = range(7)
IN_GAIN, IN_OFFSET, IN_NOISE, IN_LIMIT = range(7, 11)  # normaliser, relative to FULL
OUT_FULL, OUT_GAIN, OUT_OFFSET, OUT_NOISE, OUT_LIMIT, ADC_TOP, ADC_REACH, T_READ = range(11, 19)
SETTINGS = 19

# Positions in ``at``, the places in ``counts`` of what a read counts: multiplications by driven
# lines, energy, signals cut, cycles, values scaled and converted, currents sensed and converted.
MAC, ENERGY, CUT, CYCLES, SCALED, DAC, SENSED, ADC = range(8)


@jit
def _dot(a, b):
    """Return the inner product of two vectors."""
    total = a[0] * f32(0)
    for k in range(a.size):
        total += a[k] * b[k]
    return total


@jit
def _narrow(v, g, out):
    """Fill ``out`` (n, outputs) with ``v`` (n, inputs) times ``g`` (outputs, inputs) transposed.

    Blocks of 4 x 4 inner products: half as fast again as BLAS for few outputs of many inputs.
    """
    n, m = v.shape[0] - v.shape[0] % 4, g.shape[0] - g.shape[0] % 4
    zero = v[0, 0] * f32(0)
    for p in range(0, n, 4):
        a, b, c, d = v[p], v[p + 1], v[p + 2], v[p + 3]
        for j in range(0, m, 4):
            w, x, y, z = g[j], g[j + 1], g[j + 2], g[j + 3]
            aw = ax = ay = az = bw = bx = by = bz = zero
            cw = cx = cy = cz = dw = dx = dy = dz = zero
            for k in range(a.size):
                w_k, x_k, y_k, z_k = w[k], x[k], y[k], z[k]
                aw, ax, ay, az = aw + a[k] * w_k, ax + a[k] * x_k, ay + a[k] * y_k, az + a[k] * z_k
                bw, bx, by, bz = bw + b[k] * w_k, bx + b[k] * x_k, by + b[k] * y_k, bz + b[k] * z_k
                cw, cx, cy, cz = cw + c[k] * w_k, cx + c[k] * x_k, cy + c[k] * y_k, cz + c[k] * z_k
                dw, dx, dy, dz = dw + d[k] * w_k, dx + d[k] * x_k, dy + d[k] * y_k, dz + d[k] * z_k
            out[p, j], out[p, j + 1], out[p, j + 2], out[p, j + 3] = aw, ax, ay, az
            out[p + 1, j], out[p + 1, j + 1], out[p + 1, j + 2], out[p + 1, j + 3] = bw, bx, by, bz
            out[p + 2, j], out[p + 2, j + 1], out[p + 2, j + 2], out[p + 2, j + 3] = cw, cx, cy, cz
            out[p + 3, j], out[p + 3, j + 1], out[p + 3, j + 2], out[p + 3, j + 3] = dw, dx, dy, dz
    for p in range(v.shape[0]):
        for j in range(m if p < n else 0, g.shape[0]):
            out[p, j] = _dot(v[p], g[j])


@jit
def _product(v, g, first, last, copies, forward, out):
    """Fill ``out`` (n, outputs) with the products of vectors and the matrices of their copies.

    ``first`` to ``last`` are the driven lines that ``v`` (n, last - first) is for.
    """
    if copies > 1:
        for p in range(v.shape[0]):
            c = p % copies
            for j in range(out.shape[1]):
                total = v[p, 0] * f32(0)
                for k in range(v.shape[1]):
                    at = c * v.shape[1] + k if forward else c * out.shape[1] + j
                    total += v[p, k] * (g[j, at] if forward else g[k, at])
                out[p, j] = total
    elif forward:
        part = g if last - first == g.shape[1] else np.ascontiguousarray(g[:, first:last])
        if v.shape[0] >= 4 and part.shape[1] >= 256 and part.shape[0] <= 128:
            _narrow(v, part, out)
        else:
            np.dot(v, part.T, out)
    else:
        np.dot(v, g[first:last], out)


@jit
def _cells(v, g, first, copies, forward, relative, shot, extra):
    """Add to ``extra`` (n, outputs) the variance that depends on the conductance of every cell."""
    for p in range(v.shape[0]):
        c = p % copies
        for j in range(extra.shape[1]):
            total = v[p, 0] * f32(0)
            for k in range(v.shape[1]):
                if forward:
                    i = v[p, k] * g[j, c * v.shape[1] + first + k]
                else:
                    i = v[p, k] * g[first + k, c * extra.shape[1] + j]
                total += relative * i * i + shot * abs(i)
            extra[p, j] += total


@jit
def currents(
    v: Floats,
    square: Floats,
    seen: Floats,
    plus: Floats,
    minus: Floats,
    total: Floats,
    first: int,
    last: int,
    copies: int,
    forward: bool,
    settings: Floats,
    key0: np.uint32,
    key1: np.uint32,
    out: Floats,
) -> None:
    """Fill ``out`` (n, outputs) with the line currents [A] of reads, with the noise of the cells.

    Parameters
    ----------
    v, square
        (n, inputs) [V] voltages of the lines ``first`` to ``last``, and (n,) [V^2] the sums of
        their squares.
    seen
        (cols, lines) [S] conductances between the lines, signs and wires included.
    plus, minus
        (cols, lines) [S] conductances of the cells; (0, 0) where there are no minus cells.
    total
        (copies, outputs) [S] their sums on each line.
    """
    _product(v, seen, first, last, copies, forward, out)
    per_square = settings[PER_CELL] * (f32(2) if minus.size else f32(1))
    thermal, relative, shot = settings[THERMAL], settings[RELATIVE], settings[SHOT]
    if per_square == 0 and thermal == 0 and relative == 0 and shot == 0:
        return
    extra = np.empty((0, 0), out.dtype)
    if relative > 0 or shot > 0:
        extra = np.zeros(out.shape, out.dtype)
        _cells(v, plus, first, copies, forward, relative, shot, extra)
        if minus.size:
            _cells(v, minus, first, copies, forward, relative, shot, extra)
    add_noise(out, square, per_square, thermal * total, extra, key0, key1)


@jit
def line_currents(
    v: Floats,
    square: Floats,
    seen: Floats,
    plus: Floats,
    minus: Floats,
    totals: Floats,
    reference: Floats,
    cells: Floats,
    reference_totals: Floats,
    edges: Integers,
    first: int,
    last: int,
    copies: int,
    forward: bool,
    settings: Floats,
    key0: np.uint32,
    key1: np.uint32,
    out: Floats,
) -> None:
    """Fill ``out`` (n, outputs) with line currents [A], those of the reference lines subtracted.

    ``reference`` and ``cells`` (k, inputs) [S] are the conductances between the driven and the
    reference lines as the lines see them, and of the cells; (0, 0) without them. Reference line m
    serves the outputs ``edges[m]`` to ``edges[m + 1]``. The rest as in :func:`currents`.
    """
    here0, here1 = derived(key0, key1, 1)
    currents(
        v, square, seen, plus, minus, totals, first, last, copies, forward, settings, here0, here1,
        out,
    )  # fmt: skip
    if reference.size:
        common = np.empty((v.shape[0], edges.size - 1), out.dtype)
        there0, there1 = derived(key0, key1, 2)
        currents(
            v, square, reference, cells, np.empty((0, 0), out.dtype), reference_totals, first, last,
            copies, True, settings, there0, there1, common,
        )  # fmt: skip
        subtract(out, common, edges)


@jit
def drive(
    x: Floats,
    per_sample: int,
    settings: Floats,
    key0: np.uint32,
    key1: np.uint32,
    v: Floats,
    unit: Floats,
) -> float:
    """Normalise ``x`` (n, positions, inputs), convert it and deal it out to the lines ``v`` [V].

    Fills ``v`` (n * per_sample, inputs) and ``unit`` (n,), the number that one ampere stands for.
    Returns how many voltages the normaliser or the DAC cut.
    """
    n, positions, inputs = x.shape
    full, cut = settings[FULL], 0.0
    gain = np.empty(n)
    direct = per_sample == positions
    volts = v if direct else np.empty((n * positions, inputs), v.dtype)
    normalise(x.reshape(n, positions * inputs), full, volts.reshape(n, positions * inputs), gain)
    flat = volts.reshape(volts.size)
    limit, noise = settings[IN_LIMIT], settings[IN_NOISE]
    if noise > 0 or limit < np.inf or settings[IN_GAIN] != 1 or settings[IN_OFFSET] != 0:
        cut += amplify(
            flat, settings[IN_GAIN], settings[IN_OFFSET] * full, noise * full, limit * full,
            key0, key1,
        )  # fmt: skip
    if settings[DAC_TOP] > 0:
        cut += quantise(flat, full / settings[DAC_TOP], settings[DAC_TOP])
    if not direct:
        deal(volts, v, per_sample, positions)
    for s in range(n):
        unit[s] = 1.0 / (np.float64(settings[SCALE]) * gain[s])
    return cut


@jit
def sense(i: Floats, cells: int, settings: Floats, key0: np.uint32, key1: np.uint32) -> float:
    """Pass line currents ``i`` (n, lines) [A] through amplifiers and ADCs, in place.

    ``cells`` is the number of weights on a line, which sets the full scale. Returns how many
    currents either of them cut.
    """
    scale, cut = np.empty(1, i.dtype), 0.0
    scale[0] = settings[OUT_FULL] * math.sqrt(cells)
    full = scale[0]  # of the type of the signals
    flat = i.reshape(i.size)
    limit, noise = settings[OUT_LIMIT], settings[OUT_NOISE]
    if noise > 0 or limit < np.inf or settings[OUT_GAIN] != 1 or settings[OUT_OFFSET] != 0:
        cut += amplify(
            flat, settings[OUT_GAIN], settings[OUT_OFFSET] * full, noise * full, limit * full,
            key0, key1,
        )  # fmt: skip
    if settings[ADC_TOP] > 0:
        top = settings[ADC_TOP]
        cut += quantise(flat, settings[ADC_REACH] * full / top, top)
    return cut


@jit
def count(
    settings: Floats,
    values: int,
    cycles: int,
    multiplied: float,
    power: float,
    cut: float,
    currents: int,
    at: Integers,
    counts: Floats,
) -> None:
    """Add what a read did to ``counts``, at the places ``at``."""
    counts[at[MAC]] += multiplied
    counts[at[ENERGY]] += power * np.float64(settings[T_READ])
    counts[at[CUT]] += cut
    counts[at[CYCLES]] += cycles
    counts[at[SCALED]] += values
    counts[at[SENSED]] += currents
    if settings[DAC_TOP] > 0:
        counts[at[DAC]] += values
    if settings[ADC_TOP] > 0:
        counts[at[ADC]] += currents


@jit
def read(
    x: Floats,
    v: Floats,
    out: Floats,
    seen: Floats,
    plus: Floats,
    minus: Floats,
    totals: Floats,
    driven_totals: Floats,
    load: Floats,
    reference: Floats,
    cells: Floats,
    reference_totals: Floats,
    edges: Integers,
    starts: Integers,
    arrays: int,
    copies: int,
    forward: bool,
    settings: Floats,
    key: np.uint64,
    values: int,
    at: Integers,
    counts: Floats,
) -> None:
    """Read: fill ``out`` (n, positions, outputs) with the products of ``x`` and the weights.

    Parameters
    ----------
    x
        (n, positions, inputs); the vectors of a sample share the gain of the normaliser.
    v
        (vectors, inputs) [V], filled with the voltages of the driven lines.
    seen, plus, minus, reference, cells, edges
        As in :func:`line_currents`.
    totals, reference_totals
        (copies or parts, outputs) and (copies or parts, k) [S] sums on each line.
    driven_totals, load
        Conductance of the cells on every driven line, and what else hangs there, see
        :func:`crossbar.kernels.signals.hanging_on`.
    starts
        (parts + 1,) driven lines of each array whose currents are sensed apart and then added; one
        part where there are copies.
    arrays
        Number of arrays, each with amplifiers of its own, whose currents add up to an output.
    forward
        Whether word lines are driven, or bit lines (a transposed read).
    values
        How many values are scaled and converted.
    at, counts
        ``counts[at[k]]`` is increased by what was counted, see ``MAC`` and the others.
    """
    key0, key1 = halves(key)
    per_sample, parts = v.shape[0] // x.shape[0], starts.size - 1
    unit, square = np.empty(x.shape[0], x.dtype), np.empty(v.shape[0], x.dtype)
    here0, here1 = derived(key0, key1, 0)
    cut = drive(x, per_sample, settings, here0, here1, v, unit)
    live, power = drawn(v, hanging_on(driven_totals, load, forward), square)
    i = np.empty((v.shape[0], out.shape[2]), x.dtype)
    total = i if parts == 1 else np.zeros(i.shape, x.dtype)
    for part in range(parts):
        a, b = starts[part], starts[part + 1]
        volts = v
        if parts > 1:
            volts = np.ascontiguousarray(v[:, a:b])
            drawn(volts, np.zeros((1, b - a), v.dtype), square)
        here0, here1 = derived(key0, key1, part + 1)
        line_currents(
            volts, square, seen, plus, minus, totals if parts == 1 else totals[part : part + 1],
            reference, cells, reference_totals if parts == 1 else reference_totals[part : part + 1],
            edges, a, b, copies, forward, settings, here0, here1, i,
        )  # fmt: skip
        there0, there1 = derived(here0, here1, 3)
        cut += sense(i, b - a, settings, there0, there1)
        if parts > 1:
            add(i, total)
    to_numbers(total, per_sample, unit, out)
    count(
        settings, values, v.shape[0] // copies, live * out.shape[2], power, cut, out.size * arrays,
        at, counts,
    )  # fmt: skip


@jit
def read_currents(
    v: Floats,
    out: Floats,
    seen: Floats,
    plus: Floats,
    minus: Floats,
    totals: Floats,
    reference: Floats,
    cells: Floats,
    reference_totals: Floats,
    edges: Integers,
    copies: int,
    forward: bool,
    settings: Floats,
    key: np.uint64,
) -> None:
    """Fill ``out`` (n, outputs) with the line currents [A] for voltages ``v`` (n, inputs) [V]."""
    key0, key1 = halves(key)
    square = np.empty(v.shape[0], v.dtype)
    drawn(v, np.zeros((1, v.shape[1]), v.dtype), square)
    line_currents(
        v, square, seen, plus, minus, totals, reference, cells, reference_totals, edges, 0,
        v.shape[1], copies, forward, settings, key0, key1, out,
    )  # fmt: skip
