"""Where files with classes lie: a manifest, or a folder with one sub-folder for each class."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from crossbar.data.cache import digest, stamp
from crossbar.data.dataset import Files
from crossbar.data.listing import Clip, Listing, Skipped, chosen, refuse_unknown
from crossbar.data.manifest import from_manifest, within
from crossbar.errors import DataError, message
from crossbar.types import Integers


class Wanted(NamedTuple):
    """Which files are samples.

    Attributes
    ----------
    where
        Name of the kind of data, for errors.
    words
        What the files are: ``recordings``.
    one
        What a single one is: ``a sound file``.
    endings
        Their endings, in small letters.
    """

    where: str
    words: str
    one: str
    endings: tuple[str, ...]


def selected(
    path: str | os.PathLike[str], classes: tuple[str, ...] | None, wanted: Wanted
) -> tuple[Listing, tuple[str, ...], tuple[Any, ...]]:
    """Return the files of the ``classes`` to read, their names, and the key of these files.

    ``path`` is a folder or a manifest; a manifest in the folder takes precedence over its
    sub-folders. The key tells the files as they are now from any others, for
    :func:`crossbar.data.cache.cached`.

    Raises
    ------
    DataError
        If there is neither, or it cannot be used; see :func:`from_folders`,
        :func:`crossbar.data.manifest.from_manifest` and :func:`crossbar.data.listing.chosen`.
    """
    listing = _listed(Path(path), classes, wanted)
    names = chosen(f"{wanted.where}.classes", classes, (clip.name for clip in listing.clips))
    clips = [clip for clip in listing.clips if clip.name in names]
    files = [(clip.name, clip.recording, clip.fold, *stamp(clip.path)) for clip in clips]
    key = (wanted.words, str(path), names, files, listing.skipped.sentences())
    return replace(listing, clips=clips), names, key


def origin(path: str | os.PathLike[str], clips: Sequence[Clip], owner: Integers) -> Files:
    """Return the files of ``clips``, named from the folder ``path`` or that of the manifest."""
    root = Path(path) if Path(path).is_dir() else Path(path).parent
    names = (Path(os.path.relpath(clip.path, root)).as_posix() for clip in clips)
    digests = (digest(clip.path.read_bytes()) for clip in clips)
    return Files(tuple(names), tuple(digests), owner)


def _listed(path: Path, classes: tuple[str, ...] | None, wanted: Wanted) -> Listing:
    """Return the files of a folder of classes, or those that a manifest lists."""
    if path.is_dir():
        manifest = within(path)
        return from_folders(path, classes, wanted) if manifest is None else from_manifest(manifest)
    if path.is_file():
        return from_manifest(path)
    expected = "a folder with one sub-folder a class, or a manifest"
    raise DataError(message(str(path), expected, "no such path", "Check the path."))


def from_folders(path: Path, classes: tuple[str, ...] | None, wanted: Wanted) -> Listing:
    """Return the files in and below the sub-folders of ``path``, each a recording of its own.

    Sub-folders other than ``classes`` (all, if None) are ignored. Hidden entries, files without
    one of the ``wanted`` endings, files beside the sub-folders, and links to files already read
    are skipped and counted.

    Raises
    ------
    DataError
        If there is no sub-folder, a sub-folder has no such file, or a class has no sub-folder.
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
        refuse_unknown(f"{wanted.where}.classes", classes, [folder.name for folder in folders])
        folders = [folder for folder in folders if folder.name in classes]
    seen: set[Path] = set()
    clips: list[Clip] = []
    for folder in folders:
        paths = _files(folder, folder, wanted, seen, skipped)
        own = [Clip(file, folder.name, str(file)) for file in paths]
        if not own:
            expected = f"{wanted.words} ({', '.join(wanted.endings)})"
            remedy = f"Add {wanted.words} or remove the folder."
            raise DataError(message(str(folder), expected, "none", remedy))
        clips += own
    return Listing(clips, skipped)


def _files(
    folder: Path, top: Path, wanted: Wanted, seen: set[Path], skipped: Skipped
) -> Iterator[Path]:
    """Yield the files in and below ``folder``, sorted; ``seen`` are those of all classes."""
    for entry in sorted(folder.iterdir()):
        name = f"{top.name}/{entry.relative_to(top)}"
        if entry.name.startswith("."):
            skipped.add("hidden files" if entry.is_file() else "hidden folders", name)
        elif not entry.is_dir() and entry.suffix.lower() not in wanted.endings:
            skipped.add(f"files without the ending of {wanted.one}", name)
        elif (real := entry.resolve()) in seen:
            skipped.add("links to what was read already", name)
        else:
            seen.add(real)
            if entry.is_dir():
                yield from _files(entry, top, wanted, seen, skipped)
            else:
                yield entry
