"""Mel power spectra of sounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truth.task import Answer, Task


@dataclass(frozen=True)
class Sound:
    """Windows whose frames are periodic Hann, with Slaney's mel scale and normalisation."""

    waveforms: Answer
    """(n, samples)"""
    rate: int = 22_050
    fft: int = 2_048
    hop: int = 512
    bands: int = 128


def asked() -> Sound:
    """Return noise and a tone of four frames each."""
    rng, samples = np.random.default_rng(15), 2_048 + 3 * 512
    tone = np.sin(0.3 * np.arange(samples))
    noise = rng.standard_normal((2, samples)) * np.array([[1.0], [1e-3]])
    return Sound(np.concatenate([noise, tone[None]]))


def hertz(mel: Answer) -> Answer:
    """Return frequencies: 200/3 Hz a mel up to 1 kHz, then by the factor 6.4 in 27 mels."""
    return np.where(mel < 15, 200 / 3 * mel, 1000 * 6.4 ** ((mel - 15) / 27))


def spectra(sound: Sound) -> Answer:
    """Return the mel power (n, bands, frames)."""
    from scipy.signal import ShortTimeFFT
    from scipy.signal.windows import hann

    transform = ShortTimeFFT(hann(sound.fft, sym=False), sound.hop, sound.rate, mfft=sound.fft)
    starts = np.arange(0, sound.waveforms.shape[1] - sound.fft + 1, sound.hop)
    frames = np.stack([sound.waveforms[:, s : s + sound.fft] for s in starts], axis=-1)
    power = np.abs(np.fft.rfft(frames * transform.win[:, None], axis=1)) ** 2
    top = 15 + 27 * np.log(sound.rate / 2 / 1000) / np.log(6.4)
    edges = hertz(np.linspace(0, top, sound.bands + 2))[:, None]
    f, width = transform.f, np.diff(edges, axis=0)
    rising, falling = (f - edges[:-2]) / width[:-1], (edges[2:] - f) / width[1:]
    weights = np.maximum(0, np.minimum(rising, falling)) * 2 / (edges[2:] - edges[:-2])
    out: Answer = weights @ power
    return out


def error(sound: Sound, answers: list[Answer]) -> float:
    """Return the largest relative error of a power (n, bands, frames)."""
    return float(np.abs(answers[0] / spectra(sound) - 1).max())


TASK = Task(
    title="Mel spectrogram: 128 bands of noise and a tone",
    truth="definition, with NumPy and windows of SciPy",
    bound=1e-6,
    why="largest relative error of a power; ten times that of filters in single precision",
    asked=asked,
    error=error,
)
