"""Files with their classes, as a folder or a manifest lists them: sounds, images."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crossbar.errors import DataError, message, nearest

NAMED = 3  # skipped files that a sentence names


@dataclass(frozen=True)
class Clip:
    """One file: its class, the recording (or other group) that it is a part of, and its fold.

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


def refuse_unknown(where: str, names: Iterable[str], known: Sequence[str]) -> None:
    """Raise unless all ``names`` of classes are ``known``; ``where`` is the setting."""
    for name in names:
        if name not in known:
            hint = nearest(name, known)
            raise DataError(message(where, "classes that the data have", name, hint))


def chosen(where: str, classes: Sequence[str] | None, known: Iterable[str]) -> tuple[str, ...]:
    """Return the ``classes`` to read, all ``known`` ones in order if None; two or more.

    ``where`` is the name of the setting, for errors.
    """
    every = sorted(set(known))
    names = tuple(every) if classes is None else tuple(classes)
    refuse_unknown(where, names, every)
    if len(names) < 2 or len(set(names)) < len(names):
        remedy = "Classification needs two classes or more."
        got = ", ".join(names)
        raise DataError(message(where, "two different classes or more", got, remedy))
    return names
