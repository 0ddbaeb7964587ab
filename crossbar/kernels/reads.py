"""Reads: from the numbers at the inputs of a layer to those at its outputs, in one call.

Matrices of cells are (cols, lines): bit line by bit line. With copies of an array the vectors of a
sample are dealt out, vector k to copy k mod copies, and the word lines of the copies are stacked.
"""

from __future__ import annotations

import math

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.conversion import tabulate
from crossbar.kernels.draws import derived, f32, halves
from crossbar.kernels.noise import LineNoise, add_noise, part_of, referred, wired_variances
from crossbar.kernels.products import cell_variances, excesses, product
from crossbar.kernels.signals import (
    add,
    amplify,
    deal,
    drawn,
    hanging_on,
    normalise,
    quantise,
    scatter,
    subtract,
    to_numbers,
)
from crossbar.types import Floats, Integers

# Positions in ``settings``, which are of the floating-point type of the signals.
FULL, DAC_TOP, SCALE, PER_CELL, THERMAL, RELATIVE, SHOT = range(7)
IN_GAIN, IN_OFFSET, IN_NOISE, IN_LIMIT = range(7, 11)  # normaliser, relative to FULL
OUT_FULL, OUT_GAIN, OUT_OFFSET, OUT_NOISE, OUT_LIMIT, ADC_TOP, ADC_REACH, T_READ = range(11, 19)
BIAS = 19  # e / (2 k T) [1/V]
DAC_NOISE, ADC_NOISE = 20, 21  # relative to full scale
SETTINGS = 22

CONVERTER = 2**31  # stream of the noise of converters, beyond those of amplifiers

# Positions in ``at``, the places in ``counts`` of what a read counts: multiplications by driven
# lines, energy, signals cut, cycles, values scaled and converted, currents sensed and converted.
MAC, ENERGY, CUT, CYCLES, SCALED, DAC, SENSED, ADC = range(8)


