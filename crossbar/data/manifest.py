"""Tables of files: manifests of the user, and those of ESC-50 and UrbanSound8K."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crossbar import texttables
from crossbar.data.listing import Clip, Listing, Skipped
from crossbar.errors import DataError, message

MANIFEST = "manifest.csv"
GROUPS = ("group", "recording", "freesound_id", "src_file", "fsID")  # the first one counts


@dataclass(frozen=True)
class Layout:
    """Columns of a table, its path in the folder of the collection, and the paths of its sounds.

    Source: ESC-50 (K. J. Piczak, ACM Multimedia 2015) and UrbanSound8K (J. Salamon, C. Jacoby,
    J. P. Bello, ACM Multimedia 2014), as their tables and folders are published.
    """

    file: str
    name: str
    place: str = MANIFEST
    sound: str = "{file}"
    published: bool = False


OWN = Layout("file", "class")
ESC_50 = Layout("filename", "category", "meta/esc50.csv", "../audio/{file}", published=True)
URBAN_SOUND_8K = Layout(
    "slice_file_name",
    "class",
    "metadata/UrbanSound8K.csv",
    "../audio/fold{fold}/{file}",
    published=True,
)
LAYOUTS = (OWN, ESC_50, URBAN_SOUND_8K)


def within(folder: Path) -> Path | None:
    """Return the manifest in ``folder``, or the table of a published collection, if any."""
    places = [folder / layout.place for layout in LAYOUTS]
    return next((place for place in places if place.is_file()), None)


def from_manifest(path: Path) -> Listing:
    """Return the files that a manifest lists, with their folds if it has any.

    Raises
    ------
    DataError
        If it is not CSV text, lacks a column, a line is incomplete, a file is missing or listed
        twice, or a recording is in two folds.
    """
    remedy = "Save it as CSV in UTF-8."
    header, rows = texttables.table(path, "CSV text", remedy, comments_below=False).titled()
    layout = next((form for form in LAYOUTS if form.file in header.cells), OWN)
    for column in (layout.file, layout.name):
        if column not in header.cells:
            got = f"columns {', '.join(header.cells)}"
            remedy = "The first line names the columns."
            raise DataError(message(str(path), f"a column '{column}'", got, remedy))
    if not rows:
        raise DataError(message(str(path), "a line a file", "none", "Add recordings."))
    grouping = next((column for column in GROUPS if column in header.cells), layout.file)
    named = [dict(zip(header.cells, row.cells, strict=True)) for row in rows]
    clips = [_clip(row, cells, layout, grouping) for row, cells in zip(rows, named, strict=True)]
    _refuse_repeated(rows, clips)
    _refuse_leaks(rows, clips, grouping)
    return Listing(clips, Skipped())


def _clip(row: texttables.Row, cells: dict[str, str], layout: Layout, grouping: str) -> Clip:
    """Return the clip that a row lists."""
    needed = [layout.file, layout.name, grouping, *(["fold"] if "fold" in cells else [])]
    for column in needed:
        if not cells[column]:
            raise row.fail(f"an entry in '{column}'", "none", "Complete the line or remove it.")
    fold = texttables.number(cells["fold"]) if "fold" in cells else None
    if "fold" in cells and (fold is None or fold < 0 or fold != int(fold)):
        raise row.fail("a whole number in 'fold'", repr(cells["fold"]), "Number the folds from 1.")
    file = cells[layout.file]
    places = [row.path.parent / file]
    if layout.published:
        places.insert(0, row.path.parent / layout.sound.format(file=file, fold=cells.get("fold")))
    sound = next((place for place in places if place.is_file()), None)
    if sound is None:
        remedy = f"Paths are relative to the manifest: {places[0]}."
        raise row.fail("an existing file", repr(file), remedy)
    number = None if fold is None else int(fold)
    return Clip(sound, cells[layout.name], cells[grouping], number, layout.published)


def _refuse_repeated(rows: Sequence[texttables.Row], clips: Sequence[Clip]) -> None:
    """Raise if a file is listed twice: its windows could be on both sides of a split."""
    first: dict[Path, int] = {}
    for row, clip in zip(rows, clips, strict=True):
        earlier = first.setdefault(clip.path.resolve(), row.number)
        if earlier != row.number:
            remedy = "Remove one of the lines."
            raise row.fail("a new file", f"the file of line {earlier}", remedy)


def _refuse_leaks(rows: Sequence[texttables.Row], clips: Sequence[Clip], grouping: str) -> None:
    """Raise if a recording is in two folds: the chip would be tested on what it learned from."""
    first: dict[str, tuple[int | None, int]] = {}
    for row, clip in zip(rows, clips, strict=True):
        fold, line = first.setdefault(clip.recording, (clip.fold, row.number))
        if fold != clip.fold:
            got = (
                f"{grouping} {clip.recording} in fold {clip.fold} and, line {line}, in fold {fold}"
            )
            remedy = "Put all of it into one fold, or remove the column fold."
            raise row.fail("a recording in one fold", got, remedy)
