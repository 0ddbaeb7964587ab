"""Windows cut from samples: what lines are driven with, converted once an entry; and maxima."""

from __future__ import annotations

from functools import cache

import numpy as np

from crossbar.kernels.bound import Bound, bind
from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import f32
from crossbar.kernels.settings import DAC_TOP, FULL, SCALE
from crossbar.kernels.signals import normalise, quantise
from crossbar.types import Floats, Integers

WHOLE = np.empty((0, 0), np.intp), np.empty(0)  # no windows, and no steps of a drive


def cuts_of(index: Integers, steps: Floats) -> Bound:
    """Return entries of windows and steps of a drive as one argument; see :func:`cut_out`."""
    return bind((index, steps))


@cache
def none() -> Bound:
    """Return what cuts nothing: vectors are read as they are."""
    return cuts_of(*WHOLE)


@jit
def _places(index, channels, inputs):
    """Return where the inputs of windows (positions, inputs) stand among the entries of a sample.

    These are followed by ``channels`` of padding and one number for the bias.
    """
    places = np.empty((index.shape[0], inputs), np.uint32)  # no sign: none counts from the end
    for p in range(index.shape[0]):
        for k in range(index.shape[1]):
            for c in range(channels):
                places[p, k * channels + c] = index[p, k] * channels + c
    return places


@jit
def _gather(volts, places, v, square):
    """Fill windows ``v`` (positions, inputs) with ``volts``, and ``square`` with their squares."""
    for p in range(v.shape[0]):
        row, at, total = v[p], places[p], volts[0] * f32(0)
        for k in range(row.size):
            value = volts[at[k]]
            row[k] = value
            total += value * value
        square[p] = total


@jit
def cut_out(
    x: Floats, index: Integers, steps: Floats, settings: Floats, hanging: Floats, v: Floats,
    square: Floats, unit: Floats,
) -> tuple[float, float, float]:  # fmt: skip
    """Normalise samples, convert each entry once, and drive lines with the windows of each.

    Parameters
    ----------
    x
        (n, entries, channels).
    index
        (positions, entries of a window); one past the last entry is padding, which drives nothing.
    steps
        Steps in which a line is driven by the magnitude of its code, where a DAC switches lines,
        else (0,).
    hanging
        (inputs,) [S] conductances on the lines, those of each entry channel by channel; one more
        than windows have is driven with 1.
    v, square, unit
        Filled: (n * positions, inputs) [V] voltages, (n * positions,) [V^2] sums of their squares,
        and (n,) the number that one ampere stands for.

    Returns
    -------
    tuple
        How many voltages the DAC cut and how many are not zero, and the power [W] of all.
    """
    n, entries, channels = x.shape
    size, positions, full = entries * channels, index.shape[0], settings[FULL]
    places = _places(index, channels, hanging.size)
    signal, volts = np.zeros((2, 1, size + channels + 1), x.dtype)
    if hanging.size > index.shape[1] * channels:
        places[:, -1], signal[0, -1] = signal.size - 1, 1
    over, times = np.zeros(signal.size), np.zeros(signal.size)
    for p in range(positions):
        for k in range(hanging.size):
            over[places[p, k]] += hanging[k]
            times[places[p, k]] += 1.0
    gain, top = np.empty(1), np.float64(steps.size - 1)
    cut, live, power = 0.0, 0.0, 0.0
    for s in range(n):
        sample = x[s].reshape(size)
        for k in range(size):  # entries between windows scale nothing
            signal[0, k] = sample[k] if times[k] > 0 else f32(0)
        normalise(signal, full, volts, gain)
        if settings[DAC_TOP] > 0:
            cut += quantise(volts[0], full / settings[DAC_TOP], settings[DAC_TOP])
        unit[s] = 1.0 / (np.float64(settings[SCALE]) * gain[0])
        for k in range(over.size):
            share = np.float64(abs(volts[0, k])) / np.float64(full)
            live += times[k] if share != 0 else 0.0
            if steps.size:
                share = steps[int(min(np.rint(share * top), top))]
            else:
                share *= share
            power += share * over[k]
        here = slice(s * positions, (s + 1) * positions)
        _gather(volts[0], places, v[here], square[here])
    return cut, live, power * np.float64(full) * np.float64(full)


@jit
def largest(x: Floats, index: Integers, out: Floats) -> None:
    """Fill ``out`` (n, positions * channels) with the largest values in windows of ``x``.

    ``x`` is (n, entries, channels); one past the last entry has no value. NaN is the largest.
    """
    n, entries, channels = x.shape
    places = np.empty((index.shape[1], out.shape[1]), np.uint32)
    for p in range(index.shape[0]):
        first = index[p].min()  # stands in for entries without a value
        for k in range(index.shape[1]):
            at = index[p, k] if index[p, k] < entries else first
            for c in range(channels):
                places[k, p * channels + c] = at * channels + c
    for s in range(n):
        values, best = x[s].reshape(entries * channels), out[s]
        best[:] = -np.inf
        for k in range(places.shape[0]):
            at = places[k]
            for j in range(best.size):
                value = values[at[j]]
                best[j] = value if value > best[j] or value != value else best[j]
