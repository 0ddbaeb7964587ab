"""What stands between an engine and its recording: background, microphone, level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crossbar.data.audio.shaping import (
    OCTAVES,
    filtered,
    high_pass,
    low_pass,
    noise,
    ratio,
    slope,
    unit,
)
from crossbar.types import Doubles, Rng

if TYPE_CHECKING:
    from crossbar.data.audio.engines import EngineSounds


LEVEL = (-32.0, -24.0)  # rms [dB of full scale]: recordings are levelled, roughly
HIGH_PASS = (20.0, 90.0)  # Hz
BACKGROUND = (-6.0, 0.0)  # slope [dB/octave]
RIPPLE_PERIOD = 1.5  # octaves between the knots of the ripple


def record(sound: Doubles, ranges: EngineSounds, *, rng: Rng) -> Doubles:
    """Return a clip of rms 1 as a microphone recorded it, at a random level.

    The disturbances are drawn within ``ranges``.
    """
    heard = sound + background(ranges, rng=rng)
    taken = unit(filtered(heard, microphone(ranges, rng=rng)))
    return ratio(rng.uniform(*LEVEL)) * taken


def background(ranges: EngineSounds, *, rng: Rng) -> Doubles:
    """Return noise whose power lies below that of a sound of rms 1 by a drawn ratio."""
    coloured = noise(slope(rng.uniform(*BACKGROUND)), rng=rng)
    return ratio(-rng.uniform(*ranges.snr)) * coloured


def microphone(ranges: EngineSounds, *, rng: Rng) -> Doubles:
    """Return the gain of a microphone over ``FREQUENCY``."""
    gain = slope(ranges.tilt * rng.standard_normal()) * _unevenness(ranges.ripple, rng=rng)
    low, high = rng.uniform(*HIGH_PASS), rng.uniform(*ranges.low_pass)
    return gain * high_pass(low, 2) * low_pass(high, 2)


def _unevenness(ripple: float, *, rng: Rng) -> Doubles:
    knots = np.arange(OCTAVES[0], OCTAVES[-1] + RIPPLE_PERIOD, RIPPLE_PERIOD)
    curve = np.interp(OCTAVES, knots, ripple * rng.standard_normal(len(knots)))
    return np.asarray(10 ** (curve / 20))
