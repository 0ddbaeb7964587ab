"""Windows from the user's own recordings: a folder of classes or a manifest."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from crossbar.data.audio.cache import cached, digest
from crossbar.data.audio.clips import Clip, Listing, Skipped, refuse_unknown
from crossbar.data.audio.dataset import WindowSet
from crossbar.data.audio.folders import from_folders
from crossbar.data.audio.manifest import from_manifest, within
from crossbar.data.audio.soundfiles import read
from crossbar.data.audio.spectrogram import SAMPLE_RATE, WINDOW, load, spectrograms, windows
from crossbar.errors import DataError, message

Progress = Callable[[int, int], None]

SILENCE = 1e-3  # root mean square, full scale 1


class UnheardError(DataError):
    """A recording without a window that can be heard."""


@dataclass(frozen=True, kw_only=True)
class Recordings:
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

    path: Path
    classes: tuple[str, ...] | None = None

    def windows(self, progress: Progress | None = None) -> WindowSet:
        """Return the 300 ms windows of all recordings.

        Windows with a root mean square below 1e-3 of full scale are silent: they are left out and
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
        listing = self._listing()
        names = self._chosen(listing.clips)
        clips = [clip for clip in listing.clips if clip.name in names]
        files = [(clip.name, clip.recording, clip.fold, *_stamp(clip.path)) for clip in clips]
        key = ("recordings", str(self.path), names, files, listing.skipped.sentences())
        return cached(key, lambda: self._read(clips, names, listing.skipped, progress))

    def _read(
        self,
        clips: list[Clip],
        names: tuple[str, ...],
        skipped: Skipped,
        progress: Progress | None,
    ) -> WindowSet:
        """Return the windows of ``clips``, read and transformed now."""
        heard: list[Clip] = []
        examples: dict[int, tuple[int, npt.NDArray[np.float64]]] = {}
        images: list[npt.NDArray[np.float64]] = []
        lengths: list[int] = []
        digests: list[str] = []
        dropped = 0
        root = self.path if Path(self.path).is_dir() else Path(self.path).parent
        for done, clip in enumerate(clips, start=1):
            try:
                sound, silent = audible_windows(clip.path)
            except UnheardError:
                if not clip.published:
                    raise
                skipped.add("published files without a window to hear", clip.path.name)
            else:
                examples.setdefault(names.index(clip.name), (sum(lengths), sound[0]))
                images.append(spectrograms(sound))
                heard.append(clip)
                lengths.append(len(sound))
                digests.append(digest(clip.path.read_bytes()))
                dropped += silent
            if progress is not None:
                progress(done, len(clips))
        for label, name in enumerate(names):
            if label not in examples:
                remedy = "Leave the class out."
                raise DataError(message(f"class {name}", "a file to be heard", "none", remedy))
        recordings = {key: i for i, key in enumerate(dict.fromkeys(c.recording for c in heard))}
        folds = [clip.fold for clip in heard if clip.fold is not None]
        return WindowSet(
            images=np.concatenate(images).astype(np.float32),
            labels=np.repeat([names.index(clip.name) for clip in heard], lengths),
            groups=np.repeat([recordings[clip.recording] for clip in heard], lengths),
            folds=np.repeat(folds, lengths) if folds else None,
            classes=names,
            source=f"{len(recordings)} recordings ({len(heard)} files) from {self.path}",
            dropped=dropped,
            skipped=skipped.sentences(),
            examples=np.array([examples[k][1] for k in range(len(names))], dtype=np.float32),
            example_index=np.array([examples[k][0] for k in range(len(names))], dtype=np.int64),
            files=tuple(Path(os.path.relpath(clip.path, root)).as_posix() for clip in heard),
            digests=tuple(digests),
            file_index=np.repeat(np.arange(len(heard)), lengths),
        )

    def _listing(self) -> Listing:
        path = Path(self.path)
        if path.is_dir():
            manifest = within(path)
            return from_folders(path, self.classes) if manifest is None else from_manifest(manifest)
        if path.is_file():
            return from_manifest(path)
        expected = "a folder with one sub-folder a class, or a manifest"
        raise DataError(message(str(path), expected, "no such path", "Check the path."))

    def _chosen(self, clips: Sequence[Clip]) -> tuple[str, ...]:
        """Return the classes to read, each of which must have files."""
        known = sorted({clip.name for clip in clips})
        names = tuple(known) if self.classes is None else tuple(self.classes)
        refuse_unknown(names, known)
        if len(names) < 2 or len(set(names)) < len(names):
            remedy = "Classification needs two classes or more."
            where = "Recordings.classes"
            raise DataError(message(where, "two different classes or more", names, remedy))
        return names


def _stamp(path: Path) -> tuple[str, int, int]:
    """Return path, size and time of modification of a file; 0 where reading it will fail."""
    try:
        told = path.stat()
    except OSError:
        return str(path.absolute()), 0, 0
    return str(path.absolute()), told.st_size, told.st_mtime_ns


def audible_windows(path: Path) -> tuple[npt.NDArray[np.float64], int]:
    """Return the (n, 6615) windows of a recording that are not silent, and how many are.

    Raises
    ------
    UnheardError
        If the recording is shorter than one window or silent throughout.
    DataError
        If it cannot be read.
    """
    waveform = load(path)
    if len(waveform) < WINDOW:
        got = f"{1000 * len(waveform) / SAMPLE_RATE:.0f} ms"
        remedy = "Leave the recording out or join it with others."
        raise UnheardError(message(str(path), "at least 300 ms", got, remedy))
    cut = windows(waveform)
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
