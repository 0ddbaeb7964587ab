"""Audio front end: a recording becomes mel spectrograms of short windows (theory: eq 1-7)."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.sparse import csr_array

from crossbar.array_checks import require_array
from crossbar.checks import Checked, require_path
from crossbar.data.audio.soundfiles import RATES, read
from crossbar.errors import fail
from crossbar.types import Doubles
from crossbar.units import quantity, text

FLOOR = 1e-10  # of the mel power, before the logarithm
CHUNK = 128  # windows transformed at once: 10 x 2048 float64 each, 21 MB


@dataclass(frozen=True, kw_only=True, repr=False)
class FrontEnd(Checked):
    """Numbers of :class:`Spectrogram`, which data made of sound have among their own.

    Parameters
    ----------
    window
        Length of a window [s]. It is rounded to whole samples.
    rate
        Sample rate that every recording is brought to [Hz].
    fft, hop
        Samples in a frame, and between frames. Zeros fill the last frame of a window.
    bands
        Mel bands. They reach from 0 Hz to half the sample rate.
    size
        Rows and columns of an image; None for bands by frames as they are. Bands by frames are
        interpolated to it.
    """

    window: float = quantity(0.3, unit="s", low=1e-4, high=3600)
    rate: float = quantity(22_050.0, unit="Hz", low=RATES[0], high=RATES[1])
    fft: int = quantity(2_048, low=2, high=1 << 20)
    hop: int = quantity(512, low=1, high=1 << 20)
    bands: int = quantity(128, low=1, high=10_000)
    size: tuple[int, int] | None = quantity((28, 28), low=1, high=10_000)


@dataclass(frozen=True, kw_only=True)
class Spectrogram(FrontEnd):
    """Mel spectrograms of consecutive windows of sound.

    Source: 300 ms, 128 bands and 28 x 28 pixels as LETI 2026; 22 050 Hz, 2048 and 512 assumed, the
    defaults of librosa.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.rate != int(self.rate):
            fail("Spectrogram.rate", "whole samples a second", f"{self.rate:g} Hz", "Round it.")
        empty = int(np.sum(np.diff(filter_bank(self.rate, self.fft, self.bands).indptr) == 0))
        if empty:
            expected = f"at most as many bands as {self.fft} samples resolve"
            got = f"{empty} of {self.bands} between two frequencies of the transform"
            fail("Spectrogram.bands", expected, got, "Lower the bands or raise fft.")

    @property
    def samples(self) -> int:
        """Samples in a window."""
        return round(self.window * self.rate)

    @property
    def frames(self) -> int:
        """Frames in a window."""
        return 1 + max(0, -(-(self.samples - self.fft) // self.hop))

    @property
    def padding(self) -> int:
        """Zeros at the end of a window, without which the last frame would not fit."""
        return self.fft + (self.frames - 1) * self.hop - self.samples

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of an image."""
        return self.size or (self.bands, self.frames)

    def __str__(self) -> str:
        """Return what an image is: ``a 28 x 28 mel spectrogram [dB]``."""
        return f"a {self.shape[0]} x {self.shape[1]} mel spectrogram [dB]"

    @property
    def length(self) -> str:
        """The length of a window as text."""
        return text(self.window, "s")

    def load(self, path: str | Path) -> Doubles:
        """Return a recording as a mono waveform (samples,) at ``rate``, full scale 1.

        Stereo becomes the mean of its channels (eq 3); another sample rate is changed by a
        polyphase filter.

        Raises
        ------
        DataError
            If the file is missing, empty, truncated, no audio file, or holds NaN or infinity.
        """
        samples, rate = read(require_path("load.path", path))
        return self.resampled(samples.mean(axis=1), rate)

    def resampled(self, waveform: Doubles, rate: int) -> Doubles:
        """Return a waveform at ``rate`` [Hz] at the rate of this front end."""
        wanted = int(self.rate)
        if rate == wanted:
            return waveform
        from scipy.signal import resample_poly  # slow to import, and most commands need none

        common = math.gcd(rate, wanted)
        changed: Doubles = resample_poly(waveform, wanted // common, rate // common)
        return changed

    def windows(self, waveform: Doubles) -> Doubles:
        """Return the consecutive windows of a waveform (eq 2); the remainder is omitted.

        Examples
        --------
        >>> Spectrogram().windows(np.zeros(22_050)).shape
        (3, 6615)
        """
        waveform = require_array("windows.waveform", waveform, ("samples",))
        count = len(waveform) // self.samples
        return waveform[: count * self.samples].reshape(count, self.samples)

    def mel(self, windows: Doubles) -> Doubles:
        """Return the mel power spectra (n, bands, frames) of windows (n, samples) (eq 4-6).

        Periodic Hann frames; zeros at the end make the last frame.
        """
        from scipy.signal import get_window  # slow to import

        padded = np.pad(windows, ((0, 0), (0, self.padding)))
        frames = sliding_window_view(padded, self.fft, axis=1)[:, :: self.hop]
        spectrum = np.fft.rfft(frames * get_window("hann", self.fft))
        power = spectrum.real**2 + spectrum.imag**2
        bank = filter_bank(self.rate, self.fft, self.bands)
        bands: Doubles = np.asarray(bank @ power.reshape(-1, self.fft // 2 + 1).T)
        return bands.reshape(self.bands, -1, self.frames).swapaxes(0, 1)

    def images(self, windows: Doubles) -> Doubles:
        """Return the (n, *shape) spectrograms [dB] of (n, samples) windows; row 0 is the lowest."""
        if np.shape(windows) == (0, self.samples):  # of a recording shorter than a window
            return np.empty((0, *self.shape))
        windows = require_array("images.windows", windows, ("n", self.samples))
        images = np.empty((len(windows), *self.shape))
        for start in range(0, len(windows), CHUNK):
            part = slice(start, start + CHUNK)
            power = decibels(self.mel(windows[part]))
            images[part] = power if self.size is None else resize(power, self.size)
        return images


def hertz_to_mel(frequency: Doubles) -> Doubles:
    """Return the Slaney mel number: linear to 1 kHz, 27 steps a factor 6.4 above."""
    linear = frequency * 3 / 200
    above = 15 + 27 * np.log(np.maximum(frequency, 1000) / 1000) / math.log(6.4)
    return np.where(frequency < 1000, linear, above)


def mel_to_hertz(number: Doubles) -> Doubles:
    """Return the frequency [Hz] of a Slaney mel number."""
    return np.where(number < 15, number * 200 / 3, 1000 * 6.4 ** ((number - 15) / 27))


@functools.lru_cache(maxsize=8)
def filter_bank(rate: float, fft: int, bands: int) -> csr_array[np.float64, tuple[int, int]]:
    """Return the (bands, fft // 2 + 1) weights of triangular mel bands, each of unit area in hertz.

    Nearly all are zero: a sparse product is faster than a dense one and needs no BLAS threads.

    Source: M. Slaney, "Auditory Toolbox", Interval Research report 1998-010.
    """
    top = hertz_to_mel(np.array([rate / 2]))[0]
    edges = mel_to_hertz(np.linspace(0, top, bands + 2))
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    frequency = np.fft.rfftfreq(fft, 1 / rate)
    rising = (frequency - low) / (centre - low)
    falling = (high - frequency) / (high - centre)
    return csr_array(np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low))


def decibels(mel: Doubles) -> Doubles:
    """Return ``10 log10(max(mel, 1e-10))``."""
    return 10 * np.log10(np.maximum(mel, FLOOR))


def interpolation(size: int, target: int) -> Doubles:
    """Return the (target, size) matrix of half-pixel linear interpolation, clamped at the edges."""
    scale = size / target  # alpha and beta of eq 7
    position = np.clip((np.arange(target) + 0.5) * scale - 0.5, 0, size - 1)
    distance = np.abs(position[:, None] - np.arange(size))
    weights: Doubles = np.maximum(0, 1 - distance)
    return weights


def resize(images: Doubles, size: tuple[int, int]) -> Doubles:
    """Return images (n, rows, columns) as (n, *size), interpolated bilinearly.

    The result is ``S[alpha u, beta v]`` (eq 7). Pixel centres lie at half-integers, so the outer
    edges of the two grids coincide.
    """
    rows = interpolation(images.shape[1], size[0])
    columns = interpolation(images.shape[2], size[1])
    resized: Doubles = rows @ images @ columns.T
    return resized
