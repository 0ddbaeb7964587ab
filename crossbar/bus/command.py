"""What a text is taken to ask for: an intent with its key values, and the contract of readers."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from crossbar.checks import Checked
from crossbar.contracts import Contract, answer, named, require_instance
from crossbar.displayed import Displayed
from crossbar.errors import fail, shown
from crossbar.units import quantity

MOST = 65_534  # number of an intent that a register holds, beside the number that says none
TRIED = "start"  # text by which a reader from outside is tried


@dataclass(frozen=True, kw_only=True)
class KeyValue(Checked, Displayed):
    """A part of a text that says which unit, which code or how much.

    Parameters
    ----------
    name
        What it is: ``unit``, ``code``, ``number``, or another name that the reader has.
    text
        As it stands in the text.

    Raises
    ------
    ConfigError
        If one of the two is empty or no text.

    Examples
    --------
    >>> KeyValue(name="unit", text="pump 3")
    KeyValue(name='unit', text='pump 3')
    """

    name: str
    text: str

    def __post_init__(self) -> None:
        super().__post_init__()
        for field, value in (("name", self.name), ("text", self.text)):
            if not value.strip():
                fail(f"KeyValue.{field}", "a text that is not empty", shown(value), "Give one.")


@dataclass(frozen=True, kw_only=True)
class Command(Checked, Displayed):
    """What a reader makes of a text.

    Parameters
    ----------
    intent
        What is asked for, such as ``start``.
    number
        Its place among the intents of the reader, from 0.
    confidence
        How sure the reader is, from 0 to 1.
    values
        Key values in the order of the text.

    Raises
    ------
    ConfigError
        If the confidence is beyond 0 to 1, the number beyond 0 to 65 534, or a field has another
        type.

    Examples
    --------
    >>> unit = KeyValue(name="unit", text="pump 3")
    >>> Command(intent="start", number=0, confidence=0.98, values=(unit,)).values[0].text
    'pump 3'
    """

    intent: str
    number: int = quantity(low=0, high=MOST)
    confidence: float = quantity(low=0, high=1)
    values: tuple[KeyValue, ...] = ()


class CommandReader(Contract):
    """What reads a text as a command: a network on a chip, or a rule.

    Attributes
    ----------
    intents
        Names of all intents, in which the number of a command counts.
    """

    intents: tuple[str, ...]

    @abstractmethod
    def read(self, text: str) -> Command:
        """Return the most likely command of ``text``, which may be any, also an empty one."""

    def prove(self) -> None:
        """Raise unless it has intents, and reads a text as one of them."""
        super().prove()
        intents = require_instance(named(self, "intents"), answer(self, "intents"), tuple,
                                   'Write intents = ("start", "stop").')  # fmt: skip
        given, where = answer(self, "read", TRIED), named(self, "read")
        command = require_instance(where, given, Command, "Return Command(...).")
        if intents[command.number : command.number + 1] != (command.intent,):
            got = f"'{command.intent}' as number {command.number}"
            fail(where, f"one of the intents {', '.join(intents)}", got, "Count from 0.")
