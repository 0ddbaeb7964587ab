"""Windows from the user's own recordings: a folder of classes or a manifest."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from crossbar.data.audio.sound import Sound, pictured, words
from crossbar.data.audio.soundfiles import SUFFIXES, read
from crossbar.data.audio.spectrogram import Spectrogram
from crossbar.data.cache import cached
from crossbar.data.data import DATA, Progress
from crossbar.data.dataset import Dataset
from crossbar.data.folders import Wanted, origin, selected
from crossbar.data.listing import Clip, Listing
from crossbar.errors import DataError, message
from crossbar.units import text

SILENCE = 1e-3  # root mean square, full scale 1
WANTED = Wanted("Recordings", "recordings", "a sound file", SUFFIXES)


class UnheardError(DataError):
    """A recording without a window that can be heard."""


@DATA.register("recordings")
@dataclass(frozen=True, kw_only=True)
class Recordings(Sound):
    """Recordings by path; none is copied.

    ``path`` is a folder with one sub-folder a class, whatever lies below it, or a manifest: a CSV
    file with the columns ``file`` (relative to the manifest) and ``class``. Files with the same
    entry in a column ``group``, ``recording``, ``freesound_id``, ``src_file`` or ``fsID`` are one
    recording; without such a column every file is one. A column ``fold`` is for :class:`ByFold`.
    A ``manifest.csv`` in the folder takes precedence over its sub-folders. The folders of ESC-50
    and UrbanSound8K, and their tables, are read as published.

    Parameters
    ----------
    path
        Folder or manifest.
    classes
        Classes to read, in the order of their labels; all, sorted by name, if None.
    """

    path: str | os.PathLike[str] = field(metadata={"path": True})
    classes: tuple[str, ...] | None = None

    def dataset(self, progress: Progress | None = None) -> Dataset:
        """Return the windows of all recordings.

        Windows with a root mean square below 1e-3 of full scale are silent: they are omitted and
        counted in ``dropped``. ``skipped`` says which files were not read, and why. What was made
        is kept in the cache folder, and read from it as long as paths, sizes and times of
        modification of the files are the same.

        Parameters
        ----------
        progress
            Called with the number of files read and their total; not called for what is cached.

        Raises
        ------
        DataError
            If a file, the manifest or a class cannot be used; the message names it.
        """
        listing, names, key = selected(self.path, self.classes, WANTED)
        made = partial(self._read, listing, names, progress)
        return cached((*key, self.spectrogram), made)

    def _read(self, listing: Listing, names: tuple[str, ...], progress: Progress | None) -> Dataset:
        """Return the windows of the ``listing``, read and transformed now."""
        front = self.spectrogram
        heard: list[Clip] = []
        examples: dict[int, npt.NDArray[np.float64]] = {}
        images: list[npt.NDArray[np.float64]] = []
        lengths: list[int] = []
        dropped = 0
        for done, clip in enumerate(listing.clips, start=1):
            try:
                sound, silent = audible_windows(clip.path, front)
            except UnheardError:
                if not clip.published:
                    raise
                listing.skipped.add("published files without a window to hear", clip.path.name)
            else:
                examples.setdefault(names.index(clip.name), sound[0])
                images.append(front.images(sound))
                heard.append(clip)
                lengths.append(len(sound))
                dropped += silent
            if progress is not None:
                progress(done, len(listing.clips))
        for label, name in enumerate(names):
            if label not in examples:
                remedy = "Leave the class out."
                raise DataError(message(f"class {name}", "a file to be heard", "none", remedy))
        recordings = {key: i for i, key in enumerate(dict.fromkeys(c.recording for c in heard))}
        folds = [clip.fold for clip in heard if clip.fold is not None]
        return Dataset(
            x=np.concatenate(images).astype(np.float32),
            y=np.repeat([names.index(clip.name) for clip in heard], lengths),
            groups=np.repeat([recordings[clip.recording] for clip in heard], lengths),
            folds=np.repeat(folds, lengths) if folds else None,
            classes=names,
            source=f"{len(recordings)} recordings ({len(heard)} files) from {self.path}",
            words=words(front, "recorded"),
            dropped=dropped,
            skipped=listing.skipped.sentences(),
            examples=pictured(np.array([examples[k] for k in range(len(names))]), front),
            files=origin(self.path, heard, np.repeat(np.arange(len(heard)), lengths)),
        )


def audible_windows(path: Path, front: Spectrogram) -> tuple[npt.NDArray[np.float64], int]:
    """Return the (n, samples) windows of a recording that are not silent, and how many are.

    Raises
    ------
    UnheardError
        If the recording is shorter than one window or silent throughout.
    DataError
        If it cannot be read.
    """
    waveform = front.load(path)
    if len(waveform) < front.samples:
        got = text(len(waveform) / front.rate, "s", 3)
        remedy = "Leave the recording out or join it with others."
        raise UnheardError(message(str(path), f"at least {front.length}", got, remedy))
    cut = front.windows(waveform)
    audible = np.sqrt(np.mean(cut**2, axis=1)) >= SILENCE
    if not audible.any():
        loudest = np.sqrt(np.mean(read(path)[0] ** 2, axis=0).max())
        got, remedy = "silence throughout", "Raise its level or leave the recording out."
        if loudest >= SILENCE:
            got = "channels of opposite phase, whose mean is silence"
            remedy = "Keep one channel, or turn the sign of the other."
        expected = f"a window with rms >= {SILENCE:g} of full scale"
        raise UnheardError(message(str(path), expected, got, remedy))
    return cut[audible], int(np.sum(~audible))
