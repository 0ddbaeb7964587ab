"""What is asked of a text: its intent, or its key phrases."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from crossbar.data.text.hashing import Hashing
from crossbar.data.text.labelled import Labelled
from crossbar.data.text.spans import BEGINS, INSIDE, OUTSIDE, tags_of_spans
from crossbar.data.text.tokens import Token, tokens
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.units import quantity

EDGE = "<>"  # in place of a token before the first and after the last


class Task(Specification):
    """What a network is asked of a text, and what it sees for that."""

    sample: ClassVar[str] = "text"
    """What a sample is called."""

    @abstractmethod
    def features(self, hashing: Hashing, text: str) -> list[list[str]]:
        """Return the features of every sample of ``text``."""

    @abstractmethod
    def labels(self, text: Labelled) -> list[str]:
        """Return the label of every sample of ``text``."""

    @abstractmethod
    def classes(self, texts: Sequence[Labelled]) -> tuple[str, ...]:
        """Return the labels that samples of ``texts`` may have, in order."""


TASKS = Registry(Task, "tasks", "what is asked of a text", setting="data.task")


@TASKS.register("intents")
@dataclass(frozen=True, kw_only=True)
class Intents(Task):
    """The intent of a text, which is one sample."""

    def features(self, hashing: Hashing, text: str) -> list[list[str]]:
        """Return the features of the whole text."""
        return [hashing.features(tokens(text))]

    def labels(self, text: Labelled) -> list[str]:
        """Return the intent."""
        return [text.intent]

    def classes(self, texts: Sequence[Labelled]) -> tuple[str, ...]:
        """Return the intents in the order of their names."""
        return tuple(sorted({one.intent for one in texts}))


@TASKS.register("key-phrases")
@dataclass(frozen=True, kw_only=True)
class KeyPhrases(Task):
    """The tag of every token of a text: ``B-name``, ``I-name`` or ``O``, for key phrases.

    A token is a sample. Its features are those of the tokens around it, each with its distance: the
    token itself, its shape and its runs of characters.

    Parameters
    ----------
    window
        Tokens to either side that are seen.

    Source: tags of Ramshaw and Marcus, 1995 (arXiv:cmp-lg/9505040), in the form IOB2. Features are
    assumed.
    """

    sample: ClassVar[str] = "token"
    window: int = quantity(2, low=0, high=100)

    def features(self, hashing: Hashing, text: str) -> list[list[str]]:
        """Return the features of every token."""
        words = tokens(text)
        own = [self._own(hashing, word) for word in words]
        around = range(-self.window, self.window + 1)
        return [[f"{d}{one}" for d in around for one in _at(own, k + d)] for k in range(len(words))]

    def _own(self, hashing: Hashing, word: Token) -> list[str]:
        return [f"={word.folded}", f"#{word.shape}", *hashing.runs(word.folded)]

    def labels(self, text: Labelled) -> list[str]:
        """Return the tag of every token."""
        return tags_of_spans(tokens(text.text), text.spans)

    def classes(self, texts: Sequence[Labelled]) -> tuple[str, ...]:
        """Return ``O``, then the two tags of every name in order."""
        names = sorted({span.name for one in texts for span in one.spans})
        return (OUTSIDE, *(tag + name for name in names for tag in (BEGINS, INSIDE)))


def _at(own: list[list[str]], k: int) -> list[str]:
    """Return the features of token ``k``, or those of an edge."""
    return own[k] if 0 <= k < len(own) else [EDGE]
