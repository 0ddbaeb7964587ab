"""The sound of an aeroplane in flight, heard from the ground: propeller, turboprop or jet."""

from __future__ import annotations

import numpy as np

from crossbar.data.audio.piston import combustion
from crossbar.data.audio.shaping import (
    FREQUENCY,
    SAMPLE_RATE,
    TIME,
    audible,
    filtered,
    harmonics,
    high_pass,
    low_pass,
    noise,
    ratio,
    slope,
    unit,
    wander,
)
from crossbar.types import Doubles, Rng

SOUND_SPEED = 340.0  # m/s
KIND_SHARES = (0.45, 0.2, 0.35)  # propeller, turboprop, jet
TWIN_SHARE = 0.35  # of the aeroplanes with propellers
DISTANCE = (300.0, 2_000.0)  # m
ABSORPTION_BANDS = (20, 63, 125, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000)  # Hz
ABSORPTION = (0.03, 0.1, 0.4, 1.0, 1.9, 3.7, 9.7, 32.8, 117, 400)  # dB/km; ends extrapolated


def aeroplane(*, rng: Rng) -> Doubles:
    """Return three seconds of an aeroplane, rms 1.

    Source: blade-pass lines, Doppler shift and ground reflection are textbook; the ranges are
    assumed.
    """
    kind = (propeller, turboprop, jet)[rng.choice(3, p=KIND_SHARES)]
    distance = np.exp(rng.uniform(np.log(DISTANCE[0]), np.log(DISTANCE[1])))
    shift = doppler(speed=rng.uniform(45, 110), distance=distance, closest=rng.uniform(-6, 9))
    air = absorption(distance=distance)
    comb = ground(reflection=rng.uniform(0.1, 0.7), delay=rng.uniform(0.5e-3, 8e-3))
    swell = 10 ** (rng.uniform(0.5, 3) * wander(rng.uniform(0.4, 2), rng=rng) / 20)
    return unit(filtered(kind(shift, rng=rng), air * comb) * swell)


def doppler(*, speed: float, distance: float, closest: float) -> Doubles:
    """Return the frequency ratio ``1 / (1 + v_r / c)`` of a straight fly-past over a clip.

    Parameters
    ----------
    speed
        Of the aeroplane [m/s].
    distance
        Least distance to the listener [m].
    closest
        Time of least distance [s].
    """
    along = speed * (TIME - closest)
    receding = speed * along / np.hypot(along, distance)
    return 1 / (1 + receding / SOUND_SPEED)


def absorption(*, distance: float) -> Doubles:
    """Return the gain of ``distance`` [m] of air at 10 degrees Celsius and 70 % humidity.

    Source: ISO 9613-2, table 2. Interpolated between octaves, 20 Hz to 11 kHz.
    """
    octave = np.log2(np.maximum(FREQUENCY, 20))
    loss = np.interp(octave, np.log2(ABSORPTION_BANDS), np.log2(ABSORPTION))
    return np.asarray(10 ** (-(2**loss) * distance / 20_000))


def ground(*, reflection: float, delay: float) -> Doubles:
    """Return the comb ``|1 + r exp(-j w tau)|`` of the path by way of the ground."""
    comb: Doubles = np.abs(1 + reflection * np.exp(-2j * np.pi * FREQUENCY * delay))
    return comb


def blades(rpm: Doubles, *, count: int, roll_off: float, rng: Rng) -> Doubles:
    """Return the tone of one propeller, rms 1: blade-pass frequency ``count rpm / 60``, harmonics.

    Parameters
    ----------
    rpm
        (samples,) speed of the propeller as heard [1/min].
    count
        Blades.
    roll_off
        Exponent: harmonic n has amplitude ``n**-roll_off``.
    """
    passing = count * rpm / 60
    order = np.arange(1.0, audible(40, passing) + 1)
    amplitude = order**-roll_off * np.exp(0.25 * rng.standard_normal(len(order)))
    angles = 0.6 * rng.uniform(-np.pi, np.pi, len(order))
    return unit(harmonics(amplitude, angles, np.cumsum(passing) / SAMPLE_RATE))


def propellers(rpm: Doubles, *, count: int, rng: Rng) -> Doubles:
    """Return one propeller, or two slightly detuned ones that beat, rms 1."""
    roll_off = rng.uniform(0.7, 1.8)
    tone = blades(rpm, count=count, roll_off=roll_off, rng=rng)
    if rng.uniform() < TWIN_SHARE:
        detuned = rpm * (1 + rng.uniform(0.002, 0.015))
        tone = tone + ratio(rng.uniform(-8, 0)) * blades(
            detuned, count=count, roll_off=roll_off, rng=rng
        )
    return unit(tone)


def propeller(shift: Doubles, *, rng: Rng) -> Doubles:
    """Return a piston aeroplane with a directly driven propeller of 2 to 4 blades, rms 1."""
    steady = 1 + 0.001 * wander(rng.uniform(0.5, 3), rng=rng)
    rpm = rng.uniform(1_900, 2_700) * steady * shift
    tone = propellers(rpm, count=int(rng.integers(2, 5)), rng=rng)
    engine = combustion(
        rpm,
        cylinders=int(rng.choice((4, 6))),
        roll_off=rng.uniform(0.7, 1.5),
        uneven=ratio(rng.uniform(-22, -8)),
        jitter=rng.uniform(0.02, 0.1),
        rng=rng,
    )
    air = noise(slope(rng.uniform(-6, -2)), rng=rng)
    return unit(tone + ratio(rng.uniform(-15, 0)) * engine + ratio(rng.uniform(-18, -3)) * air)


def turboprop(shift: Doubles, *, rng: Rng) -> Doubles:
    """Return a turboprop, rms 1: a slow propeller of 4 to 6 blades, turbine noise and whine."""
    steady = 1 + 0.0005 * wander(rng.uniform(0.5, 3), rng=rng)
    rpm = rng.uniform(950, 1_700) * steady * shift
    tone = propellers(rpm, count=int(rng.integers(4, 7)), rng=rng)
    whine = np.cos(2 * np.pi * np.cumsum(rng.uniform(3_000, 8_000) * shift) / SAMPLE_RATE)
    air = noise(slope(rng.uniform(-5, -1)), rng=rng)
    return unit(tone + ratio(rng.uniform(-12, 3)) * air + ratio(rng.uniform(-35, -18)) * whine)


def jet(shift: Doubles, *, rng: Rng) -> Doubles:
    """Return a jet, rms 1: noise in a broad band and the tone of the fan with one harmonic."""
    peak = np.exp(rng.uniform(np.log(120), np.log(900)))
    roar = noise(high_pass(peak / 2, 1) * low_pass(2 * peak, 1), rng=rng)
    passing = rng.uniform(900, 3_500) * shift
    level = ratio(rng.uniform(-30, -6))
    fan = harmonics(
        np.array([1, 0.4]), rng.uniform(-np.pi, np.pi, 2), np.cumsum(passing) / SAMPLE_RATE
    )
    return unit(roar + level * unit(fan))
