"""Reads: from the numbers at the inputs of a layer to those at its outputs, in one call.

Matrices of cells are (cols, lines): bit line by bit line. With copies of an array the vectors of a
sample are dealt out, vector k to copy k mod copies, and the word lines of the copies are stacked.

Named tuples say what a read needs; those that stay from read to read are bound, see :func:`bind`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from crossbar.kernels.bound import Bound
from crossbar.kernels.compiling import inline, jit
from crossbar.kernels.conversion import tabulate
from crossbar.kernels.currents import Driven, line_currents
from crossbar.kernels.cuts import cut_out
from crossbar.kernels.draws import derived, halves
from crossbar.kernels.settings import (
    ADC_NOISE,
    ADC_REACH,
    ADC_TOP,
    DAC_NOISE,
    DAC_TOP,
    FULL,
    IN_GAIN,
    IN_LIMIT,
    IN_NOISE,
    IN_OFFSET,
    OUT_FULL,
    OUT_GAIN,
    OUT_LIMIT,
    OUT_NOISE,
    OUT_OFFSET,
    SCALE,
    T_READ,
)
from crossbar.kernels.signals import (
    add,
    amplify,
    deal,
    drawn,
    hanging_on,
    normalise,
    quantise,
    scatter,
    to_numbers,
)
from crossbar.types import Floats, Integers

Signals = tuple[Floats, Floats, Floats]  # inputs, room for the line voltages, and outputs
Edge = tuple[Floats, Floats, Floats]  # settings of a read, and tables of DACs and ADCs
Count = tuple[int, Integers, Floats]  # values scaled, and where reads count what they do

CONVERTER = 2**31  # stream of the noise of converters, beyond those of amplifiers

# Positions in ``at``, the places in ``counts`` of what a read counts: multiplications by driven
# lines, energy, signals cut, cycles, values scaled and converted, currents sensed and converted.
MAC, ENERGY, CUT, CYCLES, SCALED, DAC, SENSED, ADC = range(8)


class Loads(NamedTuple):
    """Conductances on the driven lines [S], see :func:`crossbar.kernels.signals.hanging_on`."""

    totals: Floats
    load: Floats


class Parts(NamedTuple):
    """How lines are driven and sensed.

    Attributes
    ----------
    starts
        (parts + 1,) driven lines of each array sensed apart; one part where there are copies.
    amplifiers
        Amplifiers with a current of each output, over all arrays and planes.
    copies
        Of the array.
    forward
        Whether word lines are driven, or bit lines (a transposed read), plane after plane.
    """

    starts: Integers
    amplifiers: int
    copies: int
    forward: bool


@jit
def drive(
    x: Floats,
    settings: Floats,
    dac: Floats,
    copies: int,
    key0: np.uint32,
    key1: np.uint32,
    v: Floats,
    unit: Floats,
) -> float:
    """Normalise ``x`` (n, positions, inputs), convert it and deal it out to the lines ``v`` [V].

    ``dac`` is the table of DACs that have one, a row for all or ``copies * inputs`` rows; see
    :func:`crossbar.kernels.conversion.tabulate`. Fills ``v`` (n * per_sample, inputs) and ``unit``
    (n,), the number that one ampere stands for. Returns how many voltages the normaliser or the
    DAC cut.
    """
    n, positions, inputs = x.shape
    per_sample = v.shape[0] // n
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
    if dac.size > 0:
        cut += tabulate(flat.reshape(n * positions, inputs), full, dac, 0, positions, copies)
    elif settings[DAC_TOP] > 0:
        cut += quantise(flat, full / settings[DAC_TOP], settings[DAC_TOP])
    if settings[DAC_NOISE] > 0:
        there0, there1 = derived(key0, key1, CONVERTER)
        scatter(flat, settings[DAC_NOISE] * full, there0, there1)
    if not direct:
        deal(volts, v, per_sample, positions)
    for s in range(n):
        unit[s] = 1.0 / (np.float64(settings[SCALE]) * gain[s])
    return cut


@jit
def sense(
    i: Floats,
    cells: int,
    settings: Floats,
    adc: Floats,
    first: int,
    copies: int,
    key0: np.uint32,
    key1: np.uint32,
) -> float:
    """Pass line currents ``i`` (n, lines) [A] through amplifiers and ADCs, in place.

    ``cells`` is the number of weights on a line, which sets the full scale. ``adc`` is the table
    of ADCs that have one, whose rows from ``first`` on belong to the lines of the copies that take
    turns; see :func:`crossbar.kernels.conversion.tabulate`. Returns how many currents either of
    them cut.
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
    if settings[ADC_NOISE] > 0:
        there0, there1 = derived(key0, key1, CONVERTER)
        scatter(flat, settings[ADC_NOISE] * settings[ADC_REACH] * full, there0, there1)
    if adc.size > 0:
        cut += tabulate(i, settings[ADC_REACH] * full, adc, first, i.shape[0], copies)
    elif settings[ADC_TOP] > 0:
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


