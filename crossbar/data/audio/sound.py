"""What all data made of sound have in common: how it is cut and transformed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

import numpy as np

from crossbar.array_checks import Array
from crossbar.data.audio.spectrogram import Spectrogram
from crossbar.data.data import Data
from crossbar.data.dataset import Ends
from crossbar.data.words import Words
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Sound(Data):
    """Spectrograms of windows of sound; the fields are those of :class:`Spectrogram`.

    Parameters
    ----------
    window
        Length of a window [s].
    rate
        Sample rate that every recording is brought to [Hz].
    fft, hop
        Samples in a frame, and between frames.
    bands
        Mel bands.
    size
        Rows and columns of an image; None for bands by frames as they are.
    """

    window: float = quantity(0.3, unit="s", low=1e-4, high=3600)
    rate: float = quantity(22_050.0, unit="Hz", low=1_000, high=1_000_000)
    fft: int = quantity(2_048, low=2, high=1 << 20)
    hop: int = quantity(512, low=1, high=1 << 20)
    bands: int = quantity(128, low=1, high=10_000)
    size: tuple[int, int] | None = quantity((28, 28), low=1, high=10_000)

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.spectrogram  # raises where the numbers do not go together

    def foreseen(self) -> Ends:
        """Return the ends of a network for these data, as if there were two classes."""
        return Ends(self.spectrogram.shape, 2)

    @property
    def spectrogram(self) -> Spectrogram:
        """The front end."""
        return Spectrogram(**{f.name: getattr(self, f.name) for f in fields(Spectrogram)})


def words(front: Spectrogram, made: str) -> Words:
    """Return what windows of sound are called in reports."""
    seen = f"{front.length} of sound"
    return Words(sample="window", group="recording", seen=seen, form=str(front), made=made)


def pictured(waveforms: Array, front: Spectrogram) -> dict[str, Array]:
    """Return what a picture of one window a class (classes, samples) needs, by name."""
    numbers = {name: np.array(value) for name, value in asdict(front).items() if name != "size"}
    return {"waveforms": waveforms.astype(np.float32), **numbers}
