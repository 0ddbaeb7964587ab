"""Signals of a read: what the blocks before and behind an array make of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import CHUNK, derived, f32, normals
from crossbar.types import Floats, Integers

LANES = 64
TINY = 1e-30  # peaks below are not inverted: the inverse would overflow


@jit
def peak(x: Floats) -> Any:
    """Return the largest magnitude in ``x`` (n,); not a number if there is one."""
    lanes = np.zeros(LANES, x.dtype)  # a maximum in lanes is vector code, a running one is not
    whole, nothing = x.size - x.size % LANES, x[0] * f32(0)
    for start in range(0, whole, LANES):
        part = x[start : start + LANES]
        for k in range(LANES):
            lanes[k] = max(lanes[k], abs(part[k]))
    for k in range(whole, x.size):
        lanes[0] = max(lanes[0], abs(x[k]))
    largest = lanes[0]
    for k in range(LANES):
        largest = max(largest, lanes[k])
    for k in range(x.size):
        nothing += x[k] * f32(0)
    return largest + nothing


@jit
def normalise(x: Floats, full: float, out: Floats, gain: Floats) -> None:
    """Scale each sample of ``x`` (n, values) so that its peak is ``full``; zero stays zero.

    Fills ``out`` (n, values) and ``gain`` (n,), the factor used.
    """
    for s in range(x.shape[0]):
        row, to = x[s], out[s]
        largest = peak(row)
        if largest == 0:
            largest += f32(1)
        gain[s] = np.float64(full) / np.float64(largest)
        if largest > TINY:
            factor = full / largest
            for k in range(row.size):
                to[k] = row[k] * factor
        else:
            for k in range(row.size):
                to[k] = np.float64(row[k]) * gain[s]


@jit
def scatter(y: Floats, sigma: float, key0: np.uint32, key1: np.uint32) -> None:
    """Add ``sigma`` z to ``y`` (n,) in place, z standard normal."""
    z = np.empty(min(y.size, CHUNK), np.float32)
    for start in range(0, y.size, CHUNK):
        part = y[start : start + CHUNK]
        here0, here1 = derived(key0, key1, start // CHUNK)
        normals(z[: part.size], here0, here1)
        for k in range(part.size):
            part[k] += sigma * z[k]


@jit
def amplify(
    y: Floats,
    gain: float,
    offset: float,
    noise: float,
    limit: float,
    key0: np.uint32,
    key1: np.uint32,
) -> float:
    """Apply the errors of a block to ``y`` (n,) in place; return how many stand at the limit.

    y = clip(gain y + offset + noise z, -limit, limit), z standard normal.
    """
    if noise > 0:
        scatter(y, noise / gain, key0, key1)
    held = 0.0
    for k in range(y.size):
        value = min(max(y[k] * gain + offset, -limit), limit)
        held += 1.0 if abs(value) >= limit else 0.0
        y[k] = value
    return held


@jit
def quantise(y: Floats, step: float, top: float) -> float:
    """Round ``y`` (n,) to whole steps within +-top of them, in place; return how many were cut."""
    cut = f32(0)
    for k in range(y.size):
        whole = np.rint(y[k] * (f32(1) / step))
        cut += f32(1) if abs(whole) > top else f32(0)
        y[k] = min(max(whole, -top), top) * step
    return float(cut)


@jit
def hanging_on(totals: Floats, load: Floats, forward: bool) -> Floats:
    """Return the conductance on every driven line, (copies, inputs) [S].

    ``load`` (copies, inputs) hangs there besides the cells; ``totals`` are sums over the cells,
    (arrays across, lines) on word lines and (parts, cols) on bit lines.
    """
    hanging = load.copy()
    flat = hanging.reshape(hanging.size)
    for a in range(totals.shape[0]):
        start = 0 if forward or hanging.shape[0] == 1 else a * totals.shape[1]
        for k in range(totals.shape[1]):
            flat[start + k] += totals[a, k]
    return hanging


@jit
def drawn(v: Floats, hanging: Floats, square: Floats) -> tuple[float, float]:
    """Return how many line voltages ``v`` (n, lines) [V] are not zero, and the power of reads [W].

    ``hanging`` (copies, lines) [S] is the conductance on each line; row k of ``v`` drives copy
    k mod copies. Fills ``square`` (n,) with the sums of v^2.
    """
    live, power, copy = 0.0, 0.0, 0
    for p in range(v.shape[0]):
        row, load = v[p], hanging[copy]
        copy = copy + 1 if copy + 1 < hanging.shape[0] else 0
        count, squares, flow = f32(0), row[0] * f32(0), row[0] * f32(0)
        for k in range(row.size):
            count += f32(1) if row[k] != f32(0) else f32(0)
            squares += row[k] * row[k]
            flow += row[k] * row[k] * load[k]
        square[p] = squares
        live += float(count)
        power += float(flow)
    return live, power


@jit
def switched(v: Floats, full: float, steps: Floats, out: Floats) -> None:
    """Add to ``out`` (copies, lines) the steps in which ``v`` (n, copies, lines) [V] drive lines.

    ``steps`` has their number for every code of a magnitude, from 0 to that of ``full`` [V].
    """
    top = np.float64(steps.size - 1)
    for p in range(v.shape[0]):
        for c in range(v.shape[1]):
            row, to = v[p, c], out[c]
            for k in range(row.size):
                to[k] += steps[int(min(np.rint(np.float64(abs(row[k])) / full * top), top))]


@jit
def deal(v: Floats, out: Floats, per_sample: int, given: int) -> None:
    """Copy the ``given`` rows of each sample into ``per_sample`` rows of ``out``, the rest 0 V."""
    for p in range(out.shape[0]):
        s, k = p // per_sample, p % per_sample
        to = out[p]
        if k < given:
            row = v[s * given + k]
            for j in range(to.size):
                to[j] = row[j]
        else:
            for j in range(to.size):
                to[j] = 0


@jit
def subtract(i: Floats, common: Floats, edges: Integers, times: float) -> None:
    """Subtract ``times common`` (n, k) from the lines ``edges[k]`` to ``edges[k + 1]`` of ``i``."""
    for k in range(common.shape[1]):
        a, b = edges[k], edges[k + 1]
        for p in range(i.shape[0]):
            less, lines = times * common[p, k], i[p, a:b]
            for j in range(lines.size):
                lines[j] -= less


@jit
def add(i: Floats, factor: float, total: Floats) -> None:
    """Add ``factor i`` to ``total``, both (n, lines)."""
    for p in range(i.shape[0]):
        for j in range(i.shape[1]):
            total[p, j] += factor * i[p, j]


@jit
def to_numbers(i: Floats, per_sample: int, unit: Floats, out: Floats) -> None:
    """Fill ``out`` (n, positions, lines) with the first rows of each sample of ``i``, scaled.

    ``i`` has ``per_sample`` rows a sample, ``unit`` (n,) is a factor of each sample.
    """
    lines = out.shape[2]
    for s in range(out.shape[0]):
        size = out.shape[1] * lines
        rows = i[s * per_sample : s * per_sample + out.shape[1]].reshape(size)
        to, factor = out[s].reshape(size), unit[s]
        for k in range(size):
            to[k] = rows[k] * factor


@jit
def softmax(z: Floats, out: Floats) -> None:
    """Fill ``out`` (n, classes) with exp(z) / sum exp(z), sample by sample."""
    for s in range(z.shape[0]):
        largest, total = z[s, 0], z[s, 0] * f32(0)
        for k in range(z.shape[1]):
            largest = max(largest, z[s, k])
        for k in range(z.shape[1]):
            out[s, k] = math.exp(z[s, k] - largest)
            total += out[s, k]
        for k in range(z.shape[1]):
            out[s, k] /= total
