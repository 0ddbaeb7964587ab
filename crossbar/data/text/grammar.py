"""Templates of commands, and how a text is written by them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from crossbar.data.text import english, russian
from crossbar.data.text.labelled import Span
from crossbar.types import Rng

INTENTS: Final = ("start", "stop", "status", "alarm")
SLOT: Final = re.compile(r"\{(\w+)\}")
SPANS: Final = ("unit", "code", "number")
DIGITS: Final = "0"


@dataclass(frozen=True)
class Grammar:
    """Templates of a language.

    Attributes
    ----------
    templates
        Templates of every intent; ``{name}`` stands for a word of ``words``, ``unit``, ``code`` and
        ``number`` for key phrases.
    words
        What may stand in a place; a 0 in it for a digit. Words may have places themselves.
    """

    templates: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]]


GRAMMARS: Final = (
    Grammar(english.TEMPLATES, english.WORDS),
    Grammar(russian.TEMPLATES, russian.WORDS),
)


def written(grammar: Grammar, intent: str, *, rng: Rng) -> tuple[str, tuple[Span, ...]]:
    """Return a text of ``intent`` with its key phrases."""
    text = _one(grammar.templates[intent], rng)
    spans: list[Span] = []
    while (place := SLOT.search(text)) is not None:
        name, start = place.group(1), place.start()
        word = _one(grammar.words[name], rng)
        if name in SPANS:  # nothing in it is a place of its own
            word = _filled(grammar, word, rng)
            spans.append(Span(start, start + len(word), name))
        text = text[:start] + word + text[place.end() :]
    first = text[:1].upper() if rng.random() < 0.5 else text[:1]
    return first + text[1:], tuple(spans)


def _filled(grammar: Grammar, word: str, rng: Rng) -> str:
    """Return ``word`` with words for its places, and digits, the first of which is not 0."""
    while (place := SLOT.search(word)) is not None:
        word = (
            word[: place.start()] + _one(grammar.words[place.group(1)], rng) + word[place.end() :]
        )
    digits = re.sub(DIGITS, lambda _: str(rng.integers(10)), word)
    return re.sub(r"(?<![\d.,])0(?=\d)", lambda _: str(rng.integers(1, 10)), digits)


def _one(words: tuple[str, ...], rng: Rng) -> str:
    return words[int(rng.integers(len(words)))]
