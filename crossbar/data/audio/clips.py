"""Sound files with their classes, as a folder or a manifest lists them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crossbar.errors import DataError, message, nearest

NAMED = 3  # skipped files that a sentence names


@dataclass(frozen=True)
class Clip:
    """One sound file: its class, the recording that it is a part of, and its fold.

    ``published`` clips are listed in the table of a published collection. Such a clip without an
    audible window is skipped and counted; a clip of the user is refused.
    """

    path: Path
    name: str
    recording: str
    fold: int | None = None
    published: bool = False


@dataclass
class Skipped:
    """Names of files that were not read, by reason."""

    names: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, name: str) -> None:
        """Add ``name`` under ``reason``."""
        self.names.setdefault(reason, []).append(name)

    def sentences(self) -> tuple[str, ...]:
        """Return one phrase for each reason: reason, number of files, and the first names."""
        sentences = []
        for reason, names in self.names.items():
            first = ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
            sentences.append(f"{reason}: {len(names)} ({first})")
        return tuple(sentences)


@dataclass(frozen=True)
class Listing:
    """Clips in the order of their windows, and the files that were skipped."""

    clips: Sequence[Clip]
    skipped: Skipped


def refuse_unknown(names: Iterable[str], known: Sequence[str]) -> None:
    """Raise unless all ``names`` of classes are ``known``."""
    for name in names:
        if name not in known:
            hint = nearest(name, known)
            raise DataError(message("Recordings.classes", "classes with files", name, hint))
