"""Labelled windows of sound, ready for training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crossbar.brief import brief
from crossbar.data.audio.spectrogram import SIZE, WINDOW
from crossbar.errors import ShapeError, message

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class WindowSet:
    """Spectrograms of 300 ms windows with their classes and recordings.

    Parameters
    ----------
    images
        (n, 28, 28) spectrograms [dB], not normalised; row 0 is the lowest band.
    labels
        (n,) index into ``classes``.
    groups
        (n,) index of the recording that the window was cut from.
    classes
        Names.
    source
        Where the sound came from, for reports.
    dropped
        Silent windows that were left out.
    examples
        (classes, 6615) waveform of one window a class, for pictures.
    example_index
        (classes,) the windows that ``examples`` shows.
    files
        Names of the sound files, relative to the folder or manifest that lists them; of
        synthesised sound those of its clips.
    digests
        What tells the content of each file from any other, the same on every machine.
    file_index
        (n,) index into ``files``.
    skipped
        Which files were not read, and why, a sentence a reason.
    folds
        (n,) fold of each window where a manifest gives it, else None.
    """

    images: Floats
    labels: Indices
    groups: Indices
    classes: tuple[str, ...]
    source: str
    dropped: int
    examples: Floats
    example_index: Indices
    files: tuple[str, ...]
    digests: tuple[str, ...]
    file_index: Indices
    skipped: tuple[str, ...] = ()
    folds: Indices | None = None

    __repr__ = brief

    def __post_init__(self) -> None:
        count, kinds = len(self.labels), len(self.classes)
        expected = {
            "images": (count, *SIZE),
            "groups": (count,),
            "file_index": (count,),
            "examples": (kinds, WINDOW),
            "example_index": (kinds,),
        }
        if self.folds is not None:
            expected["folds"] = (count,)
        for name, shape in expected.items():
            got = getattr(self, name).shape
            if got != shape:
                remedy = "Give one entry a window, or one a class."
                raise ShapeError(message(f"WindowSet.{name}", f"shape {shape}", got, remedy))

    def __len__(self) -> int:
        return len(self.labels)

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return the numbers of windows and of recordings of each class."""
        members = {name: self.labels == index for index, name in enumerate(self.classes)}
        return {
            name: (int(own.sum()), len(np.unique(self.groups[own])))
            for name, own in members.items()
        }
