"""A text with what it asks for and where its key phrases are."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """A key phrase of a text, ``text[start:end]``, and what it is."""

    start: int
    end: int
    name: str


class Labelled(NamedTuple):
    """A text, its intent, its key phrases in order, and the part that it belongs to.

    Parts are 0 for training, 1 for validation, 2 for test.
    """

    text: str
    intent: str
    spans: tuple[Span, ...] = ()
    part: int = 0
