"""Templates of messages: what stays when numbers, addresses and names are taken out."""

from __future__ import annotations

import functools
import re

BEFORE_NAMES = {"user", "for", "by", "from"}
NO_NAMES = {"invalid", "user", "by", "<ip>"}
RULES = (
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "<ip>"),
    (re.compile(r"\b(\w+)=[^;]*"), r"\1=<value>"),
    (re.compile(r"\b0x[0-9a-fA-F]+\b|\b\d+\b"), "<number>"),
    (re.compile(r"\b[\w-]+(?:\.[\w-]+)+\b"), "<host>"),
)


def template(message: str) -> str:
    """Return ``message`` with marks in the place of what varies.

    These are addresses, numbers, names of hosts, values behind ``=``, and the word behind "user",
    "for", "by" and "from".

    Examples
    --------
    >>> template("Failed password for root from 10.0.0.7 port 4242 ssh2")
    'Failed password for <name> from <ip> port <number> ssh2'
    """
    words, before = [], ""
    for word in message.split(" "):
        mark = marked(word)
        if before in BEFORE_NAMES and mark not in NO_NAMES:
            mark = "<name>"
        words.append(mark)
        before = word
    return " ".join(words)


@functools.lru_cache(65_536)
def marked(word: str) -> str:
    """Return one ``word`` with marks in the place of what varies."""
    for pattern, mark in RULES:
        word = pattern.sub(mark, word)
    return word
