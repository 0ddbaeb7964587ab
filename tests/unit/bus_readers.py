"""Readers of commands by rule, for tests of buses."""

from __future__ import annotations

import re

from crossbar.bus import Command, CommandReader, KeyValue

WORDS = {"start": ("start", "запусти"), "stop": ("stop", "останови"), "status": ("status",),
         "alarm": ("alarm",)}  # fmt: skip


class ByWord(CommandReader):
    """The intent whose word is in the text; numbers are key values. "crash" makes it fail."""

    intents = tuple(WORDS)

    def read(self, text: str) -> Command:
        if "crash" in text:
            raise ZeroDivisionError("on purpose")
        hits = [k for k, words in enumerate(WORDS.values()) if any(w in text for w in words)]
        number, confidence = (hits[0], 0.9876) if hits else (2, 0.25)
        values = [KeyValue(name="number", text=one) for one in re.findall(r"\d+", text)]
        return Command(intent=self.intents[number], number=number, confidence=confidence,
                       values=tuple(values))  # fmt: skip
