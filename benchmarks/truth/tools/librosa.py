"""librosa, for spectrograms."""

from __future__ import annotations

from importlib import metadata

import numpy as np

from truth.task import Answer, Tool
from truth.tasks.mel import Sound


def version() -> str:
    """Return its version."""
    import librosa  # noqa: F401

    return metadata.version("librosa")


TOOL = Tool(name="librosa", version=version)


def mel(asked: Sound) -> Answer:
    """`librosa.feature.melspectrogram(center=False)`, filters in its default single precision"""
    from librosa.feature import melspectrogram

    return np.array([
        melspectrogram(y=y, sr=asked.rate, n_fft=asked.fft, hop_length=asked.hop, center=False,
                       n_mels=asked.bands) for y in asked.waveforms
    ])  # fmt: skip
