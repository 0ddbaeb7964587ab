"""The sound of a car near its engine: combustion, intake and exhaust noise, road."""

from __future__ import annotations

import numpy as np

from crossbar.data.audio.piston import combustion, gated_noise
from crossbar.data.audio.shaping import (
    TIME,
    filtered,
    high_pass,
    low_pass,
    noise,
    ratio,
    resonance,
    unit,
    wander,
)
from crossbar.types import Doubles, Rng

CYLINDERS = (3, 4, 6, 8)
CYLINDER_SHARES = (0.15, 0.6, 0.15, 0.1)
IDLE_SHARE = 0.3
ROAD_SHARE = 0.6  # of the cars that drive


def car(*, rng: Rng) -> Doubles:
    """Return three seconds of a car, rms 1.

    Source: orders and resonances are textbook, the ranges are assumed.
    """
    cylinders = int(rng.choice(CYLINDERS, p=CYLINDER_SHARES))
    idle = bool(rng.uniform() < IDLE_SHARE)
    rpm = idling(rng=rng) if idle else driving(rng=rng)
    tone = combustion(
        rpm,
        cylinders=cylinders,
        roll_off=rng.uniform(0.5, 1.3),
        uneven=ratio(rng.uniform(-22, -6)),
        jitter=rng.uniform(0.03, 0.15),
        rng=rng,
    )
    hiss = gated_noise(
        rpm, cylinders=cylinders, fall=rng.uniform(-6, -2), depth=rng.uniform(0.5, 4), rng=rng
    )
    engine = unit(filtered(tone + ratio(rng.uniform(-16, 0)) * hiss, exhaust(rng=rng)))
    if idle or rng.uniform() > ROAD_SHARE:
        return engine
    return unit(engine + ratio(rng.uniform(-15, 3)) * road(rng=rng))


def idling(*, rng: Rng) -> Doubles:
    """Return the speed [1/min] of an engine at idle, which hunts by about one per cent."""
    hunting = 0.01 * wander(rng.uniform(0.5, 3), rng=rng)
    return rng.uniform(650, 950) * (1 + hunting)


def driving(*, rng: Rng) -> Doubles:
    """Return the speed [1/min] of an engine under way: a ramp within 1 100 to 4 500."""
    start = rng.uniform(1_100, 4_500)
    end = np.clip(start * np.exp(0.15 * rng.standard_normal()), 1_100, 4_500)
    unsteady = 0.003 * wander(rng.uniform(1, 5), rng=rng)
    ramp: Doubles = start + (end - start) * TIME / TIME[-1]
    return ramp * (1 + unsteady)


def exhaust(*, rng: Rng) -> Doubles:
    """Return the gain of the exhaust: three resonances and a muffler's low-pass."""
    gain = low_pass(rng.uniform(1_500, 6_000), 1)
    for low, high in ((70, 220), (250, 700), (800, 2_200)):
        centre = np.exp(rng.uniform(np.log(low), np.log(high)))
        gain = gain * resonance(centre, rng.uniform(2, 5), ratio(rng.uniform(3, 14)))
    return np.asarray(gain)


def road(*, rng: Rng) -> Doubles:
    """Return tyre noise, rms 1: a broad band about 0.6 to 1.2 kHz."""
    corner = rng.uniform(600, 1_200)
    return noise(high_pass(corner / 2, 1) * low_pass(corner * 1.5, 2), rng=rng)
