"""What stands between an engine and its recording: background, microphone, level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crossbar.checks import check_fields
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
from crossbar.units import quantity

Floats = npt.NDArray[np.float64]

LEVEL = (-32.0, -24.0)  # rms [dB of full scale]: recordings are levelled, roughly
HIGH_PASS = (20.0, 90.0)  # Hz
BACKGROUND = (-6.0, 0.0)  # slope [dB/octave]
RIPPLE_PERIOD = 1.5  # octaves between the knots of the ripple


@dataclass(frozen=True, kw_only=True)
class Nuisance:
    """Ranges of the disturbances; each clip draws its own.

    Parameters
    ----------
    snr
        Ratio of the engine's power to the background's [dB], uniform between the two.
    tilt
        Standard deviation of the slope of the microphone [dB/octave].
    ripple
        Standard deviation of the unevenness of the microphone [dB].
    low_pass
        Corner of the microphone [Hz], uniform between the two.
    """

    snr: tuple[float, float] = quantity(unit="dB", low=-40, high=120)
    tilt: float = quantity(unit="dB/octave", low=0, high=12)
    ripple: float = quantity(unit="dB", low=0, high=24)
    low_pass: tuple[float, float] = quantity(unit="Hz", low=100, high=1e6)

    def __post_init__(self) -> None:
        check_fields(self)

    def record(self, sound: Floats, *, rng: np.random.Generator) -> Floats:
        """Return a clip of rms 1 as a microphone recorded it, at a random level."""
        heard = sound + self.background(rng=rng)
        taken = unit(filtered(heard, self.microphone(rng=rng)))
        return ratio(rng.uniform(*LEVEL)) * taken

    def background(self, *, rng: np.random.Generator) -> Floats:
        """Return noise whose power lies below that of a sound of rms 1 by a drawn ratio."""
        coloured = noise(slope(rng.uniform(*BACKGROUND)), rng=rng)
        return ratio(-rng.uniform(*self.snr)) * coloured

    def microphone(self, *, rng: np.random.Generator) -> Floats:
        """Return the gain of a microphone over ``FREQUENCY``."""
        gain = slope(self.tilt * rng.standard_normal()) * self._unevenness(rng=rng)
        return (
            gain * high_pass(rng.uniform(*HIGH_PASS), 2) * low_pass(rng.uniform(*self.low_pass), 2)
        )

    def _unevenness(self, *, rng: np.random.Generator) -> Floats:
        knots = np.arange(OCTAVES[0], OCTAVES[-1] + RIPPLE_PERIOD, RIPPLE_PERIOD)
        curve = np.interp(OCTAVES, knots, self.ripple * rng.standard_normal(len(knots)))
        return np.asarray(10 ** (curve / 20))
