"""A forward read of a tile, from numbers to numbers, and the way back."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crossbar.circuit.pathwise.lines import CellLines, line_currents
from crossbar.circuit.pathwise.power import drawn
from crossbar.circuit.pathwise.stages import amplified, converted, scattered
from crossbar.circuit.pathwise.state import ReadState
from crossbar.kernels.currents import Driven
from crossbar.kernels.settings import (
    ADC_NOISE,
    ADC_REACH,
    ADC_TOP,
    DAC_NOISE,
    DAC_TOP,
    FULL,
    IN_GAIN,
    IN_NOISE,
    OUT_FULL,
    OUT_GAIN,
    OUT_NOISE,
    SCALE,
    T_READ,
)
from crossbar.types import Doubles, Integers, Rng

Through = Callable[[Doubles, ReadState], Doubles]
"""From the derivative by what comes out to that by what goes in; those by the state are added."""


@dataclass(frozen=True)
class PathwiseRead:
    """One forward read of samples, with all random numbers held.

    Attributes
    ----------
    out
        (n, positions, outputs) The products.
    energy
        [J] What cells and lines take of all samples.
    volts
        (cycles, copies, inputs) [V] Of the driven lines.
    back
        From the derivatives by these two to that by the inputs; those by the state are added to
        the third argument.
    """

    out: Doubles
    energy: float
    volts: Doubles
    back: Callable[[Doubles, float, ReadState], Doubles]

    @classmethod
    def of(cls, state: ReadState, x: Doubles, *, rng: Rng) -> PathwiseRead:
        """Read ``x`` (n, positions, inputs); the vectors of a sample share the gain."""
        (n, positions, inputs), copies = x.shape, state.parts.copies
        turns = math.ceil(positions / copies)
        v, unit, back_drive = _driven(state, x, rng)
        volts = np.zeros((n, turns * copies, inputs))
        volts[:, :positions] = v
        volts = volts.reshape(-1, copies, inputs)
        i, back_lines = _sensed(state, volts, rng)
        power, back_power = drawn(state, volts)
        own = i.reshape(n, turns * copies, -1)[:, :positions]
        wide, factor = unit[:, None, None], state.factor

        def back(d: Doubles, energy: float, into: ReadState) -> Doubles:
            by_i = np.zeros((n, turns * copies, own.shape[2]))
            by_own = d * factor
            by_i[:, :positions] = by_own * wide
            into.factor[...] += _summed(d * own * wide, len(factor))
            into.settings[T_READ] += energy * power
            by_volts = back_lines(by_i.reshape(i.shape), into)
            by_volts += back_power(energy * state.settings[T_READ], into)
            by_v = by_volts.reshape(n, turns * copies, inputs)[:, :positions]
            return back_drive(by_v, (by_own * own).sum(axis=(1, 2)), into)

        return cls(own * wide * factor, power * state.settings[T_READ], volts, back)


def _summed(d: Doubles, count: int) -> Doubles:
    """Return the sums of ``d`` (n, positions, outputs), ``count`` of them: by output, or one."""
    sums: Doubles = d.sum(axis=(0, 1))
    return sums if count == len(sums) else sums.sum(keepdims=True)


def _driven(
    state: ReadState, x: Doubles, rng: Rng
) -> tuple[Doubles, Doubles, Callable[[Doubles, Doubles, ReadState], Doubles]]:
    """Return voltages (n, positions, inputs), the number that an ampere stands for, and back."""
    s, shape, lines = state.settings, x.shape, x.shape[2]
    full, rows = s[FULL], np.arange(len(x))
    flat_x = x.reshape(len(x), -1)
    place = np.abs(flat_x).argmax(axis=1)
    largest = flat_x[rows, place]
    peak = np.where(largest == 0, 1.0, np.abs(largest))
    gain = (full / peak)[:, None, None]
    z, noise = _drawn(shape, s[[IN_NOISE, DAC_NOISE]], rng)
    y, back_amplifier = amplified(x * gain, full, s, IN_GAIN, z)

    def dealt() -> Integers:
        return _dealt(np.arange(shape[0] * shape[1]) % shape[1], state, lines)

    level, back_dac = converted(y.reshape(-1, lines), full, s, DAC_TOP, state.dac, dealt)
    v, back_noise = scattered(level.reshape(shape), full, s, DAC_NOISE, noise)
    unit = peak / (s[SCALE] * full)

    def back(d: Doubles, by_unit: Doubles, into: ReadState) -> Doubles:
        by = into.settings
        by_level, full_1 = back_noise(d, by)
        by_y, full_2 = back_dac(by_level.reshape(-1, lines), by)
        by_u, full_3 = back_amplifier(by_y.reshape(shape), by)
        by_gain = (by_u * x).sum(axis=(1, 2))
        of_unit = by_unit * unit
        by[FULL] += full_1 + full_2 + full_3 + (by_gain / peak).sum() - of_unit.sum() / full
        by[SCALE] -= of_unit.sum() / s[SCALE]
        by_x: Doubles = by_u * gain
        by_peak = (of_unit - by_gain * full / peak) / peak
        by_x.reshape(len(x), -1)[rows, place] += by_peak * np.sign(largest)
        return by_x

    return v, unit, back


def _sensed(state: ReadState, volts: Doubles, rng: Rng) -> tuple[Doubles, Through]:
    """Return the currents (cycles, copies, outputs) behind the amplifiers, planes added up."""
    parts, planes = state.parts, state.planes
    several, single = len(parts.starts) > 2, len(parts.starts) == 2 and planes.gains.size == 1
    each = max(len(parts.starts) - 1, parts.copies) * planes.seen.shape[1]
    total = np.zeros((*volts.shape[:2], planes.seen.shape[1]))
    ways, joint, group = [], np.zeros_like(total), list[tuple[float, Through]]()
    for part in range(len(parts.starts) - 1):
        start, end = map(int, parts.starts[part : part + 2])
        at = Driven(start, end, parts.copies, parts.forward)
        rows = slice(part, part + 1) if several else slice(None)
        first, shared = part * planes.seen.shape[1], rng.standard_normal(_shared(state, volts))
        for plane, (gain, factor) in enumerate(zip(planes.gains, planes.factors, strict=True)):
            i, way = _plane(state, volts[..., at.first : at.last], plane, at, rows, shared, rng)
            joint = gain * i if not group else joint + gain * i
            group.append((float(gain), way))
            if factor:
                counts = 1.0 if single else factor
                out, behind = _amplifier(state, joint, at.last - at.first, first, rng)
                total += counts * out
                ways.append((at, counts, behind, group))
                group, first = [], first + each

    def back(d: Doubles, into: ReadState) -> Doubles:
        by_volts = np.zeros_like(volts)
        for at, counts, behind, planes_before in ways:
            by_joint = behind(counts * d, into)
            for gain, way in planes_before:
                by_volts[..., at.first : at.last] += way(gain * by_joint, into)
        return by_volts

    return total, back


def _shared(state: ReadState, volts: Doubles) -> tuple[int, ...]:
    """Return the shape of the currents of reference lines."""
    return (*volts.shape[:2], len(state.common.edges) - 1)


def _plane(
    state: ReadState, v: Doubles, plane: int, at: Driven, rows: slice, shared: Doubles, rng: Rng
) -> tuple[Doubles, Through]:
    """Return the currents of a plane, those of its reference lines subtracted."""
    common, s = state.common, state.settings
    blocks = state.noise.blocks - at.first
    cells = CellLines.of_plane(state.planes, state.noise, plane, at, rows)
    z = rng.standard_normal((*v.shape[:2], state.planes.seen.shape[1]))
    i, way = line_currents(v, cells, blocks, s, z, state.law)
    times = common.times[plane] if common.seen.size else 0.0
    if not times:
        return i, lambda d, into: way(
            d, CellLines.of_plane(into.planes, into.noise, plane, at, rows), into.settings
        )
    beside = CellLines.of_reference(common, state.noise, plane, at, rows)
    reference, way_beside = line_currents(v, beside, blocks, s, shared, state.law)
    wide = np.repeat(reference, np.diff(common.edges), axis=2)

    def back(d: Doubles, into: ReadState) -> Doubles:
        own = CellLines.of_plane(into.planes, into.noise, plane, at, rows)
        by_v = way(d, own, into.settings)
        by_shared = -times * np.add.reduceat(d, common.edges[:-1], axis=2)
        own = CellLines.of_reference(into.common, into.noise, plane, at, rows)
        total: Doubles = by_v + way_beside(by_shared, own, into.settings)
        return total

    return i - times * wide, back


def _amplifier(
    state: ReadState, i: Doubles, cells: int, first: int, rng: Rng
) -> tuple[Doubles, Through]:
    """Return what amplifier and ADC make of currents of lines with ``cells`` weights."""
    s, root, lines = state.settings, math.sqrt(cells), i.shape[2]
    full, reach = s[OUT_FULL] * root, s[ADC_REACH]
    z, noise = _drawn(i.shape, s[[OUT_NOISE, ADC_NOISE]], rng)
    y, back_amplifier = amplified(i, full, s, OUT_GAIN, z)
    noisy, back_noise = scattered(y, reach * full, s, ADC_NOISE, noise)

    def dealt() -> Integers:
        return first + _dealt(np.arange(i.shape[0] * i.shape[1]), state, lines)

    flat = noisy.reshape(-1, lines)
    level, back_adc = converted(flat, reach * full, s, ADC_TOP, state.adc, dealt)

    def back(d: Doubles, into: ReadState) -> Doubles:
        by = into.settings
        by_noisy, range_1 = back_adc(d.reshape(-1, lines), by)
        by_y, range_2 = back_noise(by_noisy.reshape(i.shape), by)
        by_i, by_full = back_amplifier(by_y, by)
        by[ADC_REACH] += (range_1 + range_2) * full
        by[OUT_FULL] += (by_full + (range_1 + range_2) * reach) * root
        return by_i

    return level.reshape(i.shape), back


def _drawn(shape: tuple[int, ...], sigmas: Doubles, rng: Rng) -> Doubles:
    """Return standard normal numbers of ``shape`` for each of ``sigmas``; 0 where that is 0."""
    return np.array([rng.standard_normal(shape) if sigma else np.zeros(shape) for sigma in sigmas])


def _dealt(vectors: Integers, state: ReadState, lines: int) -> Integers:
    """Return the first row of the table of converters for every one of ``vectors``."""
    rows: Integers = vectors % state.parts.copies * lines
    return rows
