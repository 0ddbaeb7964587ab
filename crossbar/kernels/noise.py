"""Noise of line currents, drawn once a line: exact for independent Gaussian cells."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import CHUNK, derived, f32, normals
from crossbar.kernels.products import excesses, product
from crossbar.types import Floats, FloatType, Integers


class LineNoise(NamedTuple):
    """Noise of the cells of each plane as lines sense it.

    Everything is empty where there is none, or it is summed from the cells as they are read (see
    :class:`crossbar.kernels.currents.Planes`).

    Attributes
    ----------
    bends, blocks
        (planes, 2, rank, driven lines) and the first line of each array: voltages across cells fall
        by ``bends[0].T @ bends[1] @ v`` in each, see :func:`lowered`; rank 0 where lines are ideal.
    spread, shots
        (planes, cols, lines) variance of a line current for one volt on a driven line [S^2], and
        conductance that shot noise sees [S].
    floor
        (planes, copies or arrays, outputs) conductance that thermal noise sees [S].
    spread_reference, shots_reference, floor_reference
        The same for reference lines.
    """

    bends: Floats
    blocks: Integers
    spread: Floats
    shots: Floats
    floor: Floats
    spread_reference: Floats
    shots_reference: Floats
    floor_reference: Floats

    @classmethod
    def empty(cls, dtype: FloatType, planes: int) -> LineNoise:
        """Return that of cells without noise, or whose noise is summed as they are read."""
        no, none = np.empty((planes, 0, 0), dtype), np.empty((planes, 0, 0, 0), dtype)
        return cls(none, np.zeros(1, np.intp), no, no, no, no, no, no)

    def whole(self, copies: int) -> LineNoise:
        """Return that of lines that are sensed in one part, of ``copies`` or of all arrays."""
        if self.floor.shape[1] in (0, copies):
            return self
        sums = {
            name: getattr(self, name).sum(axis=1, keepdims=True)
            for name in ("floor", "floor_reference")
        }
        return self._replace(**sums)


@jit
def of_plane(wired, plane, first, last):
    """Return the noise of one plane, on the arrays ``first`` to ``last``."""
    return LineNoise(
        wired.bends[plane], wired.blocks, wired.spread[plane], wired.shots[plane],
        wired.floor[plane, first:last], wired.spread_reference[plane],
        wired.shots_reference[plane], wired.floor_reference[plane, first:last],
    )  # fmt: skip


@jit
def referred(wired):
    """Return the noise of the reference lines in place of that of the others."""
    return LineNoise(
        wired.bends, wired.blocks, wired.spread_reference, wired.shots_reference,
        wired.floor_reference, wired.spread_reference, wired.shots_reference,
        wired.floor_reference,
    )  # fmt: skip


@jit
def lowered(v, bends, blocks, first, copies):
    """Return line voltages ``v`` (n, lines) less what cells lose by the currents of the others.

    ``v`` belongs to the lines from ``first`` on; arrays begin at ``blocks``.
    """
    out = v.copy()
    for p in range(v.shape[0]):
        start = (p % copies) * v.shape[1] + first
        for b in range(blocks.size - 1):
            here = max(blocks[b] - first, 0)
            size = min(blocks[b + 1] - first, v.shape[1]) - here
            for r in range(bends.shape[1] if size > 0 else 0):
                at = start + here
                left, right = bends[0, r, at : at + size], bends[1, r, at : at + size]
                old, new, total = v[p, here : here + size], out[p, here : here + size], v[0, 0] * 0
                for k in range(size):
                    total += right[k] * old[k]
                for k in range(size):
                    new[k] -= total * left[k]
    return out


@jit
def wired_variances(
    v: Floats,
    wired: LineNoise,
    first: int,
    last: int,
    copies: int,
    forward: bool,
    square_law: bool,
    shot: float,
    inverse: float,
    variance: Floats,
) -> None:
    """Fill ``variance`` (n, outputs) with that of the lines of a plane, thermal noise apart.

    ``square_law`` says whether there is noise that grows as the square of the voltage, ``shot`` is
    2 e F / (2 t) and ``inverse`` e / (2 k T); the rest as in :class:`LineNoise` and
    :func:`crossbar.kernels.products.product`.
    """
    across = lowered(v, wired.bends, wired.blocks, first, copies)
    added = variance
    for turn in range(0 if square_law else 1, 2 if shot > 0 else 1):  # compiles one product
        if turn == 0:
            driven, matrix = across * across, wired.spread
        else:
            driven, matrix = excesses(across, inverse), wired.shots
            added = np.empty(variance.shape, v.dtype)
        product(driven, matrix, first, last, copies, forward, added)
        if turn == 1:
            variance += shot * added


@jit
def _apply(i, variance, z):
    """Add noise of ``variance`` to currents ``i``, all (k,)."""
    for k in range(i.size):
        i[k] += f32(math.sqrt(variance[k])) * z[k]


@jit
def _variances(square, per_square, floor, extra, first, variance):
    """Fill ``variance`` (rows, lines) of the rows that begin at ``first``."""
    rows, lines = variance.shape
    base = first % floor.shape[0]
    for r in range(rows):
        common = per_square * square[first + r]
        for j in range(lines):
            variance[r, j] = common + floor[base, j]
        base = base + 1 if base + 1 < floor.shape[0] else 0
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
