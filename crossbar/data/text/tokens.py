"""Words, numbers and marks of a text, with their places in it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

WORD: Final = re.compile(r"\w+(?:['’.,/:-]\w+)*|[^\w\s]")


class Token(NamedTuple):
    """A word, a number or a mark.

    Attributes
    ----------
    text
        As it stands in the text.
    start, end
        Its place there: ``text[start:end]``.
    """

    text: str
    start: int
    end: int

    @property
    def folded(self) -> str:
        """The token with differences of case and of Unicode forms removed."""
        return unicodedata.normalize("NFKC", self.text).casefold()

    @property
    def sign(self) -> str:
        """The folded token, but ``A`` for one with a capital and ``0`` for one with a digit.

        Examples
        --------
        >>> [Token(text, 0, 3).sign for text in ("say", "Say", "3rd")]
        ['say', 'A', '0']
        """
        for one in "A0":
            if one in self.shape:
                return one
        return self.folded

    @property
    def shape(self) -> str:
        """The token with ``A``, ``a`` and ``0`` for capitals, other letters and digits.

        Examples
        --------
        >>> Token("K2-17", 0, 5).shape
        'A0-00'
        """
        return "".join(map(_sign, self.text))


def _sign(letter: str) -> str:
    """Return what stands for ``letter`` in a shape."""
    if letter.isalpha():
        return "A" if letter.isupper() else "a"
    return "0" if letter.isdigit() else letter


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of ``text`` in order: runs of letters and digits, and marks by themselves.

    A mark between letters or digits belongs to them.

    Examples
    --------
    >>> [token.text for token in tokens("Stop pump K-2 at 3.5 bar!")]
    ['Stop', 'pump', 'K-2', 'at', '3.5', 'bar', '!']
    """
    return tuple(Token(m.group(), m.start(), m.end()) for m in WORD.finditer(text))
