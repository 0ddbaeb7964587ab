"""Texts as bytes and what a reader makes of them; key values as bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crossbar.bus.command import Command, CommandReader, KeyValue
from crossbar.bus.faults import Fault
from crossbar.errors import reason

PER_MILLE = 1000


def command_of(
    content: bytes, reader: CommandReader, report: Callable[[str], None]
) -> Command | Fault:
    """Return the command of a text in UTF-8.

    Bytes that are no text are ``Fault.VALUE``. A reader that fails is ``Fault.FAILURE``, whatever
    its error, since the bus has other units; ``report`` is called with a line that says why.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return Fault.VALUE
    try:
        return reader.read(text)
    except Exception as error:
        report(reason(error))
        return Fault.FAILURE


def values_text(values: Sequence[KeyValue], most: int) -> tuple[bytes, int]:
    r"""Return lines of UTF-8 for ``values``, at most ``most`` bytes, and how many are left out.

    Values stand whole or not at all, the first ones first; line feeds in them are spaces.

    Examples
    --------
    >>> unit = KeyValue(name="unit", text="pump 3")
    >>> values_text([unit, unit], 24), values_text([unit, unit], 22)
    ((b'unit=pump 3\nunit=pump 3\n', 0), (b'unit=pump 3\n', 1))
    """
    content = b""
    for k, one in enumerate(values):
        line = f"{one.name}={one.text}".replace("\n", " ").encode() + b"\n"
        if len(content) + len(line) > most:
            return content, len(values) - k
        content += line
    return content, 0


def per_mille(confidence: float) -> int:
    """Return a confidence from 0 to 1 as a whole number from 0 to 1000."""
    return round(PER_MILLE * confidence)
