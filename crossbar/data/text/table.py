"""Texts of the user's own, in a table or in JSON lines."""

from __future__ import annotations

import csv
import io
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from crossbar import textfiles
from crossbar.data.data import DATA
from crossbar.data.text.labelled import Labelled, Span
from crossbar.data.text.texts import TextData
from crossbar.errors import DataError, message, shown

PARTS: Final = {"train": 0, "training": 0, "val": 1, "valid": 1, "validation": 1, "test": 2}
TENTH: Final = 10
ENDINGS: Final = (".csv", ".jsonl")


@DATA.register("texts")
@dataclass(frozen=True, kw_only=True)
class Texts(TextData):
    """Texts from a file: a table (``.csv``), or an object of JSON a line (``.jsonl``).

    A text has the columns ``text`` and ``intent``. It may have ``spans``, the key phrases: a list
    of ``[start, end, name]`` with the characters ``text[start:end]``, in a table written as JSON.
    And it may have ``part``: train, validation or test. Without parts the CRC-32 of a text decides:
    a tenth is for test. Without a validation part a tenth of the training part becomes it.

    Parameters
    ----------
    path
        The file.
    text, intent, spans, part
        Names of the columns.
    """

    path: str | os.PathLike[str] = field(metadata={"path": True})
    text: str = "text"
    intent: str = "intent"
    spans: str = "spans"
    part: str = "part"

    @property
    def origin(self) -> str:
        """The file."""
        return str(self.path)

    def labelled(self) -> tuple[Labelled, ...]:
        """Return the texts of the file.

        Raises
        ------
        DataError
            If the file is missing or damaged, or a text lacks a column or has spans beyond its
            ends; the message names the line.
        """
        path = Path(self.path)
        if path.suffix.lower() not in ENDINGS:
            remedy = "Save texts as CSV or as JSON lines."
            raise DataError(message(str(path), " or ".join(ENDINGS), path.suffix or "none", remedy))
        content = textfiles.read(path, "a file of texts")
        rows = _objects(path, content) if path.suffix.lower() == ".jsonl" else _table(path, content)
        texts = [self._one(where, row) for where, row in rows]
        if not texts:
            raise DataError(message(str(path), "a text or more", "none", "Add texts."))
        if any(part == 1 for _, part in texts):
            return tuple(text._replace(part=part) for text, part in texts)
        return tuple(text._replace(part=_drawn(text.text, 1) if part == 0 else part)
                     for text, part in texts)  # fmt: skip

    def _one(self, where: str, row: dict[str, Any]) -> tuple[Labelled, int]:
        """Return a text, and its part."""
        values = []
        for column in (self.text, self.intent):
            if not isinstance(value := row.get(column), str) or not value.strip():
                remedy = "Write it, or name the column in data.text or data.intent."
                raise DataError(message(where, f"a text as {column}", shown(value), remedy))
            values.append(value)
        text, intent = values
        spans = _spans(where, row.get(self.spans) or [], text)
        given = row.get(self.part)
        if given in (None, ""):
            return Labelled(text, intent, spans), _drawn(text, 2)
        if given not in PARTS:
            raise DataError(message(where, ", ".join(PARTS), shown(given), "Name one of them."))
        return Labelled(text, intent, spans), PARTS[given]


def _drawn(text: str, part: int) -> int:
    """Return ``part`` for a tenth of all texts, else 0; other texts for another part."""
    return part if zlib.crc32(f"{part}{text}".encode()) % TENTH == 0 else 0


def _objects(path: Path, content: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a file of JSON lines, each with where it stands."""
    for at, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}:{at}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise DataError(
                message(where, "an object of JSON", str(error), "Correct it.")
            ) from None
        if not isinstance(row, dict):
            raise DataError(message(where, "an object of JSON", shown(row), 'Write {"text": ...}.'))
        yield where, row


def _table(path: Path, content: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the lines of a table by the names of its columns, each with where it stands."""
    reader = csv.DictReader(io.StringIO(content), strict=True)
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            where = f"{path}:{reader.line_num}"
            raise DataError(message(where, "a line of CSV", str(error), "Correct it.")) from None
        if row is None:
            return
        yield f"{path}:{reader.line_num}", row


def _spans(where: str, given: Any, text: str) -> tuple[Span, ...]:
    """Return the spans ``given`` for ``text``, in order."""
    remedy = "Write [[start, end, name], ...] with characters of the text, counted from 0."
    try:
        read = json.loads(given) if isinstance(given, str) else given
        spans = tuple(sorted(Span(start, end, name) for start, end, name in read))
    except (TypeError, ValueError):
        raise DataError(message(where, "a list of spans", shown(given), remedy)) from None
    ends = 0
    for span in spans:
        whole = all(type(one) is int for one in span[:2]) and isinstance(span.name, str)
        if not whole or not ends <= span.start < span.end <= len(text):
            expected = f"spans in order within {len(text)} characters"
            raise DataError(message(where, expected, shown(list(span)), remedy))
        ends = span.end
    return spans
