"""Windows from the user's own recordings: a folder of classes or a manifest."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from crossbar import textfiles
from crossbar.audio.cache import cached, digest
from crossbar.audio.dataset import WindowSet
from crossbar.audio.soundfiles import SUFFIXES
from crossbar.audio.spectrogram import WINDOW, load, spectrograms, windows
from crossbar.errors import DataError, message, nearest

Progress = Callable[[int, int], None]

MANIFEST = "manifest.csv"
GROUP_COLUMNS = ("group", "recording", "freesound_id")  # the first one present counts
SILENCE = 1e-3  # root mean square, full scale 1


@dataclass(frozen=True)
class Clip:
    """One sound file: its class and the recording that it is a part of."""

    path: Path
    name: str
    recording: str


@dataclass(frozen=True, kw_only=True)
class Recordings:
    """Recordings by path; none is copied.

    ``path`` is a folder with one sub-folder a class, or a manifest: a CSV file with the columns
    ``file`` (relative to the manifest) and ``class``. Files with the same entry in a column
    ``group``, ``recording`` or ``freesound_id`` are one recording; without such a column every
    file is one. A ``manifest.csv`` in the folder takes precedence over its sub-folders.

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
        counted in ``dropped``. What was made is kept in the cache folder, and read from it as
        long as paths, sizes and times of modification of the files are the same.

        Parameters
        ----------
        progress
            Called with the number of files read and their total; not called for what is cached.

        Raises
        ------
        DataError
            If a file, the manifest or a class cannot be used; the message names it.
        """
        clips = self._clips()
        names = self._chosen(clips)
        clips = [clip for clip in clips if clip.name in names]
        files = [(clip.name, clip.recording, *_stamp(clip.path)) for clip in clips]
        key = ("recordings", str(self.path), names, files)
        return cached(key, lambda: self._read(clips, names, progress))

    def _read(
        self, clips: list[Clip], names: tuple[str, ...], progress: Progress | None
    ) -> WindowSet:
        """Return the windows of ``clips``, read and transformed now."""
        recordings = {key: i for i, key in enumerate(dict.fromkeys(c.recording for c in clips))}
        examples: dict[int, tuple[int, npt.NDArray[np.float64]]] = {}
        images, labels, groups, dropped, total = [], [], [], 0, 0
        root = self.path if Path(self.path).is_dir() else Path(self.path).parent
        counts, digests = [], []
        for done, clip in enumerate(clips, start=1):
            sound, silent = audible_windows(clip.path)
            label = names.index(clip.name)
            examples.setdefault(label, (total, sound[0]))
            images.append(spectrograms(sound))
            labels.append(np.full(len(sound), label))
            groups.append(np.full(len(sound), recordings[clip.recording]))
            counts.append(len(sound))
            digests.append(digest(clip.path.read_bytes()))
            dropped += silent
            total += len(sound)
            if progress is not None:
                progress(done, len(clips))
        return WindowSet(
            images=np.concatenate(images).astype(np.float32),
            labels=np.concatenate(labels).astype(np.int64),
            groups=np.concatenate(groups).astype(np.int64),
            classes=names,
            source=f"{len(recordings)} recordings ({len(clips)} files) from {self.path}",
            dropped=dropped,
            examples=np.array([examples[k][1] for k in range(len(names))], dtype=np.float32),
            example_index=np.array([examples[k][0] for k in range(len(names))], dtype=np.int64),
            files=tuple(Path(os.path.relpath(clip.path, root)).as_posix() for clip in clips),
            digests=tuple(digests),
            file_index=np.repeat(np.arange(len(clips)), counts),
        )

    def _clips(self) -> list[Clip]:
        path = Path(self.path)
        if path.is_dir():
            manifest = path / MANIFEST
            if manifest.is_file():
                return from_manifest(manifest)
            return from_folders(path, self.classes)
        if path.is_file():
            return from_manifest(path)
        expected = "a folder with one sub-folder a class, or a manifest"
        raise DataError(message(str(path), expected, "no such path", "Check the path."))

    def _chosen(self, clips: list[Clip]) -> tuple[str, ...]:
        """Return the classes to read, each of which must have files."""
        known = sorted({clip.name for clip in clips})
        names = tuple(known) if self.classes is None else tuple(self.classes)
        _refuse_unknown(names, known)
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
    DataError
        If the recording is shorter than one window or silent throughout.
    """
    waveform = load(path)
    if len(waveform) < WINDOW:
        got = f"{1000 * len(waveform) / 22_050:.0f} ms"
        remedy = "Leave the recording out or join it with others."
        raise DataError(message(str(path), "at least 300 ms", got, remedy))
    cut = windows(waveform)
    audible = np.sqrt(np.mean(cut**2, axis=1)) >= SILENCE
    if not audible.any():
        remedy = "Raise its level or leave the recording out."
        expected = f"a window with rms >= {SILENCE:g} of full scale"
        raise DataError(message(str(path), expected, "silence throughout", remedy))
    return cut[audible], int(np.sum(~audible))


