"""Characters and words of texts on a fixed number of input lines."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from crossbar.data.text.tokens import Token
from crossbar.specification import Specification
from crossbar.types import Floats
from crossbar.units import quantity

MOST = 1 << 20  # lines


@dataclass(frozen=True, kw_only=True)
class Hashing(Specification):
    """A number of input lines, on each of which some features of a text come together.

    Features are runs of characters in a word, ``<`` and ``>`` being its ends, and runs of words.
    The line of one is its CRC-32 (in UTF-8), modulo the number of lines: the same everywhere and
    always, without a list of words to keep.

    Parameters
    ----------
    lines
        Input lines.
    characters
        Lengths of runs of characters; None for no such features.
    words
        Lengths of runs of words; None for no such features.
    patterns
        Lengths of runs of words, with ``A`` for those that have a capital and ``0`` for those that
        have a digit: ``play A by A``. None for no such features.

    Source: Weinberger et al., ICML 2009 (hashing of features), here without signs.

    Examples
    --------
    >>> from crossbar.data.text import tokens
    >>> Hashing(words=(1,)).features(tokens("Stop it"))
    ['<st', 'sto', 'top', 'op>', '<it', 'it>', 'stop', 'it']
    >>> Hashing(lines=512).line("sto")
    288
    """

    lines: int = quantity(512, low=1, high=MOST)
    characters: tuple[int, ...] | None = quantity((3,), low=1, high=100)
    words: tuple[int, ...] | None = quantity(None, low=1, high=100)
    patterns: tuple[int, ...] | None = quantity(None, low=1, high=100)

    def line(self, feature: str) -> int:
        """Return the line of ``feature``."""
        return zlib.crc32(feature.encode()) % self.lines

    def features(self, words: Sequence[Token]) -> list[str]:
        """Return the features of a text of these ``words``."""
        folded = [word.folded for word in words]
        each = [run for word in folded for run in self.runs(word)]
        runs = [run for size in self.words or () for run in _joined(folded, size)]
        signs = [word.sign for word in words]
        own = [f"#{run}" for size in self.patterns or () for run in _joined(signs, size)]
        return each + runs + own

    def runs(self, word: str) -> list[str]:
        """Return the runs of characters of ``word``."""
        ended = f"<{word}>"
        return [ended[k : k + size] for size in self.characters or ()
                for k in range(len(ended) - size + 1)]  # fmt: skip

    def counts(self, samples: Sequence[Iterable[str]]) -> Floats:
        """Return how many features of each of ``samples`` come to each line, (samples, lines)."""
        counted = np.zeros((len(samples), self.lines), np.float32)
        for k, features in enumerate(samples):
            np.add.at(counted[k], [self.line(one) for one in features], 1)
        return counted


def _joined(words: Sequence[str], size: int) -> list[str]:
    """Return the runs of ``size`` words."""
    return [" ".join(words[k : k + size]) for k in range(len(words) - size + 1)]
