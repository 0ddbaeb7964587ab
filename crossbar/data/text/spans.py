"""Key phrases as a tag for each token, and how many are right to the letter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from crossbar.data.text.labelled import Span
from crossbar.data.text.tokens import Token

OUTSIDE: Final = "O"
BEGINS, INSIDE = "B-", "I-"


def tags_of_spans(words: Sequence[Token], spans: Iterable[Span]) -> list[str]:
    """Return the tag of each of ``words``.

    ``B-name`` begins a span, ``I-name`` continues it, and ``O`` is for all else. A token
    that a span covers in part belongs to it.

    Examples
    --------
    >>> from crossbar.data.text import tokens
    >>> tags_of_spans(tokens("stop pump 3 now"), [Span(5, 11, "unit")])
    ['O', 'B-unit', 'I-unit', 'O']
    """
    tags = [OUTSIDE] * len(words)
    for span in spans:
        own = [k for k, word in enumerate(words) if word.start < span.end and span.start < word.end]
        for k in own:
            tags[k] = (BEGINS if k == own[0] else INSIDE) + span.name
    return tags


def spans_of_tags(words: Sequence[Token], tags: Sequence[str]) -> tuple[Span, ...]:
    """Return the spans that ``tags`` of ``words`` say.

    ``I-name`` begins a span where no span of this name ends just before, as CoNLL-2000 counts them.
    """
    spans: list[Span] = []
    before = OUTSIDE
    for word, tag in zip(words, tags, strict=True):
        if tag != OUTSIDE:
            name = tag[len(BEGINS) :]
            if tag.startswith(INSIDE) and before[len(BEGINS) :] == name:
                spans[-1] = spans[-1]._replace(end=word.end)
            else:
                spans.append(Span(word.start, word.end, name))
        before = tag
    return tuple(spans)


class SpanScore(NamedTuple):
    """Spans that a text has, that were given, and that are the same in place and name."""

    wanted: int
    given: int
    right: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 2 right / (wanted + given); 1 without spans."""
        every = self.wanted + self.given
        return 2 * self.right / every if every else 1.0


def span_score(wanted: Iterable[Sequence[Span]], given: Iterable[Sequence[Span]]) -> SpanScore:
    """Return how the spans that were ``given`` in each text compare with those ``wanted``.

    Source: Tjong Kim Sang and Buchholz, CoNLL-2000 (only exact spans count).
    """
    score = SpanScore(0, 0, 0)
    for ours, theirs in zip(wanted, given, strict=True):
        own = (len(set(ours)), len(set(theirs)), len(set(ours) & set(theirs)))
        score = SpanScore(*(a + b for a, b in zip(score, own, strict=True)))
    return score
