"""Spectral shaping of three-second clips: the tools of the engine synthesiser.

A clip is filtered by a gain over frequency. The filters have zero phase and wrap around at the ends
of the clip, which short windows of a stationary sound do not show.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from crossbar.types import Doubles, Rng

SAMPLE_RATE: Final = 22_050  # Hz
CLIP: Final = 66_150  # samples
LENGTH: Final = CLIP / SAMPLE_RATE  # 3 s
TIME: Final[Doubles] = np.arange(CLIP) / SAMPLE_RATE  # s
FREQUENCY: Final[Doubles] = np.arange(CLIP // 2 + 1) * SAMPLE_RATE / CLIP  # Hz, 1/3 Hz apart
TABLE: Final = 16_384  # samples of one tabulated period
OCTAVES: Final[Doubles] = np.log2(np.maximum(FREQUENCY, 20) / 1000)  # from 1 kHz, flat below 20 Hz


def ratio(decibels: float) -> float:
    """Return the amplitude ratio of a level difference [dB].

    Examples
    --------
    >>> ratio(20)
    10.0
    """
    return float(10 ** (decibels / 20))


def rms(waveform: Doubles) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(waveform**2)))


def unit(waveform: Doubles) -> Doubles:
    """Return the waveform scaled to a root mean square of 1."""
    return waveform / rms(waveform)


def slope(decibels_per_octave: float) -> Doubles:
    """Return the gain of a straight line over log frequency, 1 at 1 kHz, flat below 20 Hz."""
    return np.asarray(10 ** (decibels_per_octave * OCTAVES / 20))


def low_pass(corner: float, order: int) -> Doubles:
    """Return the Butterworth magnitude, 3 dB down at ``corner`` [Hz]."""
    return 1 / np.sqrt(1 + (FREQUENCY / corner) ** (2 * order))


def high_pass(corner: float, order: int) -> Doubles:
    """Return the Butterworth magnitude, 3 dB down at ``corner`` [Hz]."""
    return 1 / np.sqrt(1 + (corner / np.maximum(FREQUENCY, 1e-3)) ** (2 * order))


def resonance(centre: float, quality: float, boost: float) -> Doubles:
    """Return the magnitude of a peak: ``boost`` (amplitude ratio) at ``centre`` [Hz], 1 far off.

    ``(s^2 + boost w0/Q s + w0^2) / (s^2 + w0/Q s + w0^2)``.
    """
    detune = quality * (FREQUENCY / centre - centre / np.maximum(FREQUENCY, 1e-3))
    return np.sqrt((detune**2 + boost**2) / (detune**2 + 1))


def filtered(waveform: Doubles, gain: Doubles) -> Doubles:
    """Return the clip with its spectrum multiplied by ``gain`` over ``FREQUENCY``."""
    return np.fft.irfft(np.fft.rfft(waveform) * gain, CLIP)


def noise(gain: Doubles, *, rng: Rng) -> Doubles:
    """Return Gaussian noise whose spectral amplitude is ``gain``, scaled to rms 1."""
    spectrum = rng.standard_normal((len(FREQUENCY), 2)) @ np.array([1, 1j])
    return unit(np.fft.irfft(spectrum * gain, CLIP))


def wander(rate: float, *, rng: Rng) -> Doubles:
    """Return a slow random curve of rms 1 that turns at most once in ``1 / rate`` [s]."""
    knots = rng.standard_normal(int(TIME[-1] * rate) + 3)
    position = TIME * rate + rng.uniform()
    left = position.astype(np.int64)
    weight = 0.5 - 0.5 * np.cos(np.pi * (position - left))
    curve = knots[left] * (1 - weight) + knots[left + 1] * weight
    return unit(curve)


def harmonics(amplitudes: Doubles, angles: Doubles, periods: Doubles) -> Doubles:
    """Return ``sum_k amplitudes[k] cos(2 pi (k + 1) periods + angles[k])``.

    One period is tabulated and interpolated, so the cost does not grow with the number of orders;
    order k carries an error of about ``(k / 7400)**2`` of its amplitude.

    Parameters
    ----------
    amplitudes, angles
        (orders,) of the orders 1, 2, ...; [rad].
    periods
        (samples,) periods of order 1 since the start: the integral of its frequency.
    """
    spectrum = np.zeros(TABLE // 2 + 1, dtype=np.complex128)
    spectrum[1 : len(amplitudes) + 1] = amplitudes * np.exp(1j * angles) * TABLE / 2
    table = np.fft.irfft(spectrum, TABLE)
    position = (periods % 1) * TABLE
    left = position.astype(np.int64)
    weight = position - left
    return table[left % TABLE] * (1 - weight) + table[(left + 1) % TABLE] * weight


def audible(orders: int, frequency: Doubles) -> int:
    """Return how many of ``orders`` stay below 10 kHz when order 1 has ``frequency`` [Hz]."""
    return max(1, min(orders, int(10_000 / frequency.max())))
