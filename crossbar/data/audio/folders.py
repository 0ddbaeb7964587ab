"""A folder of recordings: one sub-folder for each class, of any depth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crossbar.data.audio.clips import Clip, Listing, Skipped, refuse_unknown
from crossbar.data.audio.soundfiles import SUFFIXES
from crossbar.errors import DataError, message


def from_folders(path: Path, classes: tuple[str, ...] | None) -> Listing:
    """Return the sound files in and below the sub-folders of ``path``, each its own recording.

    Sub-folders other than ``classes`` (all, if None) are ignored. Hidden entries, files without
    the ending of a sound file, files beside the sub-folders, and links to files already read are
    skipped and counted.

    Raises
    ------
    DataError
        If there is no sub-folder, a sub-folder has no sound file, or a class has no sub-folder.
    """
    skipped = Skipped()
    folders = []
    for entry in sorted(path.iterdir()):
        if entry.name.startswith("."):
            kind = "hidden folders, no classes" if entry.is_dir() else "hidden files"
            skipped.add(kind, entry.name)
        elif entry.is_dir():
            folders.append(entry)
        else:
            skipped.add("files beside the folders of classes", entry.name)
    if not folders:
        remedy = "Add sub-folders, or a manifest.csv."
        hidden = skipped.names.get("hidden folders, no classes")
        got = f"hidden ones alone ({hidden[0]})" if hidden else "none"
        raise DataError(message(str(path), "one sub-folder a class", got, remedy))
    if classes is not None:
        refuse_unknown(classes, [folder.name for folder in folders])
        folders = [folder for folder in folders if folder.name in classes]
    seen: set[Path] = set()
    clips: list[Clip] = []
    for folder in folders:
        sounds = [Clip(p, folder.name, str(p)) for p in _sounds(folder, folder, seen, skipped)]
        if not sounds:
            expected = f"recordings ({', '.join(SUFFIXES)})"
            remedy = "Add recordings or remove the folder."
            raise DataError(message(str(folder), expected, "none", remedy))
        clips += sounds
    return Listing(clips, skipped)


def _sounds(folder: Path, top: Path, seen: set[Path], skipped: Skipped) -> Iterator[Path]:
    """Yield the sound files in and below ``folder``, sorted; ``seen`` are those of all classes."""
    for entry in sorted(folder.iterdir()):
        name = f"{top.name}/{entry.relative_to(top)}"
        if entry.name.startswith("."):
            skipped.add("hidden files" if entry.is_file() else "hidden folders", name)
        elif not entry.is_dir() and entry.suffix.lower() not in SUFFIXES:
            skipped.add("files without the ending of a sound file", name)
        elif (real := entry.resolve()) in seen:
            skipped.add("links to what was read already", name)
        else:
            seen.add(real)
            if entry.is_dir():
                yield from _sounds(entry, top, seen, skipped)
            else:
                yield entry