@jit
def currents(
    v: Floats,
    square: Floats,
    seen: Floats,
    plus: Floats,
    minus: Floats,
    flicker: Floats,
    total: Floats,
    wired: LineNoise,
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
    flicker
        (cols, lines) [S^2] variances of their own besides, added up over the cells of a weight;
        (0, 0) for none.
    total
        (copies, outputs) [S] their sums on each line.
    wired
        What the noise of the cells comes to on lines with resistance; empty where lines are ideal.
    """
    product(v, seen, first, last, copies, forward, out)
    per_square = settings[PER_CELL] * (f32(2) if minus.size else f32(1))
    thermal, relative, shot = settings[THERMAL], settings[RELATIVE], settings[SHOT]
    own = flicker.size > 0
    if per_square == 0 and thermal == 0 and relative == 0 and shot == 0 and not own:
        return
    square_law = own or relative > 0 or per_square > 0
    resistive, single = wired.spread.size > 0, own or relative > 0 or shot > 0
    varied = square_law or shot > 0 if resistive else single
    extra = np.zeros(out.shape if varied else (0, 0), out.dtype)
    if resistive:
        if varied:
            wired_variances(
                v, wired, first, last, copies, forward, square_law, shot, settings[BIAS], extra
            )
        add_noise(
            out, square, settings[PER_CELL] * f32(0), thermal * wired.floor, extra, key0, key1
        )
        return
    if own:
        product(v * v, flicker, first, last, copies, forward, extra)
    if relative > 0 or shot > 0:
        excess = excesses(v, settings[BIAS])
        cell_variances(v, excess, plus, first, copies, forward, relative, shot, extra)
        if minus.size:
            cell_variances(v, excess, minus, first, copies, forward, relative, shot, extra)
    add_noise(out, square, per_square, thermal * total, extra, key0, key1)


@jit
def line_currents(
    v: Floats,
    square: Floats,
    seen: Floats,
    plus: Floats,
    minus: Floats,
    flicker: Floats,
    totals: Floats,
    reference: Floats,
    cells: Floats,
    reference_flicker: Floats,
    reference_totals: Floats,
    edges: Integers,
    wired: LineNoise,
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
    reference lines as the lines see them, and of the cells, ``reference_flicker`` the variances of
    those; (0, 0) without them. Reference line m serves the outputs ``edges[m]`` to
    ``edges[m + 1]``. The rest as in :func:`currents`.
    """
    here0, here1 = derived(key0, key1, 1)
    currents(
        v, square, seen, plus, minus, flicker, totals, wired, first, last, copies, forward,
        settings, here0, here1, out,
    )  # fmt: skip
    driven = reference.size > 0  # a literal True would compile it all again
    if driven:
        common = np.empty((v.shape[0], edges.size - 1), out.dtype)
        there0, there1 = derived(key0, key1, 2)
        currents(
            v, square, reference, cells, np.empty((0, 0), out.dtype), reference_flicker,
            reference_totals, referred(wired), first, last, copies, driven, settings, there0,
            there1, common,
        )  # fmt: skip
        subtract(out, common, edges)


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


@jit
def _read_parts(
    v: Floats,
    square: Floats,
    seen: Floats,
    plus: Floats,
    minus: Floats,
    flicker: Floats,
    totals: Floats,
    reference: Floats,
    cells: Floats,
    reference_flicker: Floats,
    reference_totals: Floats,
    edges: Integers,
    wired: LineNoise,
    starts: Integers,
    copies: int,
    forward: bool,
    settings: Floats,
    adc: Floats,
    key0: np.uint32,
    key1: np.uint32,
    outputs: int,
) -> tuple[Floats, float]:
    """Return line currents (n, outputs) [A] behind the amplifiers, and how many those cut.

    Each part of the driven lines, ``starts[k]`` to ``starts[k + 1]``, is read and sensed on its
    own; the rest as in :func:`read`.
    """
    parts, cut = starts.size - 1, 0.0
    i = np.empty((v.shape[0], outputs), v.dtype)
    total = i if parts == 1 else np.zeros(i.shape, v.dtype)
    for part in range(parts):
        a, b = starts[part], starts[part + 1]
        volts = v
        if parts > 1:
            volts = np.ascontiguousarray(v[:, a:b])
            drawn(volts, np.zeros((1, b - a), v.dtype), square)
        here0, here1 = derived(key0, key1, part + 1)
        line_currents(
            volts, square, seen, plus, minus, flicker,
            totals if parts == 1 else totals[part : part + 1], reference, cells, reference_flicker,
            reference_totals if parts == 1 else reference_totals[part : part + 1], edges,
            wired if parts == 1 else part_of(wired, part), a, b, copies, forward, settings, here0,
            here1, i,
        )  # fmt: skip
        there0, there1 = derived(here0, here1, 3)
        cut += sense(i, b - a, settings, adc, part * outputs, copies, there0, there1)
        if parts > 1:
            add(i, total)
    return total, cut


@jit
def read(
    x: Floats,
    v: Floats,
    out: Floats,
    seen: Floats,
    plus: Floats,
    minus: Floats,
    flicker: Floats,
    totals: Floats,
    driven_totals: Floats,
    load: Floats,
    reference: Floats,
    cells: Floats,
    reference_flicker: Floats,
    reference_totals: Floats,
    edges: Integers,
    wired: LineNoise,
    starts: Integers,
    arrays: int,
    copies: int,
    forward: bool,
    settings: Floats,
    dac: Floats,
    adc: Floats,
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
    seen, plus, minus, flicker, totals, reference, cells, reference_flicker, reference_totals
        As in :func:`line_currents`, with sums for each part where there are no copies.
    driven_totals, load
        Conductance of the cells on every driven line, and what else hangs there, see
        :func:`crossbar.kernels.signals.hanging_on`.
    starts
        (parts + 1,) driven lines of each array sensed apart; one part where there are copies.
    arrays, values
        Arrays with amplifiers of their own for each output; values scaled and converted.
    forward
        Whether word lines are driven, or bit lines (a transposed read).
    dac, adc
        Tables of the converters that have one, see :func:`drive` and :func:`sense`; the rows of
        ``adc`` are those of the outputs of each part, or of each copy. ``settings`` has an infinite
        top for these.
    at, counts
        ``counts[at[k]]`` is increased by what was counted, see ``MAC`` and the others.
    """
    key0, key1 = halves(key)
    unit, square = np.empty(x.shape[0], x.dtype), np.empty(v.shape[0], x.dtype)
    here0, here1 = derived(key0, key1, 0)
    cut = drive(x, settings, dac, copies, here0, here1, v, unit)
    live, power = drawn(v, hanging_on(driven_totals, load, forward), square)
    i, cut_behind = _read_parts(
        v, square, seen, plus, minus, flicker, totals, reference, cells, reference_flicker,
        reference_totals, edges, wired, starts, copies, forward, settings, adc, key0, key1,
        out.shape[2],
    )  # fmt: skip
    to_numbers(i, v.shape[0] // x.shape[0], unit, out)
    count(
        settings, values, v.shape[0] // copies, live * out.shape[2], power, cut + cut_behind,
        out.size * arrays, at, counts,
    )  # fmt: skip


@jit
def read_currents(
    v: Floats,
    out: Floats,
    seen: Floats,
    plus: Floats,
    minus: Floats,
    flicker: Floats,
    totals: Floats,
    reference: Floats,
    cells: Floats,
    reference_flicker: Floats,
    reference_totals: Floats,
    edges: Integers,
    wired: LineNoise,
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
        v, square, seen, plus, minus, flicker, totals, reference, cells, reference_flicker,
        reference_totals, edges, wired, 0, v.shape[1], copies, forward, settings, key0, key1, out,
    )  # fmt: skip
