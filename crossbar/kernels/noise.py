"""Noise of line currents, drawn once a line: exact for independent Gaussian cells."""

from __future__ import annotations

import math

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import CHUNK, derived, f32, normals
from crossbar.types import Floats


@jit
def _apply(i, variance, z):
    """Add noise of ``variance`` to currents ``i``, all (k,)."""
    for k in range(i.size):
        i[k] += f32(math.sqrt(variance[k])) * z[k]


@jit
def _variances(square, per_square, floor, extra, first, variance):
    """Fill ``variance`` (rows, lines) of the rows that begin at ``first``."""
    rows, lines = variance.shape
    for r in range(rows):
        base = (first + r) % floor.shape[0]
        common = per_square * square[first + r]
        for j in range(lines):
            variance[r, j] = common + floor[base, j]
    if extra.size:
        for r in range(rows):
            for j in range(lines):
                variance[r, j] += extra[first + r, j]


@jit
def add_noise(
    i: Floats,
    square: Floats,
    per_square: float,
    floor: Floats,
    extra: Floats,
    key0: np.uint32,
    key1: np.uint32,
) -> None:
    """Add the noise of all cells on each line to the currents ``i`` (n, lines) [A], in place.

    Its variance is ``per_square * square[p] + floor[p % copies, j] + extra[p, j]`` [A^2], with
    ``square`` (n,) [V^2], ``floor`` (copies, lines) and ``extra`` (n, lines) or (0, 0).
    """
    n, lines = i.shape
    rows = max(1, CHUNK // lines)
    z = np.empty(min(rows, n) * lines, np.float32)
    variance = np.empty((min(rows, n), lines), np.float32)
    for first in range(0, n, rows):
        last = min(first + rows, n)
        size = (last - first) * lines
        here0, here1 = derived(key0, key1, first)
        normals(z[:size], here0, here1)
        _variances(square, per_square, floor, extra, first, variance[: last - first])
        _apply(i[first:last].reshape(size), variance.reshape(variance.size)[:size], z)
