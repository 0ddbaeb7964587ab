"""Where a netlist comes from: the object that it was written from, in comment lines."""

from __future__ import annotations

import dataclasses
import enum
from importlib.metadata import version
from typing import Any

from crossbar.spice.engine.deck import Deck


def in_words(value: Any) -> str:
    """Return a specification as one line of text, fields at their values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (f.name for f in dataclasses.fields(value) if f.repr)
        inside = ", ".join(f"{name}={in_words(getattr(value, name))}" for name in fields)
        return f"{type(value).__name__}({inside})"
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, (list, tuple)) and len(value) > 8:
        return f"<{len(value)} values>"
    if isinstance(value, float):
        return f"{value:g}"
    return value.__name__ if isinstance(value, type) else str(value)


def begin(title: str, *facts: str) -> Deck:
    """Return a new netlist whose first comments name the program and say ``facts``."""
    deck = Deck(title)
    deck.comment(f"written by crossbar {version('crossbar-sim')} from the objects below; SI units")
    for fact in facts:
        deck.comment(fact)
    return deck
