"""Images: reads and gradients of a convolution without laying out its windows.

A window that begins at entry q of a flattened image has its entries at fixed offsets from q, so
that all windows are slid over at once, in vector code. Entries of an image run along rows, columns,
channels; windows run along rows, then columns.
"""

from __future__ import annotations

import math

import numpy as np

from crossbar.kernels.bound import Bound
from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import derived, f32, halves, normals
from crossbar.kernels.reads import count, drive, sense
from crossbar.kernels.settings import PER_CELL, THERMAL
from crossbar.kernels.signals import hanging_on
from crossbar.types import Floats, Integers


@jit
def gather(x: Floats, kernel: int, out: Floats) -> None:
    """Fill ``out`` (n, positions, size) with the windows of images ``x`` (n, height, row)."""
    run = out.shape[2] // kernel  # entries of one row of a window
    channels = run // kernel
    tall, wide = x.shape[1] - kernel + 1, (x.shape[2] - run) // channels + 1
    for s in range(x.shape[0]):
        for i in range(tall):
            for j in range(wide):
                for a in range(kernel):
                    for b in range(run):
                        out[s, i * wide + j, a * run + b] = x[s, i + a, j * channels + b]


@jit
def scatter(windows: Floats, kernel: int, out: Floats) -> None:
    """Add windows (n, positions, size) to images ``out`` (n, height, row)."""
    run = windows.shape[2] // kernel
    channels = run // kernel
    tall, wide = out.shape[1] - kernel + 1, (out.shape[2] - run) // channels + 1
    for s in range(out.shape[0]):
        for i in range(tall):
            for j in range(wide):
                for a in range(kernel):
                    for b in range(run):
                        out[s, i + a, j * channels + b] += windows[s, i * wide + j, a * run + b]


@jit
def _offsets(kernel, run, row):
    """Return where the entries of a window lie in a flattened image, from its first one."""
    offsets = np.empty(kernel * run, np.intp)
    for a in range(kernel):
        for b in range(run):
            offsets[a * run + b] = a * row + b
    return offsets


@jit
def _slide(image, offsets, weights, out):
    """Fill ``out`` (m,) with the sums of ``weights`` times the window that begins there."""
    m, four = out.size, offsets.size - offsets.size % 4
    for q in range(m):
        out[q] = 0
    for k in range(0, four, 4):
        w0, w1, w2, w3 = weights[k], weights[k + 1], weights[k + 2], weights[k + 3]
        a, b = image[offsets[k] : offsets[k] + m], image[offsets[k + 1] : offsets[k + 1] + m]
        c, d = (
            image[offsets[k + 2] : offsets[k + 2] + m],
            image[offsets[k + 3] : offsets[k + 3] + m],
        )
        for q in range(m):
            out[q] += (w0 * a[q] + w1 * b[q]) + (w2 * c[q] + w3 * d[q])
    for k in range(four, offsets.size):
        w, a = weights[k], image[offsets[k] :][:m]
        for q in range(m):
            out[q] += w * a[q]