def from_folders(path: Path, classes: tuple[str, ...] | None) -> list[Clip]:
    """Return the sound files in the sub-folders of ``path``, each a recording of its own.

    Hidden entries, files without the ending of a sound file and sub-folders other than ``classes``
    (all, if None) are not looked at.

    Raises
    ------
    DataError
        If there is no sub-folder, one without a sound file, or none for one of ``classes``.
    """
    folders = sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith("."))
    if not folders:
        remedy = f"Add sub-folders, or a {MANIFEST}."
        raise DataError(message(str(path), "one sub-folder a class", "none", remedy))
    if classes is not None:
        _refuse_unknown(classes, [folder.name for folder in folders])
        folders = [folder for folder in folders if folder.name in classes]
    clips: list[Clip] = []
    for folder in folders:
        files = [p for p in sorted(folder.iterdir()) if not p.name.startswith(".")]
        sounds = [p for p in files if p.suffix.lower() in SUFFIXES]
        if not sounds:
            expected = f"recordings ({', '.join(SUFFIXES)})"
            remedy = "Add recordings or remove the folder."
            raise DataError(message(str(folder), expected, "none", remedy))
        clips += [Clip(path=p, name=folder.name, recording=str(p)) for p in sounds]
    return clips


def _refuse_unknown(names: tuple[str, ...], known: list[str]) -> None:
    for name in names:
        if name not in known:
            hint = nearest(name, known)
            raise DataError(message("Recordings.classes", "classes with files", name, hint))


def from_manifest(path: Path) -> list[Clip]:
    """Return the sound files that a manifest lists.

    Raises
    ------
    DataError
        If it is no CSV text, lacks a column, or a line is incomplete, names a missing file or a
        file of an earlier line.
    """
    remedy = "Save it as CSV in UTF-8."
    header, rows = textfiles.table(path, "CSV text", remedy, comments_below=False).titled()
    columns = header.cells
    for column in ("file", "class"):
        if column not in columns:
            got = f"columns {', '.join(columns)}"
            remedy = "The first line names the columns."
            raise DataError(message(str(path), f"a column '{column}'", got, remedy))
    if not rows:
        raise DataError(message(str(path), "a line a file", "none", "Add recordings."))
    grouping = next((column for column in GROUP_COLUMNS if column in columns), "file")
    clips = [_clip(row, dict(zip(columns, row.cells, strict=True)), grouping) for row in rows]
    _refuse_repeated(rows, clips)
    return clips


def _clip(row: textfiles.Row, cells: dict[str, str], grouping: str) -> Clip:
    for column in ("file", "class", grouping):
        if not cells[column]:
            remedy = "Complete the line or remove it."
            raise row.fail(f"an entry in '{column}'", "none", remedy)
    sound = row.path.parent / cells["file"]
    if not sound.is_file():
        remedy = "Paths are relative to the manifest."
        raise row.fail("an existing file", repr(cells["file"]), remedy)
    return Clip(path=sound, name=cells["class"], recording=cells[grouping])


def _refuse_repeated(rows: Sequence[textfiles.Row], clips: list[Clip]) -> None:
    """Raise if a file is listed twice: its windows would stand on both sides of a split."""
    first: dict[Path, int] = {}
    for row, clip in zip(rows, clips, strict=True):
        earlier = first.setdefault(clip.path.resolve(), row.number)
        if earlier != row.number:
            remedy = "Remove one of the lines."
            raise row.fail("a new file", f"the file of line {earlier}", remedy)
