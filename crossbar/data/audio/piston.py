"""The piston engine: combustion orders and the noise that the firing pulses gate."""

from __future__ import annotations

import numpy as np

from crossbar.data.audio.shaping import SAMPLE_RATE, audible, harmonics, noise, slope, unit
from crossbar.types import Doubles, Rng


def cycles(rpm: Doubles) -> Doubles:
    """Return the four-stroke cycles since the start: one takes two turns, 120 / rpm [s]."""
    return np.cumsum(rpm) / (120 * SAMPLE_RATE)


def combustion(
    rpm: Doubles, *, cylinders: int, roll_off: float, uneven: float, jitter: float, rng: Rng
) -> Doubles:
    """Return the tone of a four-stroke engine, rms 1.

    A line stands at every order of the cycle frequency rpm / 120. The orders that are multiples of
    the number of cylinders, the firing frequency and its harmonics, fall as a power of frequency;
    the others, which equal cylinders would cancel, are weaker by ``uneven``.

    Parameters
    ----------
    rpm
        (samples,) speed [1/min].
    cylinders
        Firings in a cycle.
    roll_off
        Exponent: firing harmonic n has amplitude ``n**-roll_off``.
    uneven
        Mean amplitude of the other orders relative to the line of the firing orders.
    jitter
        Standard deviation of the strength of a cycle, relative.
    rng
        Source of the differences between cylinders and between cycles.

    Notes
    -----
    Source: four-stroke orders are textbook; the values are assumed.
    """
    order = np.arange(1, audible(1_500, rpm / 120) + 1)
    amplitude = np.maximum(order / cylinders, 1) ** -roll_off
    firing = order % cylinders == 0
    spread = uneven * rng.rayleigh(0.8, len(order))
    amplitude = amplitude * np.where(firing, np.exp(0.25 * rng.standard_normal(len(order))), spread)
    angles = np.where(firing, 0.6, np.pi) * rng.uniform(-1, 1, len(order))
    count = cycles(rpm)
    strength = 1 + jitter * rng.standard_normal(int(count[-1]) + 3)
    pulses = harmonics(amplitude, angles, count)
    return unit(pulses * np.interp(count, np.arange(len(strength)), strength))


def gated_noise(rpm: Doubles, *, cylinders: int, fall: float, depth: float, rng: Rng) -> Doubles:
    """Return broadband noise that swells with every firing, rms 1.

    Parameters
    ----------
    rpm, cylinders
        As of :func:`combustion`.
    fall
        Slope of the noise [dB/octave].
    depth
        Peak of the gate relative to its floor.
    """
    firing = np.cos(np.pi * cylinders * cycles(rpm)) ** 4
    return unit(noise(slope(fall), rng=rng) * (1 + depth * firing))