@jit
def _pick(flat, row, channels, wide, out):
    """Copy the entries of ``flat`` where windows begin to ``out`` (positions,)."""
    for i in range(out.size // wide):
        line, to = flat[i * row : i * row + wide * channels], out[i * wide : i * wide + wide]
        for j in range(wide):
            to[j] = line[j * channels]


@jit
def _cover(offsets, weights, begins, out):
    """Fill ``out`` (entries of an image,) with the sum of ``weights`` over all windows on it.

    ``begins`` is 1 where a window begins and 0 elsewhere.
    """
    out[:] = 0
    for k in range(offsets.size):
        part, w = out[offsets[k] : offsets[k] + begins.size], weights[k]
        for q in range(begins.size):
            part[q] += w * begins[q]


@jit
def _noise(i, square, per_square, floor, z, key0, key1):
    """Add noise of variance ``per_square * square + floor`` to the currents ``i`` of one line."""
    if per_square > 0 or floor > 0:
        normals(z, key0, key1)
        for p in range(i.size):
            i[p] += f32(math.sqrt(per_square * square[p] + floor)) * z[p]


@jit
def _drawn(v, over, times, squares):
    """Return the live inputs of all windows of an image ``v`` [V], and the power they draw [W].

    ``times`` is the number of windows on an entry and ``over`` the conductance [S] that hangs on
    it in all of them. Fills ``squares``, of the size of ``v``.
    """
    live, power = f32(0), over[0] * f32(0)
    for k in range(squares.size):
        squares[k] = v[k] * v[k]
        live += times[k] if v[k] != f32(0) else f32(0)
        power += squares[k] * over[k]
    return live, power


@jit
def _subtract(i, times, common):
    """Subtract ``times common`` (positions,) from every line of ``i`` (lines, positions)."""
    for f in range(i.shape[0]):
        for p in range(common.size):
            i[f, p] -= times * common[p]


@jit
def _to_numbers(i, unit, out):
    """Fill ``out`` (positions, lines) with ``i`` (lines, positions) times ``unit``."""
    for f in range(i.shape[0]):
        for p in range(i.shape[1]):
            out[p, f] = i[f, p] * unit


@jit
def read_windows(
    x: Floats,
    kernel: int,
    out: Floats,
    bound: Bound,
    cells: int,
    settings: Floats,
    key: np.uint64,
    at: Integers,
    counts: Floats,
) -> None:
    """Read the windows of images: fill ``out`` (n, positions, cols).

    ``x`` (n, height, row) are images and ``kernel`` is the side of a window. As
    :func:`crossbar.kernels.reads.read`, forward, for one array without copies and one plane of
    ``cells`` cells a weight that all have the same read noise, and converters that need no table.
    """
    planes, shared, loads, _, parts = bound.entries
    seen, reference, edges = planes.seen[0], shared.seen[0], shared.edges
    (key0, key1), (n, height, row) = halves(key), x.shape
    run, (cols, size) = seen.shape[1] // kernel, seen.shape
    channels, positions = run // kernel, out.shape[1]
    wide, tall = (row - run) // channels + 1, height - kernel + 1
    v, unit = np.empty((n, height * row), x.dtype), np.empty(n, x.dtype)
    here0, here1 = derived(key0, key1, 0)
    uniform = np.empty((0, 0), x.dtype)
    copies, first = parts.copies, parts.starts[0]  # literals would compile what is called again
    cut = drive(x.reshape(n, 1, height * row), settings, uniform, copies, here0, here1, v, unit)
    offsets, ones = _offsets(kernel, run, row), np.ones(size, x.dtype)
    over, often = np.empty(height * row, x.dtype), np.empty(height * row, x.dtype)
    flat, square = np.zeros((tall - 1) * row + row - run + 1, x.dtype), np.empty(positions, x.dtype)
    for k in range(tall):
        flat[k * row : k * row + (wide - 1) * channels + 1 : channels] = 1
    _cover(offsets, hanging_on(loads.totals, loads.load, True)[0], flat, over)
    _cover(offsets, ones, flat, often)
    i, common = np.empty((cols, positions), x.dtype), np.empty(positions, x.dtype)
    squares, z = np.empty(height * row, x.dtype), np.empty(positions, np.float32)
    per_cell, thermal, live, power = settings[PER_CELL], settings[THERMAL], 0.0, 0.0
    own = f32(cells) * per_cell
    for s in range(n):
        lines, watts = _drawn(v[s], over, often, squares)
        live, power = live + float(lines), power + float(watts)
        _slide(squares, offsets, ones, flat)
        _pick(flat, row, channels, wide, square)
        sample0, sample1 = derived(key0, key1, s + 1)
        for f in range(cols):
            _slide(v[s], offsets, seen[f], flat)
            _pick(flat, row, channels, wide, i[f])
            here0, here1 = derived(sample0, sample1, f)
            _noise(i[f], square, own, thermal * planes.totals[0, f], z, here0, here1)
        for m in range(edges.size - 1):
            _slide(v[s], offsets, reference[m], flat)
            _pick(flat, row, channels, wide, common)
            here0, here1 = derived(sample0, sample1, cols + m)
            _noise(common, square, per_cell, thermal * shared.totals[0, m], z, here0, here1)
            _subtract(i[edges[m] : edges[m + 1]], shared.times[0], common)
        here0, here1 = derived(sample0, sample1, cols + edges.size)
        cut += sense(i, size, settings, uniform, first, copies, here0, here1)
        _to_numbers(i, unit[s], out[s])
    count(settings, x.size, n * positions, live * cols, power, cut, out.size, at, counts)


@jit
def correlate(x: Floats, d: Floats, kernel: int, out: Floats) -> None:
    """Fill ``out`` (n, cols, size) with the windows of ``x`` (n, height, row) times ``d``, summed.

    ``d`` (n, positions, cols) is the gradient at the output of the convolution.
    """
    n, height, row = x.shape
    run = out.shape[2] // kernel
    channels, offsets = run // kernel, _offsets(kernel, run, row)
    wide, tall = (row - run) // channels + 1, height - kernel + 1
    flat = np.zeros((tall - 1) * row + row - run + 1, x.dtype)
    for s in range(n):
        image = x[s].reshape(height * row)
        for f in range(out.shape[1]):
            for i in range(tall):
                for j in range(wide):
                    flat[i * row + j * channels] = d[s, i * wide + j, f]
            for k in range(offsets.size):
                shifted = image[offsets[k] : offsets[k] + flat.size]
                total = flat[0] * f32(0)
                for q in range(flat.size):
                    total += flat[q] * shifted[q]
                out[s, f, k] = total
