"""Letters as fingers miss them."""

from __future__ import annotations

import re
from typing import Final

from crossbar.data.text.labelled import Span
from crossbar.types import Rng

WORD: Final = re.compile(r"[^\W\d_]{3,}")  # of letters alone: codes and numbers stay as they are
ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
KINDS: Final = 4


def mistyped(
    text: str, spans: tuple[Span, ...], share: float, *, rng: Rng
) -> tuple[str, tuple[Span, ...]]:
    """Return ``text`` with one letter mistyped in a ``share`` of its words, and its spans there.

    The letter is left out, doubled, exchanged with the one before it, or one beside it on the
    keyboard. It is never the first one.
    """
    for word in reversed(list(WORD.finditer(text))):
        if rng.random() >= share:
            continue
        start, end = word.span()
        typed = _mistyped(word.group(), rng)
        text = text[:start] + typed + text[end:]
        moved = len(typed) - (end - start)
        spans = tuple(_moved(span, end, moved) for span in spans)
    return text, spans


def _moved(span: Span, at: int, by: int) -> Span:
    """Return ``span`` after what ends ``at`` has become longer ``by`` some letters."""
    start = span.start + by if span.start >= at else span.start
    return span._replace(start=start, end=span.end + by if span.end >= at else span.end)


def _mistyped(word: str, rng: Rng) -> str:
    """Return ``word`` with one letter mistyped."""
    k, kind = int(rng.integers(1, len(word))), int(rng.integers(KINDS))
    if kind == 0:
        return word[:k] + word[k + 1 :]
    if kind == 1:
        return word[:k] + word[k] + word[k:]
    if kind == 2:
        return word[: k - 1] + word[k] + word[k - 1] + word[k + 1 :]
    return word[:k] + _beside(word[k], rng) + word[k + 1 :]


def _beside(letter: str, rng: Rng) -> str:
    """Return a letter beside ``letter`` on the keyboard; the same where there is none."""
    for row in ROWS:
        if (at := row.find(letter.lower())) >= 0:
            near = row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
            return near[int(rng.integers(len(near)))]
    return letter
