"""What docstrings say about the parameters of a class."""

from __future__ import annotations

import functools
import inspect
import re
from typing import Any


@functools.cache
def described(kind: type[Any]) -> dict[str, str]:
    """Return the first sentence about each parameter of ``kind``, those of its bases too.

    Examples
    --------
    >>> from crossbar.wires import Wires
    >>> described(Wires)["r_wl"]
    'resistance of a word-line segment'
    """
    known: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        known |= _parameters(inspect.cleandoc(vars(base).get("__doc__") or ""))
    return known


def _parameters(docstring: str) -> dict[str, str]:
    """Return the first sentence about each name of the Parameters section of a docstring."""
    section = re.search(r"^Parameters\n-+\n(.*?)(?=^\S[^\n]*\n-+$|\Z)", docstring, re.M | re.S)
    if section is None:
        return {}
    known: dict[str, str] = {}
    for names, text in re.findall(r"^(\S.*)\n((?:[ \t]+.*\n?|\n)+)", section[1], re.M):
        sentence = re.split(r"(?<=[^.])\.(?:\s|$)|[;:]\s", " ".join(text.split()), maxsplit=1)[0]
        sentence = re.sub(r"`| \[[^\]]*\]$", "", sentence)
        if not sentence[:2].isupper():
            sentence = sentence[:1].lower() + sentence[1:]
        known |= {
            name.strip(): sentence for name in re.sub(r":.*?(?=,\s*\w+ :|$)", "", names).split(",")
        }
    return known
