"""Line currents of one plane of cells for given voltages, with the noise of the cells."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import derived, f32
from crossbar.kernels.noise import add_noise, of_plane, referred, wired_variances
from crossbar.kernels.products import cell_variances, excesses, product
from crossbar.kernels.settings import BIAS, PER_CELL, RELATIVE, SHOT, THERMAL
from crossbar.kernels.signals import subtract
from crossbar.types import Floats, FloatType, Integers


class Planes(NamedTuple):
    """The cells of a read, plane by plane (see :mod:`crossbar.circuit.planes`).

    Noise is that of ``plus``, ``minus``, ``flicker`` and ``totals`` where one plane of one or two
    cells is the whole of a weight, and that of :class:`LineNoise` otherwise.

    Attributes
    ----------
    seen
        (planes, cols, lines) [S] conductances between the lines, signs and wires included.
    plus, minus
        (cols, lines) [S] conductances of the cells; (0, 0) where there are none.
    flicker
        (cols, lines) [S^2] variances of their own besides, added up over the cells of a weight;
        (0, 0) for none, which is all that counts of them with :class:`LineNoise`.
    totals
        (copies or parts, outputs) [S] sums of the cells on each sensed line.
    gains
        (planes,) gain of the current of a plane on its way to the amplifier.
    factors
        (planes,) what the output of an amplifier counts, at the last of its planes; else 0.
    """

    seen: Floats
    plus: Floats
    minus: Floats
    flicker: Floats
    totals: Floats
    gains: Floats
    factors: Floats


class Common(NamedTuple):
    """Reference lines, whose currents are subtracted; (0, 0) where there are none.

    Attributes
    ----------
    seen
        (1 or planes, k, inputs) [S] conductances to the driven lines, wires included.
    cells, flicker, totals
        (k, inputs) [S], [S^2] and (copies or parts, k) [S], as in :class:`Planes`.
    edges
        Reference line m serves the outputs ``edges[m]`` to ``edges[m + 1]``.
    times
        (planes,) how many times a plane subtracts them.
    """

    seen: Floats
    cells: Floats
    flicker: Floats
    totals: Floats
    edges: Integers
    times: Floats

    @classmethod
    def empty(cls, dtype: FloatType, planes: int) -> Common:
        """Return none."""
        no = np.empty((0, 0), dtype)
        return cls(no[None], no, no, no, np.zeros(1, np.intp), np.zeros(planes, dtype))


class Driven(NamedTuple):
    """The driven lines ``first`` to ``last`` of one part; the rest as in :class:`Parts`."""

    first: int
    last: int
    copies: int
    forward: bool


class Summed(NamedTuple):
    """The cells of a plane where its noise is summed from them; see :class:`Planes`."""

    plus: Floats
    minus: Floats
    flicker: Floats
    totals: Floats


@jit
def currents(v, square, seen, cells, wired, at, settings, key0, key1, out):
    """Fill ``out`` (n, outputs) with the line currents [A] of reads, with the noise of the cells.

    Parameters
    ----------
    v, square
        (n, inputs) [V] voltages of the lines ``at.first`` to ``at.last``, and (n,) [V^2] the sums
        of their squares.
    seen
        (cols, lines) [S] conductances between the lines, signs and wires included.
    cells, wired
        What the noise is summed from: cells, or, if it is not empty, the noise of the lines.
    """
    per_square = settings[PER_CELL] * (f32(2) if cells.minus.size else f32(1))
    thermal, relative, shot = settings[THERMAL], settings[RELATIVE], settings[SHOT]
    own, resistive = cells.flicker.size > 0, wired.spread.size > 0
    square_law, single = own or relative > 0 or per_square > 0, own or relative > 0 or shot > 0
    varied = square_law or shot > 0 if resistive else single
    extra = np.zeros(out.shape if varied else (0, 0), out.dtype)
    # Loops of two turns stand for second calls, which would be compiled again.
    for turn in range(2 if own and not resistive else 1):
        volts, to = (v, out) if turn == 0 else (v * v, extra)
        matrix = seen if turn == 0 else cells.flicker
        product(volts, matrix, at.first, at.last, at.copies, at.forward, to)
    if per_square == 0 and thermal == 0 and relative == 0 and shot == 0 and not own:
        return
    floor = wired.floor if resistive else cells.totals
    if resistive:
        per_square *= f32(0)
        if varied:
            wired_variances(
                v, wired, at.first, at.last, at.copies, at.forward, square_law, shot,
                settings[BIAS], extra,
            )  # fmt: skip
    elif relative > 0 or shot > 0:
        excess = excesses(v, settings[BIAS])
        for turn in range(2 if cells.minus.size else 1):
            each = cells.plus if turn == 0 else cells.minus
            cell_variances(v, excess, each, at.first, at.copies, at.forward, relative, shot, extra)
    add_noise(out, square, per_square, thermal * floor, extra, key0, key1)


@jit
def line_currents(v, square, plane, part, planes, common, wired, at, settings, key0, key1, out):
    """Fill ``out`` (n, outputs) with line currents [A] of a plane, those of references subtracted.

    ``part`` is the first and the last row of the sums on lines that belong to the driven lines;
    the rest as in :func:`currents` and in the named tuples. All planes are read at once by a
    forward read, and so share the noise of a reference line.
    """
    a, b = part
    subtracted = common.seen.size > 0 and common.times[plane] != 0
    shared = np.empty((v.shape[0], common.edges.size - 1 if subtracted else 0), out.dtype)
    seen, noise, to = planes.seen[plane], of_plane(wired, plane, a, b), out
    cells = Summed(planes.plus, planes.minus, planes.flicker, planes.totals[a:b])
    for turn in range(2 if subtracted else 1):  # a second call would be compiled again
        k0, k1 = derived(key0, key1, 4 * plane + 1)
        if turn == 1:
            k0, k1 = derived(key0, key1, 2 if at.forward else 4 * plane + 2)
            seen = common.seen[min(plane, common.seen.shape[0] - 1)]
            none = np.empty((0, 0), out.dtype)
            cells = Summed(common.cells, none, common.flicker, common.totals[a:b])
            noise, to = referred(noise), shared
        # Both reference lines stand as bit lines do.
        here = Driven(at.first, at.last, at.copies, at.forward or turn == 1)
        currents(v, square, seen, cells, noise, here, settings, k0, k1, to)
    if subtracted:
        subtract(out, shared, common.edges, common.times[plane])
