"""What all data made of sound have in common: how it is cut and transformed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

import numpy as np

from crossbar.array_checks import Array
from crossbar.data.audio.spectrogram import FrontEnd, Spectrogram
from crossbar.data.data import Data
from crossbar.data.dataset import Ends
from crossbar.data.words import Words


@dataclass(frozen=True, kw_only=True)
class Sound(FrontEnd, Data):
    """Spectrograms of windows of sound; the numbers are those of :class:`Spectrogram`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.spectrogram  # raises where the numbers do not go together

    def foreseen(self) -> Ends:
        """Return the ends of a network for these data, as if there were two classes."""
        return Ends(self.spectrogram.shape, 2)

    @property
    def spectrogram(self) -> Spectrogram:
        """The front end."""
        return Spectrogram(**{f.name: getattr(self, f.name) for f in fields(FrontEnd)})


def words(front: Spectrogram, made: str) -> Words:
    """Return what windows of sound are called in reports."""
    seen = f"{front.length} of sound"
    return Words(sample="window", group="recording", seen=seen, form=str(front), made=made)


def pictured(waveforms: Array, front: Spectrogram) -> dict[str, Array]:
    """Return what a picture of one window a class (classes, samples) needs, by name."""
    numbers = {name: np.array(value) for name, value in asdict(front).items() if name != "size"}
    return {"waveforms": waveforms.astype(np.float32), **numbers}