@inline
def _read_parts(v, square, planes, common, wired, parts, settings, adc, key0, key1, outputs):
    """Return line currents (n, outputs) [A] behind the amplifiers, and how many those cut.

    Each part of the driven lines is read and sensed on its own, by every amplifier; the rest as in
    :func:`_read`.
    """
    several, cut = parts.starts.size > 2, 0.0
    each = max(parts.starts.size - 1, parts.copies) * outputs  # lines with an ADC of each amplifier
    single = not several and planes.gains.size == 1
    i = np.empty((v.shape[0], outputs), v.dtype)
    joint = i if planes.gains.size == 1 else np.empty(i.shape, v.dtype)
    total = i if single else np.zeros(i.shape, v.dtype)
    for part in range(parts.starts.size - 1):
        a, b = parts.starts[part], parts.starts[part + 1]
        rows = (part, part + 1) if several else (0, planes.totals.shape[0])
        volts = v
        if several:
            volts = np.ascontiguousarray(v[:, a:b])
            drawn(volts, np.zeros((1, b - a), v.dtype), square)
        at = Driven(a, b, parts.copies, parts.forward)
        here0, here1 = derived(key0, key1, part + 1)
        first = part * outputs
        for plane in range(planes.gains.size):
            line_currents(
                volts, square, plane, rows, planes, common, wired, at, settings, here0, here1, i
            )
            if planes.gains.size > 1:
                if plane == 0 or planes.factors[plane - 1] != 0:
                    joint[:] = 0
                add(i, planes.gains[plane], joint)
            if planes.factors[plane] != 0:
                there0, there1 = derived(here0, here1, 4 * plane + 3)
                cut += sense(joint, b - a, settings, adc, first, parts.copies, there0, there1)
                first += each if parts.forward else 0  # in a transposed read in turns
                if not single:
                    add(joint, planes.factors[plane], total)
    return total, cut


@jit
def read(
    x: Floats,
    v: Floats,
    out: Floats,
    bound: Bound,
    settings: Floats,
    dac: Floats,
    adc: Floats,
    key: np.uint64,
    cuts: Bound,
    values: int,
    at: Integers,
    counts: Floats,
) -> None:
    """Read: fill ``out`` (n, positions, outputs) with the products of ``x`` and the weights.

    Parameters
    ----------
    x
        (n, positions, inputs), the vectors of a sample of which share the gain of the normaliser;
        or, with ``cuts``, (n, entries, channels), from which windows are cut.
    v
        (vectors, inputs) [V], filled with the voltages of the driven lines.
    bound
        :class:`Planes`, :class:`Common`, :class:`Loads`, :class:`LineNoise` and :class:`Parts`.
    settings, dac, adc
        Settings, and tables of the converters that have one, see :func:`drive` and :func:`sense`;
        the rows of those of ADCs are the outputs of each part, or of each copy, amplifier after
        amplifier. Settings have an infinite top for these.
    values, at, counts
        Values scaled and converted; ``counts[at[k]]`` is increased by what was counted, see
        ``MAC`` and the others.
    cuts
        ``index`` and ``steps`` of :func:`crossbar.kernels.cuts.cut_out`, see :func:`cuts_of`.
    """
    planes, common, loads, wired, parts = bound.entries
    (index, steps), (key0, key1) = cuts.entries, halves(key)
    unit, square = np.empty(x.shape[0], x.dtype), np.empty(v.shape[0], x.dtype)
    hanging = hanging_on(loads.totals, loads.load, parts.forward)
    if index.size > 0:
        cut, live, power = cut_out(x, index, steps, settings, hanging[0], v, square, unit)
    else:
        here0, here1 = derived(key0, key1, 0)
        cut = drive(x, settings, dac, parts.copies, here0, here1, v, unit)
        live, power = drawn(v, hanging, square)
    i, cut_behind = _read_parts(
        v, square, planes, common, wired, parts, settings, adc, key0, key1, out.shape[2]
    )
    to_numbers(i, v.shape[0] // x.shape[0], unit, out)
    turns = 1 if parts.forward else planes.gains.size  # of the planes, one after the other
    count(
        settings, values, turns * (v.shape[0] // parts.copies), live * out.shape[2], power,
        cut + cut_behind, out.size * parts.amplifiers, at, counts,
    )  # fmt: skip


@jit
def read_currents(v: Floats, out: Floats, bound: Bound, settings: Floats, key: np.uint64) -> None:
    """Fill ``out`` (planes, n, outputs) with the line currents [A] of each plane.

    ``v`` (n, inputs) [V] are the voltages of all driven lines; ``bound`` as in :func:`read`.
    """
    planes, common, _, wired, parts = bound.entries
    key0, key1 = halves(key)
    square = np.empty(v.shape[0], v.dtype)
    drawn(v, np.zeros((1, v.shape[1]), v.dtype), square)
    at = Driven(0, v.shape[1], parts.copies, parts.forward)
    rows = (parts.starts[0], planes.totals.shape[0])  # a literal 0 would compile it all again
    for plane in range(planes.gains.size):
        line_currents(
            v, square, plane, rows, planes, common, wired, at, settings, key0, key1, out[plane]
        )
