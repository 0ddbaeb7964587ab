"""Audio front end: a recording becomes 28 x 28 mel spectrograms of 300 ms (theory: eq 1-7)."""

from __future__ import annotations

import functools
import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy.sparse import csr_array

from crossbar.array_checks import require_array
from crossbar.checks import require_path
from crossbar.data.audio.soundfiles import read

Floats = npt.NDArray[np.float64]

SAMPLE_RATE = 22_050  # Hz: the rate at which 2048 samples last 93 ms
WINDOW = 6_615  # samples, 300 ms
FFT = 2_048  # samples in a frame, 92.9 ms
HOP = 512  # samples between frames, 23.2 ms
FRAMES = 10
PADDING = FFT + (FRAMES - 1) * HOP - WINDOW  # 41 zeros, without which only 9 frames fit
BANDS = 128
SIZE = (28, 28)
FLOOR = 1e-10  # of the mel power, before the logarithm
CHUNK = 128  # windows transformed at once: 10 x 2048 float64 each, 21 MB


def load(path: str | Path) -> Floats:
    """Return a recording as a mono waveform at 22 050 Hz.

    Stereo becomes the mean of its channels (eq 3); another sample rate is changed by a polyphase
    filter.

    Returns
    -------
    ndarray
        (samples,) waveform, full scale 1.

    Raises
    ------
    DataError
        If the file is missing, empty, truncated, no audio file, or holds NaN or infinity.
    """
    samples, rate = read(require_path("load.path", path))
    mono: Floats = samples.mean(axis=1)
    if rate == SAMPLE_RATE:
        return mono
    from scipy.signal import resample_poly  # slow to import, and most commands need none

    common = math.gcd(rate, SAMPLE_RATE)
    resampled: Floats = resample_poly(mono, SAMPLE_RATE // common, rate // common)
    return resampled


def windows(waveform: Floats) -> Floats:
    """Return the consecutive 300 ms windows of a waveform (eq 2); the remainder is left out.

    Examples
    --------
    >>> windows(np.zeros(22_050)).shape
    (3, 6615)
    """
    waveform = require_array("windows.waveform", waveform, ("samples",))
    count = len(waveform) // WINDOW
    return waveform[: count * WINDOW].reshape(count, WINDOW)


def hertz_to_mel(frequency: Floats) -> Floats:
    """Return the Slaney mel number: linear to 1 kHz, 27 steps a factor 6.4 above."""
    linear = frequency * 3 / 200
    above = 15 + 27 * np.log(np.maximum(frequency, 1000) / 1000) / math.log(6.4)
    return np.where(frequency < 1000, linear, above)


def mel_to_hertz(number: Floats) -> Floats:
    """Return the frequency [Hz] of a Slaney mel number."""
    return np.where(number < 15, number * 200 / 3, 1000 * 6.4 ** ((number - 15) / 27))


@functools.cache
def filter_bank() -> csr_array[np.float64, tuple[int, int]]:
    """Return the (128, 1025) weights of the triangular mel bands, each of unit area in hertz.

    Nearly all are zero: a sparse product is faster than a dense one and needs no BLAS threads.

    Source: M. Slaney, "Auditory Toolbox", Interval Research report 1998-010.
    """
    top = hertz_to_mel(np.array([SAMPLE_RATE / 2]))[0]
    edges = mel_to_hertz(np.linspace(0, top, BANDS + 2))
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    frequency = np.fft.rfftfreq(FFT, 1 / SAMPLE_RATE)
    rising = (frequency - low) / (centre - low)
    falling = (high - frequency) / (high - centre)
    return csr_array(np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low))


def mel(windows: Floats) -> Floats:
    """Return the mel power spectrum of 300 ms windows (eq 4-6).

    Periodic Hann frames of 2048 samples, hop 512; 41 zeros at the end make the tenth frame.

    Parameters
    ----------
    windows
        (n, 6615) waveforms.

    Returns
    -------
    ndarray
        (n, 128, 10) power: bands by frames.
    """
    from scipy.signal import get_window  # slow to import

    padded = np.pad(windows, ((0, 0), (0, PADDING)))
    frames = sliding_window_view(padded, FFT, axis=1)[:, ::HOP]
    spectrum = np.fft.rfft(frames * get_window("hann", FFT))
    power = spectrum.real**2 + spectrum.imag**2
    bands: Floats = np.asarray(filter_bank() @ power.reshape(-1, FFT // 2 + 1).T)
    return bands.reshape(BANDS, -1, FRAMES).swapaxes(0, 1)


def decibels(mel: Floats) -> Floats:
    """Return ``10 log10(max(mel, 1e-10))``."""
    return 10 * np.log10(np.maximum(mel, FLOOR))


def interpolation(size: int, target: int) -> Floats:
    """Return the (target, size) matrix of half-pixel linear interpolation, clamped at the edges."""
    scale = size / target  # alpha and beta of eq 7
    position = np.clip((np.arange(target) + 0.5) * scale - 0.5, 0, size - 1)
    distance = np.abs(position[:, None] - np.arange(size))
    weights: Floats = np.maximum(0, 1 - distance)
    return weights


def resize(images: Floats, size: tuple[int, int] = SIZE) -> Floats:
    """Return images interpolated bilinearly to ``size``, ``S[alpha u, beta v]`` (eq 7).

    Pixel centres lie at half-integers, so the outer edges of the two grids coincide.

    Parameters
    ----------
    images
        (n, rows, columns).
    size
        Rows and columns of the result.

    Returns
    -------
    ndarray
        (n, size[0], size[1]).
    """
    rows = interpolation(images.shape[1], size[0])
    columns = interpolation(images.shape[2], size[1])
    resized: Floats = rows @ images @ columns.T
    return resized


def spectrograms(windows: Floats) -> Floats:
    """Return the (n, 28, 28) spectrograms [dB] of (n, 6615) windows; row 0 is the lowest band."""
    if np.shape(windows) == (0, WINDOW):  # of a recording that is shorter than a window
        return np.empty((0, *SIZE))
    windows = require_array("spectrograms.windows", windows, ("n", WINDOW))
    images = np.empty((len(windows), *SIZE))
    for start in range(0, len(windows), CHUNK):
        part = slice(start, start + CHUNK)
        images[part] = resize(decibels(mel(windows[part])))
    return images
